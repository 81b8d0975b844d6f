import { inlineModule } from "./module/inline.js";
import { setEntry } from "./module/module.js";
import { runtimeHere } from "./module/runtime.js";

// without containers: their import() would make a bundle several files
setEntry({ runtime: runtimeHere(), now: inlineModule });

export * from "./index.js";
