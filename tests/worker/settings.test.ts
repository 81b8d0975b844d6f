import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { allows, originsFrom } from "../../worker/src/origins.js";
import { readSettings, TABLE } from "../../worker/src/settings.js";
import { ADMIN_KEY, EXAMPLE, KEY, OTHER_KEY, SERVICE_KEY, Worker } from "./support.js";

const BIN = fileURLToPath(new URL("../../pkg/bin/split-events.js", import.meta.url));
const able = (call: string) => ({ [call]: () => {} });
const RIGHT = {
  OUTBOX: able("getByName"),
  PACE: able("getByName"),
  QUEUE: able("send"),
  SPLIT_API_KEY: "service-must-never-show",
  ADMIN_KEY: "admin-must-never-show",
  CLIENT_KEY_WEB: "web-must-never-show",
};
const wrong = (given: Record<string, unknown>) => {
  const { problems, misspelt } = readSettings({ ...RIGHT, ...given });
  expect(JSON.stringify([problems, misspelt])).not.toContain("must-never-show");
  return [...problems, ...misspelt].map(({ name, problem }) => `${name} ${problem}`);
};
const read = (given: Record<string, unknown>) => {
  expect(wrong(given)).toEqual([]);
  return readSettings({ ...RIGHT, ...given }).settings;
};

test("a variable that is missing, empty or white space has its default, and numbers may be text", () => {
  const usual = read({});
  expect(usual).toMatchObject({ buffer: "queue", shards: 4, maxBodyBytes: 10_000_000, bodySeconds: 30, check: {} });
  expect(usual).toMatchObject({
    repeatSeconds: 0,
    deadDays: 30,
    deadRequestBytes: 1e6,
    deadClientBytes: 2e7,
    deadBytes: 1e8,
  });
  expect(read({ SHARDS: "", BUFFER: " ", ORIGINS: "", UPSTREAM: "", RATE: "", CHECK: "", BODY_SECONDS: null })).toEqual(
    usual,
  );
  expect(read({ SHARDS: " 7 ", RATE: "0.5" })).toMatchObject({ shards: 7, rate: 0.5 });
});

