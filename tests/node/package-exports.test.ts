import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { manifest } from "./package-app.js";

test("the exports map has types first, runtimes before the browser, and the default last", () => {
  // the first condition that matches wins, and bundlers for Workers set both `workerd` and `browser`
  expect(Object.keys(manifest.exports["."])).toEqual([
    "types",
    "workerd",
    "edge-light",
    "deno",
    "bun",
    "node",
    "browser",
    "default",
  ]);
});

test("the stores, the Worker, the module and package.json can be imported", () => {
  expect(Object.keys(manifest.exports)).toEqual([
    ".",
    "./inline",
    "./stores/memory",
    "./stores/directory",
    "./stores/indexed-db",
    "./stores/durable-object",
    "./worker",
    "./sandbox",
    // for tests, in which the module fails
    "./internal/debug",
    // for the Worker and the page only, which import the package by its name
    "./internal/joined",
    "./internal/near",
    "./internal/words",
    // for the command, which checks a Worker's settings
    "./internal/worker-settings",
    "./split_events.wasm",
    // for editors of mapping files
    "./mapping.schema.json",
    "./package.json",
  ]);
});

test("require.resolve finds the entry for Node", () => {
  expect(createRequire(import.meta.url).resolve("split-events")).toMatch(/pkg\/dist\/node\.js$/);
});
