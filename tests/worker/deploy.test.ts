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

/** A failure of wrangler, as 4.164 writes it. */
function failing(...errors: [said: string, more: string][]) {
  const red = (said: string) =>
    `\n\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m \u001b[1m${said}\u001b[0m`;
  const text = errors
    .map(([said, more]) => `${red(said)}\n\n  ${more}\n\n\n📎 It looks like you have a token.\n`)
    .join("");
  return `${text}\n🪵  Logs were written to "/home/you/.wrangler/logs/wrangler.log"`;
}

/**
 * Makes a folder with a wrangler of its own, which writes down its calls and has these secrets, or fails with these words
 * when it is asked for them.
 */
function folderWith(vars: object, present: string[] = [], fails?: string) {
  const folder = new Folder().path;
  const wrangler = join(folder, "node_modules/wrangler");
  mkdirSync(join(wrangler, "bin"), { recursive: true });
  const config = JSON.parse(readFileSync(`${FOLDER}/wrangler.jsonc`, "utf8").replace(/^\s*\/\/.*$/gm, ""));
  writeFileSync(join(folder, "wrangler.jsonc"), JSON.stringify({ ...config, vars: { ...config.vars, ...vars } }));
  const called = join(folder, "called.txt");
  const files = {
    "package.json": JSON.stringify({ name: "wrangler", version: "0.0.0", type: "module", main: "index.js" }),
    // how wrangler itself reads it, and fails
    "index.js": `export { experimental_readRawConfig } from ${JSON.stringify(import.meta.resolve("wrangler"))};`,
    "bin/wrangler.js": `import { appendFileSync } from "node:fs";
      const args = process.argv.slice(2).join(" ");
      appendFileSync(${JSON.stringify(called)}, args + "\\n");
      if (args.startsWith("secret list") && ${fails !== undefined}) {
        console.error(${JSON.stringify(fails ?? "")});
        process.exit(1);
      }
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

test("with right settings deploy creates the queues, the Worker and the secrets", async () => {
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

test.each([[[]], [["--dry-run"]]])("all wrong settings are named, and nothing is created: %j", async (flags) => {
  const { folder, called } = folderWith({ SHARDS: 2.5, ORIGINS: "shop.example", CHECK: { repair: "x" } });
  const secrets = { ...SECRETS, CLIENT_KEY_WEB: SECRETS.CLIENT_KEY_SHOP };
  const { code, err } = await deploy(folder, secrets, ...flags);
  for (const said of [
    "SHARDS must be a whole number from 1 to 256",
    "write https://shop.example",
    "CHECK is wrong: repair must be",
    "CLIENT_KEY_WEB has a key that CLIENT_KEY_SHOP has too",
  ]) {
    expect(err).toContain(said);
  }
  expect(err.trimEnd().split("\n")).toHaveLength(5);
  expect(err).toMatch(/^split-events: SHARDS must be a whole number from 1 to 256$/m);
  expect(err).toMatch(/^split-events: wrangler.jsonc or a secret is wrong, and nothing was done$/m);
  expect(code).toBe(2);
  expect(called().filter((args) => !args.startsWith("secret list"))).toEqual([]);
});

test("secrets that the Worker has need not be given again; missing ones are named before anything is created", async () => {
  const held = folderWith({}, Object.keys(SECRETS));
  expect((await deploy(held.folder, {})).code).toBe(0);
  expect(held.called()).toContain("deploy");
  expect(held.called().filter((args) => args.startsWith("secret put"))).toEqual([]);

  const none = folderWith({}, ["CLIENT_KEY_SHOP"]);
  const { code, err } = await deploy(none.folder, {});
  expect(err).toContain(
    "the Worker has no secret SPLIT_API_KEY, ADMIN_KEY, and nothing was done: set them in the environment",
  );
  expect(code).toBe(2);
  expect(none.called()).toEqual(["secret list --format json"]);
});

test("a variable with a binding's name is refused, and an unknown one is named", async () => {
  const taken = folderWith({ OUTBOX: "x", LIMIT: 100, ORIGIN: "https://shop.example", GREETING: "hello" });
  const { code, err } = await deploy(taken.folder, SECRETS);
  expect(err).toMatch(/^split-events: OUTBOX must be a Durable Object, bound in wrangler.jsonc, but is a variable/m);
  expect(err).toMatch(/^split-events: LIMIT must be a rate limit \("ratelimits"\), bound/m);
  expect(err).toMatch(/^split-events: ORIGIN is no setting: did you mean ORIGINS\?$/m);
  expect(err).toMatch(/^split-events: the Worker does not read these variables: GREETING$/m);
  expect([code, taken.called()]).toEqual([2, ["secret list --format json"]]);

  const right = folderWith({ GREETING: "hello" });
  const done = await deploy(right.folder, SECRETS);
  expect(done).toMatchObject({ code: 0, err: "split-events: the Worker does not read these variables: GREETING\n" });
});

test("a variable and a binding of the user's own are left alone", async () => {
  const { folder, called } = folderWith({ SAMPLE_RATE: 0.5, ALLOWED_ORIGINS: "x", OUTBOXES: 3 });
  const { code, err } = await deploy(folder, SECRETS);
  expect(err).toBe(
    "split-events: the Worker does not read these variables: ALLOWED_ORIGINS (did you mean ORIGINS?), OUTBOXES, " +
      "SAMPLE_RATE (did you mean RATE?)\n",
  );
  expect([code, called()]).toEqual([0, expect.arrayContaining(["deploy"])]);
});

test("a key under vars is refused, whether or not it is a secret too, since it can be read by anyone", async () => {
  const names = ["SPLIT_API_KEY", "ADMIN_KEY", "CLIENT_KEY_SHOP", "client_key_app"];
  const vars = Object.fromEntries(names.map((name) => [name, `${name}-must-never-show`]));
  for (const secrets of [SECRETS, {}]) {
    const { folder, called } = folderWith(vars, Object.keys(SECRETS));
    const { code, err } = await deploy(folder, secrets as Record<string, string>);
    expect(err.trimEnd().split("\n")).toEqual([
      ...names.map(
        (name) =>
          `split-events: ${name} is in wrangler.jsonc, where everyone who reads the file has it: remove it there and set it with ` +
          `"wrangler secret put ${name}"`,
      ),
      "split-events: wrangler.jsonc or a secret is wrong, and nothing was done",
    ]);
    expect([code, called()]).toEqual([2, ["secret list --format json"]]);
  }
});

test("a client's secret is read as the Worker reads it, and a name that no secret can have is refused", async () => {
  const { SPLIT_API_KEY, ADMIN_KEY, CLIENT_KEY_SHOP } = SECRETS;
  const { folder, called } = folderWith({});
  const taken = await deploy(folder, { SPLIT_API_KEY, ADMIN_KEY, CLIENT_KEY_web: CLIENT_KEY_SHOP });
  expect(taken.out).toContain("the secret CLIENT_KEY_web was set\n");
  expect(called()).toContain("secret put CLIENT_KEY_web");

  for (const name of ["CLIENT_KEY_MY-APP", "client_key_web"]) {
    const { code, err } = await deploy(folderWith({}).folder, { SPLIT_API_KEY, ADMIN_KEY, [name]: CLIENT_KEY_SHOP });
    expect(err).toContain(
      `split-events: ${name} cannot be the name of a client's secret: write CLIENT_KEY_ and then letters, digits or _`,
    );
    expect(err).not.toContain("CLIENT_KEY_WEB");
    expect(code).toBe(2);
  }
});

