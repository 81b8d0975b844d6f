import { directoryStore } from "split-events/stores/directory";
import { memoryStore } from "split-events/stores/memory";
import { describe, test } from "vitest";
import { Folder } from "../support/folder.js";
import { storeCases } from "../support/store-contract.js";

describe("in memory", () => {
  test.each(storeCases.filter(({ durable }) => !durable))("$name", ({ run }) => run(async () => memoryStore()));
});

describe("in a directory", () => {
  test.each(storeCases)("$name", async ({ run }) => {
    const folder = new Folder().file("store");
    await run(() => directoryStore(folder));
  });

  test("with a path longer than a socket may have", async () => {
    const folder = new Folder().file(`${"long".repeat(40)}/store`);
    for (const { run } of storeCases.slice(-1)) await run(() => directoryStore(folder));
  });
});