test.each<[string, unknown, RegExp]>([
  ["BUFFER", "qeue", /^BUFFER must be "queue" or "outbox"$/],
  ["SHARDS", 2.5, /^SHARDS must be a whole number from 1 to 256$/],
  ["SHARDS", "2.5", /^SHARDS must be a whole number/],
  ["SHARDS", 0, /^SHARDS must/],
  ["SHARDS", 257, /^SHARDS must/],
  ["SHARDS", "four", /^SHARDS must/],
  ["SHARDS", "0x10", /^SHARDS must/],
  ["SHARDS", true, /^SHARDS must/],
  ["SHARDS", [4], /^SHARDS must/],
  ["RATE", 0, /^RATE must be a number from 0.001 to 1000000$/],
  ["MAX_BODY_BYTES", 50_000_001, /^MAX_BODY_BYTES must/],
  ["BODY_SECONDS", 601, /^BODY_SECONDS must/],
  ["REPEAT_SECONDS", -1, /^REPEAT_SECONDS must/],
  ["DEAD_DAYS", 0, /^DEAD_DAYS must/],
  ["CHECK", "{", /^CHECK must be JSON/],
  ["CHECK", "[]", /^CHECK must be an object$/],
  ["CHECK", { maxBytes: 5 }, /^CHECK has the unknown option "maxBytes": its options are repair, normalizeNames/],
  ["CHECK", { repair: "refuze" }, /^CHECK is wrong: repair must be/],
  ["CHECK", { trafficTypes: "user" }, /^CHECK is wrong: trafficTypes must be/],
  ["UPSTREAM", "events.split.io", /^UPSTREAM must be an https address/],
  ["UPSTREAM", "http://events.split.io/api", /^UPSTREAM must be an https address/],
  ["UPSTREAM", "https://key:must-never-show@events.split.io/", /^UPSTREAM must not have a user or password/],
  ["ORIGINS", 7, /^ORIGINS must be origins/],
  ["ORIGINS", [7], /^ORIGINS must be origins/],
  ["SPLIT_API_KEY", undefined, /^SPLIT_API_KEY is missing: set it with/],
  ["SPLIT_API_KEY", " \n", /^SPLIT_API_KEY is missing/],
  [
    "SPLIT_API_KEY",
    "sch\u00f6n-must-never-show",
    /^SPLIT_API_KEY has a character that no key may have: keys are printable ASCII$/,
  ],
  ["CLIENT_KEY_WEB", undefined, /^CLIENT_KEY_\* is missing/],
  ["CLIENT_KEY_SHOP", "", /^CLIENT_KEY_SHOP is missing/],
  ["CLIENT_KEY_SHOP", "other web-must-never-show", /^CLIENT_KEY_WEB has a key that CLIENT_KEY_SHOP has too/],
  ["CLIENT_KEY_SHOP", "admin-must-never-show", /^CLIENT_KEY_SHOP has a key that ADMIN_KEY has too/],
  ["QUEUE", undefined, /^QUEUE is missing: bind a queue to it, or set BUFFER to "outbox"$/],
  ["OUTBOX", undefined, /^OUTBOX is missing/],
  ["PACE", undefined, /^PACE is missing/],
  [
    "OUTBOX",
    "x",
    /^OUTBOX must be a Durable Object, bound in wrangler.jsonc, but is a variable or a binding of another/,
  ],
  ["PACE", able("send"), /^PACE must be a Durable Object/],
  ["QUEUE", {}, /^QUEUE must be a queue, bound in wrangler.jsonc/],
  ["LIMIT", 100, /^LIMIT must be a rate limit \("ratelimits"\), bound in wrangler.jsonc, but is a variable/],
  ["LIMIT", "", /^LIMIT must be a rate limit/],
  ["LIMIT_WEB", { limit: 100 }, /^LIMIT_WEB must be a rate limit/],
  [
    "SPLIT_API_KEY",
    "other admin-must-never-show",
    /^SPLIT_API_KEY has a key that ADMIN_KEY has too: give each its own$/,
  ],
  ["SHARD", 4, /^SHARD is no setting: did you mean SHARDS\?$/],
  ["ORIGIN", "https://shop.example", /^ORIGIN is no setting: did you mean ORIGINS\?$/],
  ["ORGINS", ["https://shop.example"], /^ORGINS is no setting: did you mean ORIGINS\?$/],
  ["CHECKS", { repair: "refuse" }, /^CHECKS is no setting: did you mean CHECK\?$/],
  ["MAX_BODY", 1, /^MAX_BODY is no setting: did you mean MAX_BODY_BYTES\?$/],
  ["shards", 4, /^shards is no setting: did you mean SHARDS\?$/],
  ["LIMIT_web", able("limit"), /^LIMIT_web is no setting: did you mean LIMIT_WEB\?$/],
  ["CLIENTKEY_SHOP", "shop-must-never-show", /^CLIENTKEY_SHOP is no setting: did you mean CLIENT_KEY_NAME\?$/],
  ["ADMINKEY", "admin-must-never-show", /^ADMINKEY is no setting: did you mean ADMIN_KEY\?$/],
])("%s as %j is one problem, which says what it must be", (name, value, said) => {
  const given: Record<string, unknown> = { ...RIGHT, [name]: value };
  if (value === undefined) delete given[name];
  const found = readSettings(given);
  const problems = [...found.problems, ...found.misspelt].map((one) => `${one.name} ${one.problem}`);
  expect(problems).toEqual([expect.stringMatching(said)]);
  expect(problems[0]).not.toContain("must-never-show");
});

test("with BUFFER outbox no queue is needed, ADMIN_KEY may be missing, and UPSTREAM may be http on this machine", () => {
  expect(read({ QUEUE: undefined, BUFFER: "outbox", ADMIN_KEY: undefined }).buffer).toBe("outbox");
  for (const host of ["localhost:8080", "127.0.0.1", "[::1]:9", "sandbox.localhost"]) {
    expect(read({ UPSTREAM: `http://${host}/api/events/bulk` }).upstream).toBe(`http://${host}/api/events/bulk`);
  }
  expect(read({ CLIENT_KEY_WEB: "\n one two \r\n" }).shards).toBe(4);
});

