import { readFileSync } from "node:fs";
import { load } from "./module/module.js";

load("node", readFileSync(new URL("./wasm/split_events_bg.wasm", import.meta.url)));

export * from "./index.js";
