import type { Place, RequestHead } from "../part.js";

/** A queue keeps a message for 14 days at most; what was kept is remembered for longer. */
const REMEMBERED_MS = 15 * 24 * 60 * 60 * 1000;

/** A request that is to be kept as a whole. */
export interface WholeRequest extends RequestHead {
  /** Which POST it is, of those with the same name: a repeat may come in the same millisecond. */
  post: string;
  /** Bytes of its batches. */
  bytes: number;
  /** Digest of its body, where it has an Idempotency-Key. */
  body?: string;
  /** Within this time the same name is a repeat, where that is not forever. */
  repeatMs?: number;
  /** The queue may have its parts: it failed to say so. */
  queued?: boolean;
}

/**
 * What is known of a request before it is kept. `kept` and `withdrawn` are of the same POST, not of a repeat. `notKept`: how
 * many of its refused events the outbox did not keep.
 */
export type Known = { state: "kept" | "repeated"; notKept: number } | { state: "withdrawn" | "conflict" };

/** What became of a request that was to be kept. `full`: there is no room for the whole of it. */
export type Kept = Known | { state: "full" };

/**
 * Which requests, and which parts from the queue, were ever taken. Written in the transaction that keeps them, so that
 * what comes again is known, and what is known was kept.
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

  /** From here on nothing of this POST is taken. */
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

  /** Whether a part of this request was taken from the queue. */
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