test("a client key may be the service key, limits may be bound, and other unknown names are only listed", () => {
  const limits = { LIMIT: able("limit"), LIMIT_WEB: able("limit"), LIMIT_SHOP: able("limit") };
  expect(wrong({ ...limits, SPLIT_API_KEY: RIGHT.CLIENT_KEY_WEB })).toEqual([]);
  const { problems, unknown } = readSettings({ ...RIGHT, GREETING: "hello", ASSETS: {}, SENTRY_DSN: "x" });
  expect({ problems, unknown }).toEqual({ problems: [], unknown: ["ASSETS", "GREETING", "SENTRY_DSN"] });
});

test.each<[string, unknown, string?]>([
  ["ALLOWED_ORIGINS", "https://shop.example", "ORIGINS"],
  ["SAMPLE_RATE", 0.5, "RATE"],
  ["DATE", "2026-01-01", "RATE"],
  ["ADMIN", "me", "ADMIN_KEY"],
  ["OUTBOXES", "3"],
  ["OUTBOXES", able("getByName")],
  ["QUEUES", able("send")],
  ["SHARD", able("get")],
  ["ORIGIN", new (class Fetcher {})()],
  ["toString", "x"],
])("%s as %j may be the user's own variable: it is only listed, with what it may mean", (name, value, means) => {
  const { problems, misspelt, unknown } = readSettings({ ...RIGHT, [name]: value });
  const told = means === undefined ? name : `${name} (did you mean ${means}?)`;
  expect({ problems, misspelt, unknown }).toEqual({ problems: [], misspelt: [], unknown: [told] });
});

test("the table of the documentation has every setting with its default and what it must be", () => {
  const page = readFileSync(new URL("../../docs/WORKER.md", import.meta.url), "utf8");
  const documented = Array.from(
    page.matchAll(/^\| `([A-Z_]+)` +\| (.*?) +\| (.*?) +\|/gm),
    ([, name, usual, takes]) => ({
      name,
      usual: usual?.replaceAll("`", ""),
      takes: takes?.replaceAll("`", ""),
    }),
  );
  const grouped = (text: string) =>
    text.replaceAll(/(?<![\d.])\d{4,}/g, (digits) => Number(digits).toLocaleString("en-US"));
  const told = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : grouped(String(value)));
  const rows = Object.values(TABLE).map(({ name, default: usual, takes }) => ({
    name,
    // a default without a value is written in words
    usual: usual === undefined ? expect.stringMatching(/^(all|none|the service's own)$/) : told(usual),
    takes: grouped(takes),
  }));
  expect(documented.filter(({ name }) => rows.some((row) => row.name === name))).toEqual(rows);
});

test("all problems are found at once", () => {
  expect(wrong({ SHARDS: 2.5, BUFFER: "x", ORIGINS: "shop.example", SPLIT_API_KEY: "" })).toHaveLength(4);
});

describe("ORIGINS", () => {
  test.each<[string, string[], string[]]>([
    ["https://Shop.Example/", ["https://shop.example"], ["http://shop.example", "https://a.shop.example"]],
    ["https://shop.example:443", ["https://shop.example"], ["https://shop.example:444"]],
    ["http://localhost:3000", ["http://localhost:3000"], ["http://localhost"]],
    [
      "https://*.shop.example",
      ["https://www.shop.example", "https://a.b.shop.example"],
      ["https://shop.example", "https://evilshop.example", "http://www.shop.example", "https://x/.shop.example"],
    ],
    ["https://*.shop.example:8443/", ["https://www.shop.example:8443"], ["https://www.shop.example"]],
    ["null", ["null"], ["https://null"]],
    ["https://a.example, https://b.example", ["https://a.example", "https://b.example"], ["https://c.example"]],
    ["https://a.example *", ["https://a.example", "https://any.example", "null"], []],
    ["chrome-extension://abcdef", ["chrome-extension://abcdef"], ["chrome-extension://abc"]],
  ])("%s allows %j and not %j", (text, yes, no) => {
    const { origins } = read({ ORIGINS: text });
    expect(yes.filter((origin) => !allows(origins, origin))).toEqual([]);
    expect(no.filter((origin) => allows(origins, origin))).toEqual([]);
  });

  test.each([
    ["shop.example", '"shop.example" has no scheme: write https://shop.example'],
    ["Shop.example/", '"Shop.example/" has no scheme: write https://shop.example'],
    ["*.shop.example", '"*.shop.example" has no scheme: write https://*.shop.example'],
    ["localhost:3000", '"localhost:3000" has no scheme: write https://localhost:3000'],
    ["https://shop.example/cart", '"https://shop.example/cart" is more than an origin: write https://shop.example'],
    [
      "https://*.shop.example/cart",
      '"https://*.shop.example/cart" is more than an origin: write https://*.shop.example',
    ],
    [
      "https://shop.*",
      'in "https://shop.*" a * may stand for subdomains only: write https://*.shop.example, or * for all',
    ],
    ["https://", '"https://" is no origin: write one as https://shop.example'],
    ["file:///", '"file:///" is no origin: write one as https://shop.example'],
  ])("%s is refused with what to write", (text, said) => {
    expect(() => originsFrom([text])).toThrow(new RangeError(said));
  });
});

/** `split-events worker health`. */
function cli(url: string, ...flags: string[]) {
  const args = [BIN, "worker", "health", "--url", url, ...flags];
  const env = { ...process.env, NO_COLOR: "1", SPLIT_WORKER_ADMIN_KEY: ADMIN_KEY };
  return new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    execFile(process.execPath, args, { env }, (error, out, err) => {
      expect(out + err).not.toContain("must-never-show");
      resolve({ code: error?.code ?? 0, out, err });
    });
  });
}

