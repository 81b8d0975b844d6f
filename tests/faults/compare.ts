import type { Receipt, State } from "split-events";
import type { LedgerEntry, PostRecord } from "split-events-sandbox";
import { type Import, numberOf } from "./import.ts";
import type { Call, Result } from "./job.ts";

/** The differences between a receipt and the server's ledger. All but `posts` and `states` should be zero. */
export interface Verdict {
  /** Events that the receipt calls accepted and the ledger lacks. */
  lost: number;
  /** Events that are in the ledger more than once. */
  duplicated: number;
  /** Events that the receipt calls refused or unsent, and the ledger has. */
  wrong: number;
  /** Requests that began during a pause. */
  inPause: number;
  /** Sums of the receipt that do not add up. */
  sums: string[];
  posts: number;
  /** The state of each event. */
  states: State[];
}

/** The time from the headers of an answer until it is understood. */
const READING_MS = 25;
/** Timers of some runtimes fire up to a millisecond early. */
const EARLY_MS = 2;

/** Compares a receipt with the ledger. `pauseCapMs` is the longest pause that the server gets. */
export function compare(
  sent: Import,
  result: Result,
  ledger: LedgerEntry[],
  posts: PostRecord[],
  pauseCapMs = Number.POSITIVE_INFINITY,
): Verdict {
  const events = sent.batches * sent.size;
  const taken = Array<number>(events).fill(0);
  for (const { event } of ledger) taken[numberOf(event)] = (taken[numberOf(event)] ?? 0) + 1;
  const states = statesOf(events, result.undelivered);
  const count = (holds: (state: State, taken: number) => boolean) =>
    states.filter((state, i) => holds(state, taken[i] ?? 0)).length;
  return {
    lost: count((state, taken) => state === "accepted" && taken === 0),
    duplicated: count((_, taken) => taken > 1),
    wrong: count((state, taken) => (state === "refused" || state === "unsent") && taken > 0),
    inPause: inPause(result.calls, posts, pauseCapMs),
    sums: [...sums(events, states, result.receipt)],
    posts: posts.length,
    states,
  };
}

/** Returns the state of each event: what `onUndelivered` did not get was accepted. */
function statesOf(events: number, undelivered: Result["undelivered"]): State[] {
  const states = Array<State>(events).fill("accepted");
  for (const [index, state] of undelivered) states[index] = state as State;
  return states;
}

/** Counts the requests that began between the answer that asked for a pause and its end. */
function inPause(calls: Call[], posts: PostRecord[], pauseCapMs: number): number {
  const ends = posts.flatMap(({ pauseUntil, answeredAt }) =>
    pauseUntil === null ? [] : Math.min(pauseUntil, (answeredAt ?? 0) + pauseCapMs),
  );
  const asking = calls.filter(({ status }) => status === 429 || status === 503);
  return calls.filter((call) =>
    ends.some((end, i) => {
      const { endedAt, value } = asking[i] ?? {};
      // the request that was answered has ended; others may still leave while the answer is read
      const known = (endedAt ?? Number.POSITIVE_INFINITY) + (call.value === value ? 0 : READING_MS);
      return call.at > known && call.at < end - EARLY_MS;
    }),
  ).length;
}

function* sums(events: number, states: State[], receipt: Receipt): Generator<string> {
  const { accepted, refused, unknown, unsent } = receipt;
  if (receipt.events !== events) yield `${receipt.events} events, ${events} given`;
  const sum = accepted + refused + unknown + unsent;
  if (sum !== events) yield `the states add up to ${sum}, not ${events}`;
  for (const [state, told] of Object.entries({ accepted, refused, unknown, unsent })) {
    const handed = states.filter((handed) => handed === state).length;
    if (handed !== told) yield `${told} ${state}, but onUndelivered got ${handed}`;
  }
  const batches = states.map((): State | undefined => undefined);
  for (const { from, to, state, events } of receipt.batches) {
    if (to.index - from.index + 1 !== events) yield `${events} events from ${from.index} to ${to.index}`;
    for (let i = from.index; i <= to.index; i += 1) {
      if (batches[i] !== undefined) yield `event ${i} is in two batches`;
      batches[i] = state;
    }
  }
  const other = batches.findIndex((state, i) => state !== states[i]);
  if (other >= 0) yield `event ${other} is ${states[other]}, but ${batches[other]} by the receipt's batches`;
}
