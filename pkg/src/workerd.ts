import { load } from "./module/module.js";
import module from "./wasm/split_events_bg.wasm";

load("workerd", module);

export * from "./index.js";
