import { buildBaseline } from "./lib/baseline.mjs";
import { run } from "./lib/say.mjs";

await run(buildBaseline);
