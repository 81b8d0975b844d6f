import type { OutboxState, Resolution } from "split-events";
import type { Env } from "../env.js";
import type { ShardCounts } from "../out/event-outbox.js";
import { outboxOf, paceOf } from "../out/shards.js";
import { Refusal } from "../problem.js";
import { dead } from "./dead.js";
import { notHeld, paceAndShards, shardOfId } from "./shards.js";

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
    case "POST resume":
      await paceOf(env).resume();
      return Response.json(await counts(env));
    default: {
      const answer = what === "dead" && route !== undefined ? await dead(request, url, id, env) : undefined;
      if (answer === undefined) throw new Refusal(404, { detail: "see docs/WORKER.md for what /admin has" });
      return Response.json(answer);
    }
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

async function batches(url: URL, env: Env) {
  const state = stateOf(url);
  return page(url, env, (shard, limit, after) => outboxOf(env, shard).list(state, limit, after));
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