test("the reason of wrangler's failure is shown, and no claim is made about what could not be asked", async () => {
  const fails = failing(
    ["A request to the Cloudflare API (/secrets) failed.", `Authentication error ${SECRETS.ADMIN_KEY} [code: 10000]`],
    ["A request to the Cloudflare API (/verify) failed.", "Authentication error [code: 10000]"],
  );
  const { folder, called } = folderWith({}, [], fails);
  for (const given of [{ ADMIN_KEY: `one ${SECRETS.ADMIN_KEY}` }, SECRETS]) {
    expect(await deploy(folder, given as Record<string, string>)).toEqual({
      code: 2,
      out: "",
      err:
        "split-events: wrangler could not list the secrets, and nothing was done: " +
        "A request to the Cloudflare API (/secrets) failed. Authentication error [key] [code: 10000]; " +
        "A request to the Cloudflare API (/verify) failed. Authentication error [code: 10000]\n",
    });
  }
  expect(new Set(called())).toEqual(new Set(["secret list --format json"]));

  const old = "Wrangler requires at least Node.js v22.12.0. You are using v20.20.2.";
  const { err } = await deploy(folderWith({}, [], `${old}\n\nConsider using a Node.js version manager.`).folder, {});
  expect(err).toContain(`and nothing was done: ${old}\n`);

  const none = failing(['Worker "split-events" not found.', "If this is a new Worker, run `wrangler deploy` first."]);
  expect((await deploy(folderWith({}, [], none).folder, SECRETS)).code).toBe(0);
  expect((await deploy(folderWith({}, [], none).folder, {})).err).toContain("the Worker has no secret SPLIT_API_KEY");
});

test("the error about an unreadable wrangler.jsonc says what is wrong and where", async () => {
  const { folder } = folderWith({});
  const path = join(folder, "wrangler.jsonc");
  writeFileSync(path, '{ "vars": { "SHARDS": 4 }\n  "name": "x" }');
  const { code, err } = await deploy(folder, SECRETS);
  expect(err).toBe(`split-events: ${path} cannot be read at line 2, column 3: comma expected\n`);
  expect(code).toBe(2);
});
