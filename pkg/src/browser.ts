import { setEntry } from "./module/module.js";

setEntry({ runtime: "browser", later: () => new URL("./wasm/split_events_bg.wasm", import.meta.url) });

export * from "./index.js";
