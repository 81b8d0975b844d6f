import { Batcher, type CheckOptions } from "split-events";
import { errorText, log } from "../log.js";
import { decodePart, type Part } from "../part.js";
import type { DeadLetter, DeadLetters } from "./dead-letters.js";
import { bodyOf, codesIn, linesOf, type RefusedLine } from "./refused-line.js";

const BATCH_BYTES = 120_000;
const encoder = new TextEncoder();

export interface Replayed {
  letters: number;
  /** Events that were planned. */
  sent: number;
  /** Events that are refused still. */
  refused: number;
  /** Letters of the dead queue that stay as they were: they cannot be read, or their shard does not take them. */
  stays: number;
  /** The number of the last letter that was replayed. */
  after: number;
  isDone: boolean;
  /** Whether the shard had no room for the next letter. */
  isFull: boolean;
}

interface Batch {
  events: number;
  body: Uint8Array;
}

interface Rechecked {
  batches: Batch[];
  /** The lines of the events that are refused still, with their new reasons, in their order. */
  rest: RefusedLine[];
}

/** What a replay needs of the shard. */
export interface Replaying {
  check: CheckOptions;
  /** If given, only events that were refused with this code are checked. */
  code?: string | undefined;
  hasRoom(bytes: number): boolean;
  /** Plans the batches and changes the letter in one transaction. Throws, and changes neither, if a batch is not taken. */
  plan(batches: (Batch & { id: string })[], change: () => void): void;
  /** Hands a part to its shard, which ignores a part that it has taken before. */
  insert(part: Part): Promise<"kept" | "full" | "failed">;
}

/** Checks letters again, in their order. Events that pass are planned; a letter with other events keeps its number. */
export async function replayLetters(
  dead: DeadLetters,
  { letters, isLast }: { letters: DeadLetter[]; isLast: boolean },
  replaying: Replaying,
): Promise<Replayed> {
  const done: Replayed = { letters: 0, sent: 0, refused: 0, stays: 0, after: 0, isDone: false, isFull: false };
  for (const { id } of letters) {
    // another call may have replayed or forgotten it meanwhile
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
      ? asOneBatch(letter, body)
      : unlessItFails(letter, () => recheck(body, replaying.check, codeOfEvents(letter, replaying.code)));
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
  // the outbox may refuse a batch whose body is not one, and then nothing has changed
  const sent = letter.kind === "batch" ? unlessItFails(letter, plan, "ConfigError") : plan();
  return sent === undefined ? "stays" : { sent, refused };
}

/** Returns the code by which to choose events, or `undefined` if all events of the letter are meant. */
function codeOfEvents({ codes, events }: DeadLetter, code: string | undefined): string | undefined {
  return code !== undefined && codes[code] === events ? undefined : code;
}

function asOneBatch({ events }: DeadLetter, body: Uint8Array): Rechecked {
  return { batches: [{ events, body }], rest: [] };
}

/** Returns `undefined` if the work fails, so that the letter stays and the others are replayed. `only`: the error's name. */
function unlessItFails<T>({ id }: DeadLetter, work: () => T, only?: string): T | undefined {
  try {
    return work();
  } catch (error) {
    if (only !== undefined && (error as Error).name !== only) throw error;
    log("warn", "replay_failed", { letter: id, error: errorText(error) });
    return undefined;
  }
}

/** Tries again to read a message of the queue, and hands it to its shard. */
async function hand(dead: DeadLetters, letter: DeadLetter, { insert, plan }: Replaying): Promise<Result> {
  const part = unlessItFails(letter, () => decodePart(dead.body(letter)));
  if (!part) return "stays";
  const state = await insert(part);
  if (state === "full") return "full";
  if (state === "failed") return "stays";
  plan([], () => {
    // another call may have removed it meanwhile
    if (dead.has(letter.id)) dead.remove(letter);
  });
  return part.kind === "batch" ? { sent: part.events, refused: 0 } : { sent: 0, refused: part.events };
}

/** Checks the events of a letter again, or only those that were refused with a code. What is not JSON stays refused. */
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
      const before = asked[line.index];
      if (before) again.set(before, before.withReasonsOf(line));
    }
    const rest = lines.flatMap((line) => again.get(line) ?? (isAsked(line) ? [] : line));
    if (batches.reduce((sum, { events }) => sum + events, rest.length) !== lines.length) {
      throw new RangeError("the check returned another number of events than the letter has");
    }
    return { batches: batches.map(({ events, body }) => ({ events, body })), rest };
  } finally {
    batcher.free();
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
