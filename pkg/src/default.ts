import { loadLater } from "./module/module.js";

loadLater("unknown", new URL("./wasm/split_events_bg.wasm", import.meta.url));

export * from "./index.js";
