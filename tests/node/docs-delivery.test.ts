import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { GROUPS } from "../../pkg/dist/options/table.js";
import { events, ndjson } from "../support/events.js";
import { startSandbox } from "../support/sandbox.js";
import { API_KEY } from "../support/secrets.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = join(ROOT, "pkg/bin/split-events.js");
const page = readFileSync(join(ROOT, "docs/DELIVERY.md"), "utf8");
const blocks = (language: string) =>
  Array.from(page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms")), ([, text]) => text as string);
const node = promisify(execFile);

test("the examples of docs/DELIVERY.md run one after the other, and nothing goes to the service", async () => {
  const cache = join(ROOT, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "docs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox();
  for (const name of ["node_modules", "tests"]) symlinkSync(join(ROOT, name), join(folder, name));
  const redirect = `
    const real = globalThis.fetch;
    globalThis.fetch = (url, init) => real(String(url).replace("https://events.split.io", ${JSON.stringify(sandbox.url)}), init);`;
  writeFileSync(join(folder, "redirect.mjs"), redirect);
  const run = (...args: string[]) =>
    node(process.execPath, ["--import", join(folder, "redirect.mjs"), ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, SPLIT_API_KEY: API_KEY },
    }).catch((error: { code: number; stdout: string; stderr: string }) => {
      if (error.code !== 3) throw error;
      return error;
    });

  const [start, fault, key, ...commands] = blocks("sh").join("").trim().split("\n");
  expect(start).toBe("npx split-events-sandbox --port 8787 &");
  sandbox.setFaults(JSON.parse(/^curl \S+\/_faults --data '(.*)'$/.exec(fault as string)?.[1] as string));
  expect(key).toMatch(/^export SPLIT_API_KEY=/);
  expect(commands).toHaveLength(6);
  let id = "";
  for (const command of commands) {
    const [npx, name, ...args] = command
      .replace(" ID ", ` ${id} `)
      .replace(/http:[^/]*\/\/[^/]*/, sandbox.url)
      .split(" ");
    expect([npx, name]).toEqual(["npx", "split-events"]);
    const { stdout } = await run(BIN, ...args);
    expect(stdout).not.toBe("");
    if (args[0] === "unknown") id = /^[0-9a-f]{16}-\d+/m.exec(stdout)?.[0] as string;
  }
  expect(id).not.toBe("");
  expect(sandbox.ledger()).toHaveLength(2);

  for (const [at, code] of blocks("js").entries()) {
    const path = join(folder, `example-${at}.mjs`);
    writeFileSync(path, code);
    expect((await run(path)).stdout).toBe("1\n");
  }
  expect(sandbox.ledger()).toHaveLength(3);
});

test("every option of delivery stands in docs/DELIVERY.md, with its default", async () => {
  const { stdout } = await node(process.execPath, [BIN, "send", "--help"]);
  const flags = Array.from(stdout.matchAll(/^ {2}(--[a-z-]+)/gm), ([, flag]) => flag as string);
  const ofDelivery = flags.slice(flags.indexOf("--max-events")).filter((flag) => flag !== "--json");
  expect(ofDelivery.length).toBeGreaterThan(14);
  for (const flag of ofDelivery) expect(page).toContain(`\`${flag}\``);
  for (const group of ["batch", "delivery", "pace", "stores", "watch"] as const) {
    const names = Object.keys(GROUPS[group]).filter((name) => name !== "seed");
    expect(names.length).toBeGreaterThan(1);
    for (const name of names.filter((name) => !["fetch", "totalBytes", "retry"].includes(name))) {
      expect(page, group).toContain(`\`${name}`);
    }
  }
});
