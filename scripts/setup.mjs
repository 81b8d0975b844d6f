import { run } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";

await run(() => setup({ forBrowser: true }));
