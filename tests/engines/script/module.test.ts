import { expect, onTestFinished, test } from "vitest";
import { closedPort } from "../../support/closed-port.js";
import { events, ndjson } from "../../support/events.js";
import type { Page } from "../engine.js";
import { useBrowser } from "../engines.js";
import type { Way } from "../pages/module.js";
import { useSite } from "../site.js";

const site = useSite("pages/module.ts");
const browser = useBrowser();
const MODULE = "/elsewhere/split_events_bg.wasm";

/** Opens a page in which the module is not loaded yet. */
async function open(path?: string): Promise<Page> {
  const page = await browser().open(site.url(path));
  onTestFinished(() => page.close());
  return page;
}

/** Ways to give the module to `init`, and how many modules are compiled while they load. */
const WAYS: Record<Way, number> = {
  "the bytes": 0,
  "a view of bytes in the middle of others": 0,
  "a WebAssembly.Module": 0,
  "a URL": 1,
  "an address": 1,
  "a relative address": 1,
  "a response": 1,
  "a promise of a response": 1,
  "what an import of it returned": 1,
  "a blob's address": 1,
};

test.each(Object.keys(WAYS) as Way[])("init() takes %s", async (way) => {
  site.serve(MODULE, {});
  const page = await open();
  const streamed = await page.evaluate((way, address) => loading.loadBy(way, address), way, site.url(MODULE));
  expect(streamed).toBe(WAYS[way]);
  expect(await page.evaluate((text) => loading.check(text), ndjson(events(3)))).toBe(3);
});

test("the module is asked for once, however many calls wait for it", async () => {
  const page = await open();
  expect(await page.evaluate((text) => loading.loadAtOnce(text), ndjson(events(3)))).toEqual([3, 1]);
});

test("the first check loads the module by itself, from another origin, too", async () => {
  const page = await open();
  expect(await page.evaluate((text) => loading.check(text), ndjson(events(3)))).toBe(3);
  const second = await open("/second");
  site.serve(MODULE, {});
  expect(await second.evaluate((url) => loading.load(url), site.other(MODULE))).toBe("loaded");
});

test("a module that is served as another type is loaded all the same", async () => {
  site.serve("/octets.wasm", { type: "application/octet-stream" });
  const page = await open();
  expect(await page.evaluate((url) => loading.load(url), site.url("/octets.wasm"))).toBe("loaded");
});

test("a policy that forbids the module is named, with the source to add", async () => {
  onTestFinished(() => site.headers({}));
  site.headers({ "Content-Security-Policy": "script-src 'self'; connect-src 'self'" });
  const forbidden = await open();
  expect(await forbidden.evaluate(() => loading.load())).toMatch(
    /^module_forbidden: the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src, as in "script-src 'self' 'wasm-unsafe-eval'" .*\): ./,
  );
  site.headers({ "Content-Security-Policy": "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'" });
  const allowed = await open("/allowed");
  expect(await allowed.evaluate(() => loading.load())).toBe("loaded");
});

/** What is served in place of the module, and what the error says. */
const WRONG: Record<string, [answer: Parameters<typeof site.serve>[1], said: RegExp]> = {
  "a page": [{ type: "text/html", body: "<!doctype html>" }, /^module_not_loaded: .*got HTML/],
  "a page that calls itself the module": [{ body: "<!doctype html>" }, /^module_not_compiled: .*\(application\/wasm\)/],
  "404": [{ status: 404, type: "text/plain", body: "" }, /^module_not_loaded: .*got 404/],
  "500": [{ status: 500, body: "" }, /^module_not_loaded: .*got 500/],
  nothing: [{ body: "" }, /^module_not_compiled: /],
  "another module": [
    { body: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) },
    /^module_not_compiled: .*not the module of this package/,
  ],
};

test.each(Object.keys(WRONG))(
  "%s in place of the module is told as such, and init() can be called again",
  async (what) => {
    const [answer, said] = WRONG[what] as (typeof WRONG)[string];
    site.serve("/wrong.wasm", answer);
    const page = await open();
    const message = await page.evaluate((url) => loading.load(url), site.url("/wrong.wasm"));
    expect(message).toMatch(said);
    expect(message).toContain(site.url("/wrong.wasm"));
    expect(message).not.toContain("SIMD");
    expect(await page.evaluate(() => loading.load())).toBe("loaded");
  },
);

test("a module that is cut off is told as such, served or given as bytes", async () => {
  site.serve(MODULE, {});
  const page = await open();
  for (const count of [0, 7, 8, 100_000]) {
    site.serve("/cut.wasm", { body: site.module().subarray(0, count) });
    const served = await page.evaluate((url) => loading.load(url), site.url("/cut.wasm"));
    const given = await page.evaluate((count, url) => loading.loadBytes(count, url), count, site.url(MODULE));
    for (const said of [served, given]) expect(said).toMatch(/^module_not_compiled: /);
  }
  expect(await page.evaluate(() => loading.load())).toBe("loaded");
});

test("an address at which no server answers is named", async () => {
  const page = await open();
  const address = `http://127.0.0.1:${await closedPort()}/split_events_bg.wasm`;
  expect(await page.evaluate((url) => loading.load(url), address)).toMatch(
    `module_not_loaded: the module could not be loaded from ${address}: `,
  );
});
