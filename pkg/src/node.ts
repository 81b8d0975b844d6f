import { registerContainers } from "./containers/register.js";
import { setEntry } from "./module/module.js";

setEntry({
  runtime: "node",
  now: () => {
    try {
      return files().readFileSync(new URL("./wasm/split_events_bg.wasm", import.meta.url));
    } catch {
      return undefined; // a bundle, which does not have it as a file
    }
  },
  later: async () => (await import("./module/inline.js")).inlineModule(),
  read: (address) => {
    if (address instanceof URL || /^file:/i.test(address)) {
      const url = new URL(address);
      return url.protocol === "file:" ? files().promises.readFile(url) : undefined;
    }
    return /^[a-z][a-z\d+.-]+:/i.test(address) ? undefined : files().promises.readFile(address);
  },
});
registerContainers();

/** Returns `node:fs`. An `import` of it takes 5 ms, since it loads all that its exports can. */
function files(): typeof import("node:fs") {
  return process.getBuiltinModule("node:fs");
}

export * from "./index.js";
