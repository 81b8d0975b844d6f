import { setEntry } from "./module/module.js";
import module from "./wasm/split_events_bg.wasm";

setEntry({ runtime: "workerd", now: () => module });

export * from "./index.js";
