import { setEntry } from "./module/module.js";
// with this suffix, bundlers for Vercel's edge runtime compile it, which no program may there
import module from "./wasm/split_events_bg.wasm?module";

setEntry({ runtime: "unknown", now: () => module });

export * from "./index.js";
