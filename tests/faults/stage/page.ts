import { init } from "split-events";
import { perform } from "./perform.ts";

await init("/split_events.wasm");
Object.assign(globalThis, { perform });
