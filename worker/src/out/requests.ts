import type { Place, RequestHead } from "../part.js";

/** A queue keeps a message for 14 days at most; what was kept is remembered for longer. */
const REMEMBERED_MS = 15 * 24 * 60 * 60 * 1000;

/** A request that is to be kept as a whole. */
export interface WholeRequest extends RequestHead {
  /** Digest of its body, where it has an Idempotency-Key. */
  body?: string;
  /** Within this time the same name is a repeat, where that is not forever. */
  repeatMs?: number;
  /** The queue may have its parts: it failed to say so. */
  queued?: boolean;
}

/** What is known of a request before it is kept. `kept` and `withdrawn` are of the very same one, not of a repeat. */
export type Known = "kept" | "withdrawn" | "repeated" | "conflict";

/**
 * Which requests, and which parts from the queue, were ever taken. Written in the transaction that keeps them, so that
 * what comes again is known, and what is known was kept.
 */
export class Requests {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS requests
        (request TEXT NOT NULL, at INTEGER NOT NULL, body TEXT, withdrawn INTEGER NOT NULL, PRIMARY KEY (request, at))
        WITHOUT ROWID`,
    );
    sql.exec(
      `CREATE TABLE IF NOT EXISTS seen
        (request TEXT NOT NULL, part INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (request, part, at)) WITHOUT ROWID`,
    );
  }

  known({ request, at, body, repeatMs = Number.POSITIVE_INFINITY }: WholeRequest): Known | undefined {
    const rows = this.#sql.exec("SELECT at, body, withdrawn FROM requests WHERE request = ?", request).toArray();
    const same = rows.find((row) => row.at === at);
    if (same) return same.withdrawn ? "withdrawn" : "kept";
    const earlier = rows.find((row) => !row.withdrawn && Math.abs(at - (row.at as number)) <= repeatMs);
    if (!earlier) return undefined;
    return earlier.body === (body ?? null) ? "repeated" : "conflict";
  }

  keep({ request, at, body }: WholeRequest): void {
    this.#enter(request, at, body, 0);
  }

  /** From here on nothing of this request is taken. */
  withdraw({ request, at }: RequestHead): void {
    this.#enter(request, at, undefined, 1);
  }

  /** Whether this part is not to be taken: it was, or the whole request was, or was withdrawn. */
  hasPart({ request, part, at }: Place): boolean {
    const query = `SELECT 1 FROM seen WHERE request = ? AND part = ? AND at = ?
      UNION ALL SELECT 1 FROM requests WHERE request = ? AND at = ? LIMIT 1`;
    return this.#sql.exec(query, request, part, at, request, at).toArray().length > 0;
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
    this.#sql.exec("DELETE FROM requests WHERE at < ?", now - REMEMBERED_MS);
  }

  #enter(request: string, at: number, body: string | undefined, withdrawn: 0 | 1): void {
    const query = "INSERT OR IGNORE INTO requests (request, at, body, withdrawn) VALUES (?, ?, ?, ?)";
    this.#sql.exec(query, request, at, body ?? null, withdrawn);
  }
}
