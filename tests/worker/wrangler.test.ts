import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { install } from "../node/package-app.js";
import { event } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";
import { ADMIN_KEY, ask, EXAMPLE, FOLDER, KEY, OFFLINE, SERVICE_KEY } from "./support.js";

const WRANGLER = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "../bin/wrangler.js");
const BIN = fileURLToPath(new URL("../../pkg/bin/split-events.js", import.meta.url));
const WASM = fileURLToPath(new URL("../../pkg/dist/worker/wasm/split_events_bg.wasm", import.meta.url));
/** The most bytes of the bundle: the free plan allows 3 MB, and a small Worker starts fast. */
const GZIP_MAX_KIB = 312;

test("a copy of the template, with only the package, is bundled to less than 312 KiB by deploy's dry run", async () => {
  const folder = new Folder().path;
  install(folder);
  for (const file of ["index.ts", "wrangler.jsonc"]) copyFileSync(join(FOLDER, file), join(folder, file));
  const out = join(folder, "out");
  const metafile = join(folder, "meta.json");
  const wrangler = run(["deploy", "--dry-run", "--outdir", out, "--metafile", metafile], folder);
  const [code] = await once(wrangler.child, "close");
  expect([code, wrangler.said]).toEqual([0, expect.stringContaining("--dry-run: exiting now.")]);

  const gzip = /Total Upload: .* \/ gzip: ([\d.]+) KiB/.exec(wrangler.said)?.[1];
  console.log(`the Worker has ${gzip} KiB, gzip`);
  expect(Number(gzip)).toBeGreaterThan(0);
  expect(Number(gzip)).toBeLessThanOrEqual(GZIP_MAX_KIB);

  const modules = readdirSync(out).filter((name) => name.endsWith(".wasm"));
  expect(modules).toHaveLength(1);
  expect(readFileSync(`${out}/${modules[0]}`).equals(readFileSync(WASM))).toBe(true);
  const bundled = readFileSync(metafile, "utf8");
  expect(bundled).toContain("split-events/dist/worker/workerd.js");
  expect(bundled).not.toMatch(/split-events\/dist\/(workerd|browser|node|default|bun|deno)\.js|"node:/);
});

test("deploy --dry-run says what it would do, without an account", async () => {
  const args = [BIN, "worker", "deploy", "--dry-run", "--dir", FOLDER];
  const env = { ...process.env, ...OFFLINE, CLIENT_KEY_SHOP: KEY };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout).toContain("would create the queue split-events if it does not exist\n");
  expect(stdout).toContain("would create the queue split-events-dead if it does not exist\n");
  expect(stdout).toMatch(/Total Upload: [\d.]+ KiB \/ gzip: [\d.]+ KiB/);
  expect(stdout).toContain("would set the secret SPLIT_API_KEY, which is not in the environment\n");
  expect(stdout).toContain("would set the secret CLIENT_KEY_SHOP\n");
  expect(stdout).not.toContain(KEY);
});

test("wrangler dev prints no key and no part of an event, whatever goes wrong", async () => {
  const sandbox = await startSandbox();
  const vars = {
    UPSTREAM: sandbox.endpoint,
    SPLIT_API_KEY: SERVICE_KEY,
    ADMIN_KEY,
    CLIENT_KEY_WEB: KEY,
    BUFFER: "outbox",
  };
  const persist = new Folder().path;
  const flags = Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const wrangler = run([
    "dev",
    "--ip",
    "127.0.0.1",
    "--port",
    "0",
    "--inspector-port",
    "0",
    "--persist-to",
    persist,
    ...flags,
  ]);
  const url = new URL(await wrangler.says(/Ready on (http:\S+)/));
  wrangler.forget();

  const secret = event(0, { key: "a-visitor-must-never-show" });
  const post = async (body: string) => (await ask(url, { body })).status;
  expect(await post(JSON.stringify([secret, event(1, { key: "" })]))).toBe(202);
  sandbox.setFaults([{ do: "status", status: 400, body: `wrong: ${SERVICE_KEY}` }]);
  expect(await post(JSON.stringify([{ ...secret, value: 2 }]))).toBe(202);
  await wrangler.says(/"state":"refused"/);
  sandbox.setFaults([{ do: "reset" }]);
  expect(await post(JSON.stringify([{ ...secret, value: 3 }]))).toBe(202);
  await wrangler.says(/"state":"unknown"/);
  expect(await post("hello")).toBe(400);
  expect((await ask(url, { headers: { authorization: `Bearer ${KEY}x` }, body: EXAMPLE })).status).toBe(401);
  expect((await ask(url, { path: "/nowhere", body: EXAMPLE })).status).toBe(404);

  await wrangler.says(/POST \/nowhere 404/);
  expect(wrangler.said).not.toContain("must-never-show");
  expect(wrangler.said).not.toMatch(/authorization|bearer/i);
});

interface Run {
  child: ChildProcess;
  /** Forgets the output so far, in which wrangler lists its variables. */
  forget(): void;
  /** Both outputs so far. */
  readonly said: string;
  /** Waits for output that matches. Returns the first group, or the whole match. */
  says(what: RegExp): Promise<string>;
}

/** wrangler in the Worker's folder, as a user runs it. */
function run(args: string[], cwd = FOLDER): Run {
  const env = { ...process.env, ...OFFLINE, NO_COLOR: "1", CI: "1" };
  const child = spawn(process.execPath, [WRANGLER, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
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
    forget: () => {
      said = "";
    },
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
