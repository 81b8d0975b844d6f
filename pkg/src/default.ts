import { setEntry } from "./module/module.js";
import { runtimeHere } from "./module/runtime.js";

setEntry({ runtime: runtimeHere(), later: () => new URL("./wasm/split_events_bg.wasm", import.meta.url) });

export * from "./index.js";