const admin = { authorization: `Bearer ${ADMIN_KEY}` };

test("with a wrong setting everything is answered 503, and /admin/health names each problem, without secrets", async () => {
  const vars = {
    SHARDS: 2.5,
    CHECK: { repair: "x" },
    CLIENT_KEY_SHOP: KEY,
    LIMIT_SHOP: 100,
    ORIGIN: "x",
    CHECKS: {},
    HELLO: "x",
  };
  const worker = await Worker.start({ vars });
  onTestFinished(() => worker.dispose());
  const asked = [
    { body: EXAMPLE },
    { path: "/api/events/beacon", body: "{}" },
    { path: "/nowhere", method: "GET" },
    { path: "/metrics", method: "GET", headers: admin },
    { path: "/admin/counts", method: "GET", headers: admin },
  ];
  for (const one of asked) {
    const { status, headers, json } = await worker.ask(one);
    expect([status, headers.get("retry-after"), json.detail]).toEqual([
      503,
      "60",
      "a setting of this Worker is wrong: its log and /admin/health name it",
    ]);
  }
  const health = { path: "/admin/health", method: "GET" };
  expect((await worker.ask(health)).status).toBe(401);
  const { status, json } = await worker.ask({ ...health, headers: admin });
  expect(status).toBe(503);
  expect(json).toEqual({
    ok: false,
    problems: [
      { name: "SHARDS", problem: "must be a whole number from 1 to 256" },
      { name: "CHECK", problem: expect.stringMatching(/^is wrong: repair must be/) },
      { name: "LIMIT_SHOP", problem: expect.stringMatching(/^must be a rate limit/) },
      { name: "CLIENT_KEY_WEB", problem: "has a key that CLIENT_KEY_SHOP has too: give each its own" },
    ],
    misspelt: [
      { name: "CHECKS", problem: "is no setting: did you mean CHECK?" },
      { name: "ORIGIN", problem: "is no setting: did you mean ORIGINS?" },
    ],
    unknown: ["HELLO"],
  });
  const { code, out, err } = await cli(worker.url.href);
  expect(code).toBe(1);
  expect(err).toBe(
    "split-events: CHECKS is no setting: did you mean CHECK?\n" +
      "split-events: ORIGIN is no setting: did you mean ORIGINS?\n" +
      "split-events: the Worker does not read these variables: HELLO\n",
  );
  expect(out).toContain("SHARDS must be a whole number from 1 to 256\nCHECK is wrong: repair must be");
});

