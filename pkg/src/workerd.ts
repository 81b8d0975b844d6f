import { check } from "./check/check.js";
import { setEntry } from "./module/module.js";
import module from "./wasm/split_events_bg.wasm";

setEntry({ runtime: "workerd", now: () => module });

// V8 compiles a function when it is first called. Here it does so while the isolate starts, not in the first request.
const sample = { eventTypeId: "a", trafficTypeName: "user", key: "k", timestamp: 1, value: 1, properties: { a: "b" } };
check(JSON.stringify([sample, { ...sample, timestamp: "1" }, {}])).catch(() => {});

export * from "./index.js";
