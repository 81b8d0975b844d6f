import { setContainers } from "./input/containers.js";
import { inlineModule } from "./module/inline.js";
import { setEntry } from "./module/module.js";
import { runtimeHere } from "./module/runtime.js";

setEntry({ runtime: runtimeHere(), now: inlineModule });
setContainers(() => import("./containers/index.js"));

export * from "./index.js";
