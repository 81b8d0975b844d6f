import { Batcher, type CheckOptions } from "split-events";
import { errorText, log } from "../log.js";
import { decodePart, type Part } from "../part.js";
import type { DeadLetter, DeadLetters } from "./dead-letters.js";
import { bodyOf, codesIn, linesOf, type RefusedLine } from "./refused-line.js";

const BATCH_BYTES = 120_000;
const encoder = new TextEncoder();

export interface Replayed {
  letters: number;
  /** Events. */
  sent: number;
  refused: number;
  /** Letters of the dead queue that are as they were: nobody understands them, or their outbox does not take them. */
  stays: number;
  /** The number of the last letter that was done. */
  after: number;
  isDone: boolean;
  /** The shard had no room for the next letter. */
  isFull: boolean;
}

interface Batch {
  events: number;
  body: Uint8Array;
}

interface Rechecked {
  batches: Batch[];
  /** What is refused still, with its reasons of now, in its place. */
  rest: RefusedLine[];
}

/** What a replay needs of the object that has the letters. */
export interface Replaying {
  check: CheckOptions;
  /** Only events that were refused with it. */
  code?: string | undefined;
  hasRoom(bytes: number): boolean;
  /** Plans the batches and changes the letter, as one transaction. Throws where a batch is not taken; then nothing is changed. */
  plan(batches: (Batch & { id: string })[], change: () => void): void;
  /** Hands a part to its outbox, unless that has had it. */
  insert(part: Part): Promise<"kept" | "full" | "failed">;
}

/** Checks letters again, in their order. What passes now is planned; a letter of which something is left keeps its place. */
export async function replayLetters(
  dead: DeadLetters,
  { letters, isLast }: { letters: DeadLetter[]; isLast: boolean },
  replaying: Replaying,
): Promise<Replayed> {
  const done: Replayed = { letters: 0, sent: 0, refused: 0, stays: 0, after: 0, isDone: false, isFull: false };
  for (const { id } of letters) {
    // another call may have had it meanwhile
    const letter = dead.get(id);
    if (!letter) continue;
    const result = letter.kind === "message" ? await hand(dead, letter, replaying) : replay(dead, letter, replaying);
    if (result === "full") return { ...done, isFull: true };
    if (result === "stays") done.stays += 1;
    else {
      done.sent += result.sent;
      done.refused += result.refused;
    }
    done.letters += 1;
    done.after = letter.number;
  }
  return { ...done, isDone: isLast };
}

type Result = { sent: number; refused: number } | "stays" | "full";

function replay(dead: DeadLetters, letter: DeadLetter, replaying: Replaying): Result {
  const body = dead.body(letter);
  const rechecked =
    letter.kind === "batch"
      ? whole(letter, body)
      : attempt(letter, () => recheck(body, replaying.check, codeOfEvents(letter, replaying.code)));
  if (!rechecked) return { sent: 0, refused: letter.events };
  const { batches, rest } = rechecked;
  if (!replaying.hasRoom(batches.reduce((sum, batch) => sum + batch.body.length, 0))) return "full";
  const left = bodyOf(rest);
  const refused = rest.length;
  if (batches.length === 0 && isSame(left, body)) return { sent: 0, refused };
  const named = batches.map((batch, number) => ({ ...batch, id: `${letter.id}.${letter.round + 1}.${number}` }));
  const plan = () => {
    replaying.plan(named, () => dead.replace(letter, { events: refused, body: left, codes: codesIn(rest) }));
    return batches.reduce((sum, { events }) => sum + events, 0);
  };
  // an outbox may say of one batch that it is none, and has changed nothing then
  const sent = letter.kind === "batch" ? attempt(letter, plan, "ConfigError") : plan();
  return sent === undefined ? "stays" : { sent, refused };
}

/** Nothing where it is the reason of the whole letter, or none is asked for. */
function codeOfEvents({ codes, events }: DeadLetter, code: string | undefined): string | undefined {
  return code !== undefined && codes[code] === events ? undefined : code;
}

function whole({ events }: DeadLetter, body: Uint8Array): Rechecked {
  return { batches: [{ events, body }], rest: [] };
}

/** What fails stays as it is, and keeps no other letter from going. */
function attempt<T>({ id }: DeadLetter, work: () => T, only?: string): T | undefined {
  try {
    return work();
  } catch (error) {
    if (only !== undefined && (error as Error).name !== only) throw error;
    log("warn", "replay_failed", { letter: id, error: errorText(error) });
    return undefined;
  }
}

/** Tries again to understand a message of the queue. */
async function hand(dead: DeadLetters, letter: DeadLetter, { insert, plan }: Replaying): Promise<Result> {
  const part = attempt(letter, () => decodePart(dead.body(letter)));
  if (!part) return "stays";
  const state = await insert(part);
  if (state === "full") return "full";
  if (state === "failed") return "stays";
  plan([], () => {
    // another call may have been faster
    if (dead.has(letter.id)) dead.remove(letter);
  });
  return part.kind === "batch" ? { sent: part.events, refused: 0 } : { sent: 0, refused: part.events };
}

/** Checks the events of a letter by the rules of now, or those that were refused with a code. What is no JSON stays. */
export function recheck(body: Uint8Array, check: CheckOptions, code?: string): Rechecked {
  const lines = linesOf(body);
  const isAsked = (line: RefusedLine) => line.event !== undefined && (code === undefined || line.codes.includes(code));
  const asked = lines.filter(isAsked);
  if (asked.length === 0) return { batches: [], rest: lines };
  // as one array: an event that is an array itself stays one event
  const events = encoder.encode(`[${asked.map(({ event }) => event).join(",\n")}]`);
  const batcher = new Batcher({ ...check, format: "json", maxBytes: BATCH_BYTES, keepRefused: true });
  try {
    const batches = [...batcher.push(events), ...batcher.finish()];
    const again = new Map<RefusedLine, RefusedLine>();
    for (const line of linesOf(batcher.takeRefused())) {
      const of = asked[line.index];
      if (of) again.set(of, of.withReasonsOf(line));
    }
    const rest = lines.flatMap((line) => again.get(line) ?? (isAsked(line) ? [] : line));
    if (batches.reduce((sum, { events }) => sum + events, rest.length) !== lines.length) {
      throw new RangeError("not every event of the letter was found again");
    }
    return { batches: batches.map(({ events, body }) => ({ events, body })), rest };
  } finally {
    batcher.free();
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
