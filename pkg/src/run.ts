/** So many runs share the random part of their ids, which costs more than the rest of a small run's beginning. */
const SHARED = 0x1_0000;

let random = "";
let run = SHARED;

/** The part of a batch's id that no other run has. */
export function runId(): string {
  if (run === SHARED) {
    random = crypto.getRandomValues(new BigUint64Array(1))[0]?.toString(16).padStart(16, "0") ?? "";
    run = 0;
  }
  return random + (run++).toString(16).padStart(4, "0");
}
