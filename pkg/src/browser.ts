import { registerContainers } from "./containers/register.js";
import { beside } from "./module/beside.js";
import { setEntry } from "./module/module.js";

setEntry({
  runtime: "browser",
  later: () => beside(() => new URL("./wasm/split_events_bg.wasm", import.meta.url)),
});
registerContainers();

export * from "./index.js";