test("if all is right, /admin/health shows the settings; values of secrets may have line ends around them", async () => {
  const worker = await Worker.start({
    vars: {
      SPLIT_API_KEY: `\n${SERVICE_KEY}\r\n`,
      ADMIN_KEY: `old-admin-must-never-show\r\n ${ADMIN_KEY} \n`,
      CLIENT_KEY_WEB: `${KEY}\n${OTHER_KEY}\n`,
      ORIGINS: "https://Shop.Example/ https://*.shop.example",
    },
  });
  onTestFinished(() => worker.dispose());
  for (const key of [ADMIN_KEY, "old-admin-must-never-show"]) {
    const headers = { authorization: `Bearer ${key}` };
    const { status, json } = await worker.ask({ path: "/admin/health", method: "GET", headers });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ok: true,
      settings: { SHARDS: 4, BUFFER: "outbox", ORIGINS: ["https://shop.example", "https://*.shop.example"] },
    });
    expect((json.settings as { clients: string[] }).clients).toEqual(["web"]);
    expect(json.unknown).toEqual([]);
  }
  const { code, out } = await cli(worker.url.href);
  expect(code).toBe(0);
  expect(out).toMatch(/^SHARDS +4$/m);
  expect(out).toMatch(/^ORIGINS +\["https:\/\/shop.example","https:\/\/\*.shop.example"\]$/m);
  expect(JSON.parse((await cli(worker.url.href, "--json")).out)).toMatchObject({ ok: true, settings: { SHARDS: 4 } });
  for (const key of [KEY, OTHER_KEY]) {
    expect((await worker.ask({ headers: { authorization: `Bearer ${key}` }, body: EXAMPLE })).status).toBe(202);
  }
});

test("health says that a Worker is not there, and what is wrong with its address", async () => {
  const worker = await Worker.start({ vars: { ADMIN_KEY: "" } });
  onTestFinished(() => worker.dispose());
  const { host } = worker.url;
  expect(await cli(worker.url.href)).toEqual({
    code: 2,
    out: "",
    err:
      `split-events: ${worker.url.origin} answered 404: ` +
      "there is no split-events Worker at this address, or it has no ADMIN_KEY: see its log\n",
  });
  expect((await cli(host)).err).toBe(`split-events: --url has no scheme: write http://${host}\n`);
  for (const [url, said] of [
    ["localhost:8787", "has no scheme: write http://localhost:8787\n"],
    ["shop.workers.dev/x", "has no scheme: write https://shop.workers.dev/x\n"],
    [
      `http://user:pass-must-never-show@${host}`,
      "must not have a user or password in it: the key in SPLIT_WORKER_ADMIN_KEY",
    ],
    [`user:pass-must-never-show@${host}`, "must not have a user or password in it"],
    ["ftp://shop.example", "must begin with https:// or http://"],
    ["https://", "must be the address of a Worker, as https://"],
  ]) {
    expect(await cli(url as string)).toMatchObject({ code: 2, err: expect.stringContaining(`--url ${said}`) });
  }
});

test.each(["DEAD_REQUEST_BYTES", "DEAD_CLIENT_BYTES", "DEAD_BYTES"])("%s of 0 keeps no refused event", async (name) => {
  const worker = await Worker.start({ vars: { [name]: 0, SHARDS: 1 } });
  onTestFinished(() => worker.dispose());
  const wrong = { ...JSON.parse(EXAMPLE)[0], key: "" };
  const { status, json } = await worker.post([wrong, wrong]);
  expect([status, json.notKept]).toEqual([202, 2]);
  const dead = await worker.ask({ path: "/admin/dead", method: "GET", headers: admin });
  expect(dead.json.entries).toEqual([]);
});
