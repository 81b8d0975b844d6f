import { inlineModule } from "./module/inline.js";
import { setEntry } from "./module/module.js";
import { runtimeHere } from "./module/runtime.js";

setEntry({ runtime: runtimeHere(), now: inlineModule });

export * from "./index.js";
