import { setEntry } from "./module/module.js";
// with this suffix, bundlers for Vercel's edge runtime compile it, which no program may there
import module from "./wasm/split_events_bg.wasm?module";

setEntry({
  runtime: "unknown",
  now: () => {
    // Next.js compiles it in another realm than that of the program, and what starts it asks for a Module of its own
    if (!(module instanceof WebAssembly.Module)) Object.setPrototypeOf(module, WebAssembly.Module.prototype);
    return module;
  },
});

export * from "./index.js";
