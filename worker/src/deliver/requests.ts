import type { Place, RequestHead } from "../part.js";

/** How long a request is remembered: longer than a queue keeps a message, which is 14 days at most. */
const REMEMBERED_MS = 15 * 24 * 60 * 60 * 1000;

/** A request that is kept as a whole or not at all. */
export interface WholeRequest extends RequestHead {
  /** Tells POSTs of the same name apart: a repeat may come in the same millisecond. */
  post: string;
  /** The bytes of its batches. */
  bytes: number;
  /** The digest of its body, if it has an Idempotency-Key. */
  body?: string;
  /** A request of the same name is a repeat within this time; without it, always. */
  repeatMs?: number;
  /** Whether the queue may have its parts although it failed to say so. */
  queued?: boolean;
}

/**
 * What is known of a request before it is kept. `kept` and `withdrawn` are about the same POST, not about a repeat of it.
 * `notKept`: how many of its refused events were not kept.
 */
export type Known = { state: "kept" | "repeated"; notKept: number } | { state: "withdrawn" | "conflict" };

/** What became of a request that was to be kept. `full`: there is no room for the whole of it. */
export type Kept = Known | { state: "full" };

/**
 * Remembers which requests, and which parts from the queue, were taken. Written in the transaction that takes them, so
 * that what is remembered was taken, and what was taken is remembered.
 */
export class Requests {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS posts (request TEXT NOT NULL, post TEXT NOT NULL, at INTEGER NOT NULL, body TEXT,
        not_kept INTEGER NOT NULL, withdrawn INTEGER NOT NULL, PRIMARY KEY (request, post)) WITHOUT ROWID`,
    );
    sql.exec(
      `CREATE TABLE IF NOT EXISTS seen
        (request TEXT NOT NULL, part INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (request, part, at)) WITHOUT ROWID`,
    );
  }

  known({ request, post, at, body, repeatMs = Number.POSITIVE_INFINITY }: WholeRequest): Known | undefined {
    const query = "SELECT post, at, body, not_kept AS notKept, withdrawn FROM posts WHERE request = ?";
    const rows = this.#sql.exec(query, request).toArray() as unknown as Row[];
    const same = rows.find((row) => row.post === post);
    if (same) return same.withdrawn ? { state: "withdrawn" } : { state: "kept", notKept: same.notKept };
    const earlier = rows.find((row) => !row.withdrawn && Math.abs(at - row.at) <= repeatMs);
    if (!earlier) return undefined;
    return earlier.body === (body ?? null) ? { state: "repeated", notKept: earlier.notKept } : { state: "conflict" };
  }

  keep(request: WholeRequest, notKept: number): void {
    this.#enter(request, notKept, 0);
  }

  /** Makes sure that no part of this POST is taken from here on. */
  withdraw(request: WholeRequest): void {
    this.#enter(request, 0, 1);
  }

  /** Returns whether a part from the queue needs no taking: it was taken, or its whole request was kept or withdrawn. */
  has(part: Place): boolean {
    return this.hasPart(part) || this.#hasWhole(part);
  }

  /** Returns whether this part was taken from the queue. */
  hasPart({ request, part, at }: Place): boolean {
    const query = "SELECT 1 FROM seen WHERE request = ? AND part = ? AND at = ?";
    return this.#sql.exec(query, request, part, at).toArray().length > 0;
  }

  /** Returns whether any part of this request was taken from the queue. */
  hasAnyPart({ request, at }: RequestHead): boolean {
    return this.#sql.exec("SELECT 1 FROM seen WHERE request = ? AND at = ? LIMIT 1", request, at).toArray().length > 0;
  }

  keepPart({ request, part, at }: Place): void {
    this.#sql.exec("INSERT OR IGNORE INTO seen (request, part, at) VALUES (?, ?, ?)", request, part, at);
  }

  forget(now: number): void {
    this.#sql.exec("DELETE FROM seen WHERE at < ?", now - REMEMBERED_MS);
    this.#sql.exec("DELETE FROM posts WHERE at < ?", now - REMEMBERED_MS);
  }

  #hasWhole({ request, at }: RequestHead): boolean {
    return this.#sql.exec("SELECT 1 FROM posts WHERE request = ? AND at = ? LIMIT 1", request, at).toArray().length > 0;
  }

  #enter({ request, post, at, body }: WholeRequest, notKept: number, withdrawn: 0 | 1): void {
    this.#sql.exec(
      "INSERT OR IGNORE INTO posts (request, post, at, body, not_kept, withdrawn) VALUES (?, ?, ?, ?, ?, ?)",
      ...[request, post, at, body ?? null, notKept, withdrawn],
    );
  }
}

interface Row {
  post: string;
  at: number;
  body: string | null;
  notKept: number;
  withdrawn: number;
}
