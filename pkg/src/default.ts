import { loadLater } from "./module.js";

loadLater("unknown", new URL("./wasm/split_events_bg.wasm", import.meta.url));

export * from "./index.js";
