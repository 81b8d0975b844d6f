import type { Env } from "../env.js";
import type { DeadLetter } from "../out/dead-letters.js";
import { outboxOf } from "../out/shards.js";
import { Refusal } from "../problem.js";
import { limitOf } from "./query.js";
import { notHeld, paceAndShards, shardOfId } from "./shards.js";

const PAGE = 100;

/** `/admin/dead`; nothing where it has no such route. */
export async function dead(request: Request, url: URL, id: string | undefined, env: Env): Promise<unknown> {
  switch (`${request.method}${id === undefined ? "" : " ID"}`) {
    case "GET":
      return list(url, env);
    case "POST":
      return replayAll(env);
    case "POST ID":
      return replay(id ?? "", env);
    case "DELETE ID":
      return forget(id ?? "", env);
    default:
      return undefined;
  }
}

async function list(url: URL, env: Env): Promise<{ entries: DeadLetter[]; next?: string }> {
  const limit = limitOf(url);
  const after = url.searchParams.get("after");
  const begun = after === null ? undefined : shardOfId(after);
  const entries: DeadLetter[] = [];
  for (const shard of (await paceAndShards(env)).shards) {
    if (begun !== undefined && shard < begun) continue;
    const left = limit - entries.length;
    const outbox = outboxOf(env, shard);
    entries.push(
      ...(await (after !== null && shard === begun ? outbox.deadLetters(left, after) : outbox.deadLetters(left))),
    );
    const last = entries.at(-1);
    if (entries.length === limit && last) return { entries, next: last.id };
  }
  return { entries };
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
      const letters = await outboxOf(env, shard).deadLetters(PAGE, after);
      for (const { id } of letters) {
        const replayed = await outboxOf(env, shard).replay(id);
        total.sent += replayed?.sent ?? 0;
        total.refused += replayed?.refused ?? 0;
      }
      after = letters.at(-1)?.id;
      // what is refused again has a name that comes right behind its own
      if (after !== undefined) after = `${after}~~`;
      if (letters.length < PAGE) break;
    }
  }
  return total;
}

async function forget(id: string, env: Env) {
  if (!(await outboxOf(env, shardOfId(id)).dropDead(id))) throw notHeld(id);
  return { dropped: 1 };
}
