import { errorText, log } from "../log.js";
import type { Part } from "../part.js";
import type { Env } from "./env.js";
import { outboxOf } from "./objects.js";

/** Hands parts to their shard, which takes those that it has not taken before. */
export async function insertInto(shard: number, parts: Part[], env: Env): Promise<"kept" | "full" | "failed"> {
  try {
    const state = await outboxOf(env, shard).insert(parts);
    if (state === "full") log("warn", "outbox_full", { shard, parts: parts.length });
    return state;
  } catch (error) {
    log("warn", "outbox_failed", { shard, parts: parts.length, error: errorText(error) });
    return "failed";
  }
}
