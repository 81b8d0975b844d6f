import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { setEntry } from "./module/module.js";

setEntry({
  runtime: "node",
  now: () => {
    try {
      return readFileSync(new URL("./wasm/split_events_bg.wasm", import.meta.url));
    } catch {
      return undefined; // a bundle, which does not have it as a file
    }
  },
  later: async () => (await import("./module/inline.js")).inlineModule(),
  read: (address) => {
    if (address instanceof URL) return address.protocol === "file:" ? readFile(address) : undefined;
    if (/^file:/i.test(address)) return readFile(fileURLToPath(address));
    return /^[a-z][a-z\d+.-]+:/i.test(address) ? undefined : readFile(address);
  },
});

export * from "./index.js";
