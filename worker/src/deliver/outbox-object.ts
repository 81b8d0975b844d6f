import type { OutboxEntry, OutboxState, OutboxWord, Sum } from "split-events";
import type { Part } from "../part.js";
import type { Buried, DeadLetter, LetterFilter } from "./dead-letters.js";
import type { Forgotten } from "./forget.js";
import type { Replayed } from "./replay.js";
import type { Kept, WholeRequest } from "./requests.js";
import type { ShardCounts } from "./shard-counts.js";

export interface BatchEntry extends OutboxEntry {
  at: string | undefined;
}

/** Where a list goes on: after an entry that is perhaps no longer held. */
export type Behind = Pick<OutboxEntry, "number" | "from">;

/** The calls that a shard answers. */
export interface OutboxObject extends Rpc.DurableObjectBranded {
  keep(request: WholeRequest, parts: Part[] | ReadableStream<Uint8Array>): Promise<Kept>;
  insert(parts: Part[]): Promise<"kept" | "full">;
  withdraw(request: WholeRequest): Promise<boolean>;
  stop(): void;
  goOn(resumes: number): Promise<void>;
  resume(): Promise<{ again: Sum; counts: ShardCounts }>;
  counts(): Promise<ShardCounts>;
  list(state: OutboxState, limit: number, behind?: Behind): BatchEntry[];
  body(id: string): Uint8Array | undefined;
  resolve(id: string, as: OutboxWord): Promise<{ resolved: boolean; state: OutboxState } | undefined>;
  resolveAll(state: OutboxState, as: OutboxWord): Promise<number>;
  deadLetters(limit: number, after?: number, filter?: LetterFilter): DeadLetter[];
  bury(letters: readonly Buried[]): Promise<void>;
  replayLetters(after: number, filter: LetterFilter): Promise<Replayed>;
  replay(id: string): Promise<Replayed | undefined>;
  forgetLetters(after: number, filter: LetterFilter): Promise<Forgotten & { after: number; isDone: boolean }>;
  forget(id: string): Promise<Forgotten | undefined>;
}
