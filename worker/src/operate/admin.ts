import type { OutboxState, Resolution } from "split-events";
import { type Env, settingsOf } from "../env.js";
import type { ShardCounts } from "../out/event-outbox.js";
import { outboxOf, paceOf } from "../out/shards.js";
import { placeOf } from "../part.js";
import { Refusal } from "../problem.js";

const STATES: OutboxState[] = ["planned", "unknown", "refused"];
const WORDS: Resolution[] = ["resend", "drop", "accepted"];
const LIMIT = 100;
const LIMIT_MAX = 1_000;

/** What `/admin` has, by method and path behind it. Who asks is known to be the administrator. */
export async function admin(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const [what = "", id, ...more] = url.pathname.slice("/admin/".length).split("/").map(decodeURIComponent);
  const route = more.length > 0 ? undefined : `${request.method} ${what}${id === undefined ? "" : "/ID"}`;
  switch (route) {
    case "GET counts":
      return Response.json(await counts(env));
    case "GET batches":
      return Response.json(await batches(url, env));
    case "POST batches":
      return Response.json(await resolveAll(request, url, env));
    case "GET batches/ID":
    case "GET dead/ID":
      return body(id ?? "", env);
    case "POST batches/ID":
      return Response.json(await resolve(request, id ?? "", env));
    case "GET dead":
      return Response.json(await dead(url, env));
    case "POST dead":
      return Response.json(await replayAll(env));
    case "POST dead/ID":
      return Response.json(await replay(id ?? "", env));
    case "DELETE dead/ID":
      return Response.json(await dropDead(id ?? "", env));
    case "POST resume":
      await paceOf(env).resume();
      return Response.json(await counts(env));
    default:
      throw new Refusal(404, { detail: "see docs/WORKER.md for what /admin has" });
  }
}

export interface Counts {
  pausedMs: number;
  shards: ({ shard: number } & ShardCounts)[];
}

export async function counts(env: Env): Promise<Counts> {
  const { pausedMs, shards } = await paceAndShards(env);
  const all = shards.map(async (shard) => ({ shard, ...(await outboxOf(env, shard).counts()) }));
  return { pausedMs, shards: await Promise.all(all) };
}

/** Also those that a larger number of shards has left. */
async function paceAndShards(env: Env): Promise<{ pausedMs: number; shards: number[] }> {
  const { pausedMs, shards } = await paceOf(env).state();
  const present = Array.from({ length: settingsOf(env).shards }, (_, shard) => shard);
  return { pausedMs, shards: [...new Set([...present, ...shards])].sort((a, b) => a - b) };
}

async function batches(url: URL, env: Env) {
  const state = stateOf(url);
  return page(url, env, (shard, limit, after) => outboxOf(env, shard).list(state, limit, after));
}

async function dead(url: URL, env: Env) {
  return page(url, env, (shard, limit, after) => outboxOf(env, shard).deadLetters(limit, after));
}

/** One shard after the other; `next` is given back as `after` for the next page. */
async function page<Entry extends { id: string }>(
  url: URL,
  env: Env,
  list: (shard: number, limit: number, after?: string) => Promise<Entry[]>,
): Promise<{ entries: Entry[]; next?: string }> {
  const limit = Math.min(Math.max(Number(url.searchParams.get("limit") ?? LIMIT) || LIMIT, 1), LIMIT_MAX);
  const after = url.searchParams.get("after");
  const begun = after === null ? undefined : shardOfId(after);
  const entries: Entry[] = [];
  for (const shard of (await paceAndShards(env)).shards) {
    if (begun !== undefined && shard < begun) continue;
    const left = limit - entries.length;
    const more = await (after !== null && shard === begun ? list(shard, left, after) : list(shard, left));
    entries.push(...more);
    const last = entries.at(-1);
    if (entries.length === limit && last) return { entries, next: last.id };
  }
  return { entries };
}

async function body(id: string, env: Env): Promise<Response> {
  const found = await outboxOf(env, shardOfId(id)).body(id);
  if (!found) throw notHeld(id);
  const isLetter = found[0] === "{".charCodeAt(0);
  const type = isLetter ? "application/x-ndjson" : "application/json";
  return new Response(found as Uint8Array<ArrayBuffer>, { headers: { "content-type": type } });
}

async function resolve(request: Request, id: string, env: Env) {
  const as = await wordOf(request);
  const done = await outboxOf(env, shardOfId(id)).resolve([id], as);
  if (done === 0) throw notHeld(id);
  return { resolved: done };
}

/** Of everything in a state, which must be said. */
async function resolveAll(request: Request, url: URL, env: Env) {
  const state = stateOf(url);
  if (state === "planned") throw new Refusal(400, { detail: "resolve planned batches one by one" });
  const as = await wordOf(request);
  let resolved = 0;
  for (const shard of (await paceAndShards(env)).shards) {
    const held = (await outboxOf(env, shard).list(state, Number.MAX_SAFE_INTEGER)).map(({ id }) => id);
    if (held.length > 0) resolved += await outboxOf(env, shard).resolve(held, as);
  }
  return { resolved };
}

async function replay(id: string, env: Env) {
  const replayed = await outboxOf(env, shardOfId(id)).replay(id);
  if (!replayed) throw notHeld(id);
  return replayed;
}

async function replayAll(env: Env) {
  const total = { sent: 0, refused: 0 };
  for (const shard of (await paceAndShards(env)).shards) {
    for (let after: string | undefined; ; ) {
      const letters = await outboxOf(env, shard).deadLetters(LIMIT, after);
      for (const { id } of letters) {
        const replayed = await outboxOf(env, shard).replay(id);
        total.sent += replayed?.sent ?? 0;
        total.refused += replayed?.refused ?? 0;
      }
      after = letters.at(-1)?.id;
      // what is refused again has a name that comes right behind its own
      if (after !== undefined) after = `${after}~~`;
      if (letters.length < LIMIT) break;
    }
  }
  return total;
}

async function dropDead(id: string, env: Env) {
  if (!(await outboxOf(env, shardOfId(id)).dropDead(id))) throw notHeld(id);
  return { dropped: 1 };
}

function stateOf(url: URL): OutboxState {
  const state = STATES.find((one) => one === url.searchParams.get("state"));
  if (!state) throw new Refusal(400, { detail: `state must be ${STATES.join(", ")}` });
  return state;
}

async function wordOf(request: Request): Promise<Resolution> {
  const said = (await request.json().catch(() => undefined)) as { as?: unknown } | undefined;
  const word = WORDS.find((one) => one === said?.as);
  if (!word) throw new Refusal(400, { detail: `the body must be {"as": WORD}, where WORD is ${WORDS.join(", ")}` });
  return word;
}

function shardOfId(id: string): number {
  const place = placeOf(id);
  if (!place) throw notHeld(id);
  return place.shard;
}

function notHeld(id: string): Refusal {
  return new Refusal(404, { detail: `nothing with the id ${JSON.stringify(id.slice(0, 80))} is held` });
}
