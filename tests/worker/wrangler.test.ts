import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";
import { ask, EXAMPLE, FOLDER, KEY, OFFLINE } from "./support.js";

const WRANGLER = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "../bin/wrangler.js");
const WASM = fileURLToPath(new URL("../../pkg/dist/wasm/split_events_bg.wasm", import.meta.url));
/** The free plan takes 3 MB; what is far below starts fast. */
const GZIP_MAX_KIB = 200;

test("deploy's dry run bundles the package's entry for workerd and its module, within 200 KiB", async () => {
  const out = new Folder().path;
  const wrangler = run(["deploy", "--dry-run", "--outdir", out]);
  const [code] = await once(wrangler.child, "close");
  expect([code, wrangler.said]).toEqual([0, expect.stringContaining("--dry-run: exiting now.")]);

  const gzip = /Total Upload: .* \/ gzip: ([\d.]+) KiB/.exec(wrangler.said)?.[1];
  expect(Number(gzip)).toBeGreaterThan(0);
  expect(Number(gzip)).toBeLessThanOrEqual(GZIP_MAX_KIB);

  const modules = readdirSync(out).filter((name) => name.endsWith(".wasm"));
  expect(modules).toHaveLength(1);
  expect(readFileSync(`${out}/${modules[0]}`).equals(readFileSync(WASM))).toBe(true);
  const script = readFileSync(`${out}/index.js`, "utf8");
  expect(script).toContain("pkg/dist/workerd.js");
  expect(script).not.toMatch(/pkg\/dist\/(browser|node|default|bun|deno)\.js|from "node:/);
});

test("nothing that wrangler dev prints has the key, whatever goes wrong", async () => {
  const sandbox = await startSandbox();
  const wrangler = run([
    "dev",
    "--ip",
    "127.0.0.1",
    "--port",
    "0",
    "--inspector-port",
    "0",
    "--var",
    `UPSTREAM:${sandbox.endpoint}`,
  ]);
  const url = new URL(await wrangler.says(/Ready on (http:\S+)/));

  expect((await ask(url, { body: EXAMPLE })).status).toBe(202);
  expect(sandbox.ledger()).toHaveLength(2);
  expect((await ask(url, { headers: { authorization: `Bearer ${KEY}\u00fc` }, body: EXAMPLE })).status).toBe(401);
  expect((await ask(url, { path: `/${KEY.slice(0, 3)}`, body: EXAMPLE })).status).toBe(404);
  sandbox.setFaults([{ do: "status", status: 401, body: `wrong: ${KEY}` }]);
  expect((await ask(url, { body: EXAMPLE })).status).toBe(401);
  sandbox.setFaults([{ do: "reset" }]);
  expect((await ask(url, { body: EXAMPLE })).status).toBe(502);

  await wrangler.says(/POST \/api\/events\/bulk 502/);
  expect(wrangler.said).not.toContain(KEY);
  expect(wrangler.said).not.toMatch(/authorization|bearer/i);
});

interface Run {
  child: ChildProcess;
  /** Both outputs so far. */
  readonly said: string;
  /** Waits until it says so; gives the first group, or the whole. */
  says(what: RegExp): Promise<string>;
}

/** wrangler in the Worker's folder, as a user runs it. */
function run(args: string[]): Run {
  const env = { ...process.env, ...OFFLINE, NO_COLOR: "1", CI: "1" };
  const child = spawn(process.execPath, [WRANGLER, ...args], { cwd: FOLDER, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let heard = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      heard();
    });
  }
  const closed = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await closed;
  });
  return {
    child,
    get said() {
      return said;
    },
    says: (what) =>
      new Promise((resolve, reject) => {
        heard = () => {
          const found = what.exec(said);
          if (found) resolve(found[1] ?? found[0]);
        };
        heard();
        closed.then(([code]) => reject(new Error(`wrangler ended with ${code} and never said ${what}: ${said}`)));
      }),
  };
}
