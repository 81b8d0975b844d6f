import { registerContainers } from "./containers/register.js";
import { inlineModule } from "./module/inline.js";
import { setEntry } from "./module/module.js";

// a file would need a permission, and would not be moved by `deno bundle`
setEntry({ runtime: "deno", now: inlineModule });
registerContainers();

export * from "./index.js";
