import { registerContainers } from "./containers/register.js";
import { inlineModule } from "./module/inline.js";
import { setEntry } from "./module/module.js";

// a file would not be moved by `bun build`
setEntry({ runtime: "bun", now: inlineModule });
registerContainers();

export * from "./index.js";
