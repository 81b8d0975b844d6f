import { registerContainers } from "./containers/register.js";
import { beside } from "./module/beside.js";
import { setEntry } from "./module/module.js";
import { runtimeHere } from "./module/runtime.js";

setEntry({
  runtime: runtimeHere(),
  later: () => beside(() => new URL("./wasm/split_events_bg.wasm", import.meta.url)),
  // bundlers that choose this entry may bundle for Node, whose fetch reads no files, or move no files
  otherwise: async () => (await import("./module/inline.js")).inlineModule(),
});
registerContainers();

export * from "./index.js";
