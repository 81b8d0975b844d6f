import { setContainers } from "./input/containers.js";
import { inlineModule } from "./module/inline.js";
import { setEntry } from "./module/module.js";

// a file would not be moved by `bun build`
setEntry({ runtime: "bun", now: inlineModule });
setContainers(() => import("./containers/index.js"));

export * from "./index.js";
