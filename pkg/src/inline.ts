import { inlineModule } from "./module/inline.js";
import { setEntry } from "./module/module.js";
import { runtimeHere } from "./module/runtime.js";

setEntry({ runtime: runtimeHere(), now: inlineModule });
// no containers: a bundle that is one file takes no import() of theirs

export * from "./index.js";
