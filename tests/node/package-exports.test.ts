import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { manifest } from "./package-app.js";

test.each([".", "./check", "./client"])(
  "%s has types first, runtimes before the browser, and the default last",
  (path) => {
    // the first condition that matches wins, and bundlers for Workers set both `workerd` and `browser`
    expect(Object.keys(manifest.exports[path] as object)).toEqual([
      "types",
      "workerd",
      "edge-light",
      "deno",
      "bun",
      "node",
      "browser",
      "default",
    ]);
  },
);

test("the stores, the Worker, the module and package.json can be imported", () => {
  expect(Object.keys(manifest.exports)).toEqual([
    ".",
    "./inline",
    // parts with modules of their own
    "./check",
    "./check/inline",
    "./check/split_events.wasm",
    "./client",
    "./client/inline",
    "./client/split_events.wasm",
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
    // what the Worker imports as the package
    "./internal/worker-part",
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
