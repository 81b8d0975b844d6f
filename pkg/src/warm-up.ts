import { check } from "./check/check.js";

const sample = { eventTypeId: "a", trafficTypeName: "user", key: "k", timestamp: 1, value: 1, properties: { a: "b" } };

/** Has V8 compile the functions of a check while the isolate starts, not in the first request. */
export function warmUp(): void {
  check(JSON.stringify([sample, { ...sample, timestamp: "1" }, {}])).catch(() => {});
}
