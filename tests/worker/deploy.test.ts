import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { WorkerSettings } from "../../pkg/src/cli/worker/settings.js";
import * as settings from "../../worker/src/settings.js";
import { Folder } from "../support/folder.js";
import { FOLDER } from "./support.js";

const BIN = fileURLToPath(new URL("../../pkg/bin/split-events.js", import.meta.url));

/** What the command line uses of the Worker's settings is there. */
settings satisfies WorkerSettings;

const SECRETS = {
  SPLIT_API_KEY: "service-must-never-show",
  ADMIN_KEY: "admin-must-never-show",
  CLIENT_KEY_SHOP: "shop-must-never-show",
};

/** A folder with a wrangler of its own, which writes down what it is told, and has these secrets. */
function folderWith(vars: object, present: string[] = []) {
  const folder = new Folder().path;
  const wrangler = join(folder, "node_modules/wrangler");
  mkdirSync(join(wrangler, "bin"), { recursive: true });
  const config = JSON.parse(readFileSync(`${FOLDER}/wrangler.jsonc`, "utf8").replace(/^\s*\/\/.*$/gm, ""));
  writeFileSync(join(folder, "wrangler.jsonc"), JSON.stringify({ ...config, vars: { ...config.vars, ...vars } }));
  const called = join(folder, "called.txt");
  const files = {
    "package.json": JSON.stringify({ name: "wrangler", version: "0.0.0", type: "module", main: "index.js" }),
    "index.js": `import { readFileSync } from "node:fs";
      export const experimental_readRawConfig = ({ config }) => ({ rawConfig: JSON.parse(readFileSync(config, "utf8")) });`,
    "bin/wrangler.js": `import { appendFileSync } from "node:fs";
      const args = process.argv.slice(2).join(" ");
      appendFileSync(${JSON.stringify(called)}, args + "\\n");
      if (args.startsWith("secret list")) {
        console.log(${JSON.stringify(JSON.stringify(present.map((name) => ({ name }))))});
      }
      if (args.startsWith("queues info")) process.exitCode = 1;`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(wrangler, name), text);
  return { folder, called: () => (existsSync(called) ? readFileSync(called, "utf8").trim().split("\n") : []) };
}

function deploy(folder: string, secrets: Record<string, string>, ...flags: string[]) {
  const env = { PATH: process.env.PATH, NO_COLOR: "1", ...secrets };
  const args = [BIN, "worker", "deploy", "--dir", folder, ...flags];
  return new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    execFile(process.execPath, args, { env }, (error, out, err) => {
      expect(out + err).not.toContain("must-never-show");
      resolve({ code: error?.code ?? 0, out, err });
    });
  });
}

test("with right settings the queues, the Worker and the secrets are made", async () => {
  const { folder, called } = folderWith({});
  const { code, out } = await deploy(folder, SECRETS);
  expect(out).toContain("the secret CLIENT_KEY_SHOP was set");
  expect(code).toBe(0);
  expect(called()).toEqual(
    expect.arrayContaining([
      "queues create split-events",
      "deploy",
      "secret put SPLIT_API_KEY",
      "secret put CLIENT_KEY_SHOP",
    ]),
  );
});

test.each([[[]], [["--dry-run"]]])("wrong settings are all named, and nothing is made: %j", async (flags) => {
  const { folder, called } = folderWith({ SHARDS: 2.5, ORIGINS: "shop.example", CHECK: { repair: "x" } });
  const secrets = { ...SECRETS, CLIENT_KEY_WEB: SECRETS.CLIENT_KEY_SHOP };
  const { code, err } = await deploy(folder, secrets, ...flags);
  for (const said of [
    "SHARDS must be a whole number from 1 to 256",
    "write https://shop.example",
    "CHECK is not as it must be: repair must be",
    "CLIENT_KEY_WEB has a key that CLIENT_KEY_SHOP has too",
  ]) {
    expect(err).toContain(said);
  }
  expect(code).toBe(2);
  expect(called().filter((args) => !args.startsWith("secret list"))).toEqual([]);
});

test("secrets that the Worker has need not be given again; those that are nowhere are named before anything is made", async () => {
  const held = folderWith({}, Object.keys(SECRETS));
  expect((await deploy(held.folder, {})).code).toBe(0);
  expect(held.called()).toContain("deploy");
  expect(held.called().filter((args) => args.startsWith("secret put"))).toEqual([]);

  const none = folderWith({}, ["CLIENT_KEY_SHOP"]);
  const { code, err } = await deploy(none.folder, {});
  expect(err).toContain("the Worker has no secret SPLIT_API_KEY, ADMIN_KEY: set them in the environment");
  expect(code).toBe(2);
  expect(none.called()).toEqual(["secret list --format json"]);
});
