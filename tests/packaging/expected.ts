import { isDeepStrictEqual } from "node:util";
import type { Sandbox } from "split-events-sandbox";
import { Failure } from "../../scripts/lib/say.mjs";

/** What shared/job.mjs returns. */
const RESULT = {
  report: { events: 5, clean: 3, repaired: 1, refused: 1 },
  codes: ["value_string", "key_empty"],
  receipt: { events: 5, accepted: 4, refused: 1, unknown: 0, unsent: 0 },
  batches: ["accepted"],
  client: { events: 1, accepted: 1, refused: 0, unknown: 0, unsent: 0 },
};

const four = (name: string) => [`${name}-0`, `${name}-1`, `${name}-2`, `${name}-repaired`];
const KEYS = [...four("batched"), ...four("sent"), "tracked"];

/** Compares what a consumer shows and what the sandbox has taken with what the job has to come to. */
export function assertDone(text: string, sandbox: Sandbox): void {
  const said = parsed(text);
  if (!isDeepStrictEqual(said, RESULT)) throw new Failure(`the result is ${text.trim()}`);
  const keys = sandbox.ledger().map(({ event }) => (event as { key: string }).key);
  if (!isDeepStrictEqual(keys.sort(), KEYS)) throw new Failure(`the sandbox has the events ${keys.join(", ")}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(`no result, but: ${text.trim() || "no text"}`);
  }
}
