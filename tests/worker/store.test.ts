import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Folder } from "../support/folder.js";
import { storeCases } from "../support/store-contract.js";
import { OFFLINE } from "./support.js";

Object.assign(process.env, OFFLINE);
const { unstable_startWorker } = await import("wrangler");

const CONFIG = fileURLToPath(new URL("stores/wrangler.jsonc", import.meta.url));

interface Objects {
  /** Asks an object by name. Returns its answer, with the status if it failed. */
  ask(object: string, action: string, given?: string): Promise<unknown>;
  dispose(): Promise<void>;
}

/** workerd with the objects, whose storage is in memory unless a folder is given. */
async function start(persist: string | false): Promise<Objects> {
  const started = await unstable_startWorker({
    config: CONFIG,
    dev: { server: { hostname: "127.0.0.1", port: 0 }, inspector: false, watch: false, persist, logLevel: "none" },
  });
  const url = await started.url;
  return {
    async ask(object, action, given = "") {
      const response = await fetch(new URL(`/${object}/${action}?with=${encodeURIComponent(given)}`, url));
      if (!response.headers.get("content-type")?.includes("json")) return response.status;
      const said: unknown = await response.json();
      return response.ok ? said : { status: response.status, said };
    },
    dispose: () => started.dispose(),
  };
}

let objects: Objects;
beforeAll(async () => {
  objects = await start(false);
});
afterAll(() => objects?.dispose());

test.each(storeCases)("$name", async ({ name }) => {
  expect(await objects.ask(`contract ${name}`.replaceAll(/\W/g, "-"), "contract", name)).toBe(null);
});

test("an object has one store for each table", async () => {
  expect(await objects.ask("tables", "tables")).toEqual({
    first: [["key", "1"]],
    second: [],
    sameTable: "StoreError store_locked",
    noName: "ConfigError invalid_table",
  });
});

test("no row is longer than the 2 MB that Cloudflare allows, which workerd does not enforce", async () => {
  expect(await objects.ask("rows", "rows")).toBeLessThan(2_000_000);
});

test("a sync that the database refuses writes no change, and is the last", async () => {
  expect(await objects.ask("refused", "refused")).toEqual({
    failures: ["StoreError store_failed", "StoreError store_failed"],
    kept: [["good", "1"]],
  });
});

test("a sync within the object's own transaction is part of it", async () => {
  expect(await objects.ask("transaction", "transaction")).toEqual({
    undone: "Error undefined",
    kept: [["key", "kept"]],
  });
});

test("an object that was evicted has only what was synced", async () => {
  await objects.ask("evicted", "put-sync", "synced");
  await objects.ask("evicted", "put", "not synced");
  expect(await objects.ask("evicted", "read")).toEqual([
    ["not synced", "not synced"],
    ["synced", "synced"],
  ]);
  await objects.ask("evicted", "abort");
  expect(await objects.ask("evicted", "read")).toEqual([["synced", "synced"]]);
});

test("simultaneous requests share the store of their object", async () => {
  const keys = Array.from({ length: 60 }, (_, index) => `key/${100 + index}`);
  const answers = await Promise.all(keys.map((key) => objects.ask("shared", "put-sync", key)));
  expect(answers).toEqual(keys.map(() => null));
  expect(await objects.ask("shared", "read")).toEqual(keys.map((key) => [key, key]));
});

test("an object in a new workerd has what was synced in the old one", async () => {
  const { path } = new Folder();
  const before = await start(path);
  await before.ask("restarted", "put-sync", "synced");
  await before.ask("restarted", "put", "not synced");
  await before.dispose();
  const after = await start(path);
  try {
    expect(await after.ask("restarted", "read")).toEqual([["synced", "synced"]]);
  } finally {
    await after.dispose();
  }
});
