import { setEntry } from "./module/module.js";
import { warmUp } from "./warm-up.js";
import module from "./wasm/split_events_bg.wasm";

setEntry({ runtime: "workerd", now: () => module });
warmUp();

export * from "./index.js";
