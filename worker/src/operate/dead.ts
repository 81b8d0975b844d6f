import type { Env } from "../env.js";
import { log, said } from "../log.js";
import type { DeadLetter, LetterFilter } from "../out/dead-letters.js";
import type { EventOutbox } from "../out/event-outbox.js";
import { outboxOf } from "../out/shards.js";
import { Refusal } from "../problem.js";
import { LetterCursor } from "./letter-cursor.js";
import { limitOf } from "./query.js";
import { notHeld, paceAndShards, shardOfId } from "./shards.js";

/** What one request does: the free plan allows 50 calls of objects, and nobody waits for minutes. */
const CALLS = 40;
const WALK_MS = 20_000;

/** `/admin/dead`; nothing where it has no such route. */
export async function dead(request: Request, url: URL, id: string | undefined, env: Env): Promise<unknown> {
  switch (`${request.method}${id === undefined ? "" : " ID"}`) {
    case "GET":
      return list(url, env);
    case "POST":
      return replayAll(url, env);
    case "DELETE":
      return forgetAll(url, env);
    case "POST ID":
      return replay(id ?? "", env);
    case "DELETE ID":
      return forget(id ?? "", env);
    default:
      return undefined;
  }
}

type Listed = Omit<DeadLetter, "number" | "round" | "at"> & { at: string };

async function list(url: URL, env: Env): Promise<{ entries: Listed[]; next?: string }> {
  const limit = limitOf(url);
  const filter = filterOf(url);
  const cursor = LetterCursor.from(url);
  const entries: Listed[] = [];
  for (const shard of (await paceAndShards(env)).shards) {
    if (shard < cursor.shard) continue;
    const letters = await outboxOf(env, shard).deadLetters(limit - entries.length, cursor.afterIn(shard), filter);
    for (const { number, round, at, ...letter } of letters) entries.push({ ...letter, at: new Date(at).toISOString() });
    const last = letters.at(-1);
    if (entries.length === limit && last) return { entries, next: `${cursor.at(shard, last.number)}` };
  }
  return { entries };
}

/** What a call of one shard has done. */
interface Step {
  letters: number;
  after: number;
  isDone: boolean;
  isFull?: boolean;
}

interface Walked {
  letters: number;
  /** Gives where to go on, where there is more. */
  next?: string;
  /** A shard that takes nothing until it has sent some of what it holds. */
  full?: number;
  /** Shards that could not be asked. */
  failed?: number[];
}

/** Goes from shard to shard as far as one request may, and says where to go on. */
async function walk<Done extends Step>(
  url: URL,
  env: Env,
  ask: (outbox: DurableObjectStub<EventOutbox>, after: number, until: number) => Promise<Done>,
  add: (done: Done) => void,
): Promise<Walked> {
  const began = Date.now();
  const cursor = LetterCursor.from(url);
  const walked: Walked = { letters: 0 };
  let calls = 1;
  for (const shard of (await paceAndShards(env)).shards) {
    if (shard < cursor.shard) continue;
    let after = cursor.afterIn(shard);
    for (let isDone = false; !isDone; calls += 1) {
      if (calls === CALLS || Date.now() - began > WALK_MS) return { ...walked, next: `${cursor.at(shard, after)}` };
      let done: Done;
      try {
        done = await ask(outboxOf(env, shard), after, cursor.until);
      } catch (error) {
        log("error", "outbox_failed", { shard, error: said(error) });
        walked.failed = [...(walked.failed ?? []), shard];
        break;
      }
      add(done);
      walked.letters += done.letters;
      after = Math.max(after, done.after);
      if (done.isFull) return { ...walked, full: shard, next: `${cursor.at(shard, after)}` };
      isDone = done.isDone;
    }
  }
  return walked;
}

async function replayAll(url: URL, env: Env) {
  const total = { sent: 0, refused: 0 };
  const walked = await walk(
    url,
    env,
    (outbox, after, until) => outbox.replayLetters(after, { before: until + 1 }),
    ({ sent, refused }) => {
      total.sent += sent;
      total.refused += refused;
    },
  );
  return { ...total, ...walked };
}

async function replay(id: string, env: Env) {
  const replayed = await outboxOf(env, shardOfId(id)).replay(id);
  if (!replayed) throw notHeld(id);
  const { sent, refused, letters, isFull } = replayed;
  if (isFull)
    throw new Refusal(503, { detail: "the shard is full: replay it when the shard has sent some of what it holds" });
  return { sent, refused, letters };
}

async function forgetAll(url: URL, env: Env) {
  const filter = filterOf(url);
  const asked = ["all", "before", "code"].filter((name) => url.searchParams.has(name));
  if (asked.length !== 1) throw new Refusal(400, { detail: "give one of all, before=TIME and code=CODE" });
  const total = { forgotten: 0 };
  const walked = await walk(
    url,
    env,
    (outbox, after, until) => {
      return outbox.forgetLetters(after, { ...filter, before: Math.min(filter.before ?? until + 1, until + 1) });
    },
    ({ events }) => {
      total.forgotten += events;
    },
  );
  return { ...total, ...walked };
}

async function forget(id: string, env: Env) {
  const forgotten = await outboxOf(env, shardOfId(id)).forget(id);
  if (!forgotten) throw notHeld(id);
  return { forgotten: forgotten.events, letters: forgotten.letters };
}

function filterOf({ searchParams }: URL): LetterFilter {
  const before = searchParams.get("before");
  const code = searchParams.get("code");
  if (code === "") throw new Refusal(400, { detail: "code must be a code, such as missing_key" });
  if (before === null) return { code: code ?? undefined };
  const time = Date.parse(before);
  // Date.parse reads "12" as a month of 2001
  if (Number.isNaN(time) || !/^\d{4}-\d{2}/.test(before)) {
    throw new Refusal(400, { detail: "before must be a date or a time, such as 2026-11-30 or 2026-11-30T12:00:00Z" });
  }
  return { before: time, code: code ?? undefined };
}
