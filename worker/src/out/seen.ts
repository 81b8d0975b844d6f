import { idOf, type Place } from "../part.js";

/** Without an Idempotency-Key the same body from the same client is a repeat within this time. */
const REPEAT_MS = 60_000;
/** A queue keeps a message for 14 days at most; what was seen is remembered for longer. */
const KEPT_MS = 15 * 24 * 60 * 60 * 1000;

/**
 * Which parts were ever taken. A part is entered after its batch is durable and before it can be accepted; what a crash
 * left out is entered when the object starts, from what it holds.
 */
export class Seen {
  readonly #sql: SqlStorage;
  /** Those that are not durable yet. */
  readonly #pending = new Map<string, Place>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS seen
        (request TEXT NOT NULL, part INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (request, part, at)) WITHOUT ROWID`,
    );
  }

  has(part: Place): boolean {
    for (const other of this.#pending.values()) if (isRepeat(part, other)) return true;
    const [from, to] = part.keyed ? [0, Number.MAX_SAFE_INTEGER] : [part.at - REPEAT_MS, part.at + REPEAT_MS];
    const query = "SELECT 1 FROM seen WHERE request = ? AND part = ? AND at BETWEEN ? AND ? LIMIT 1";
    return this.#sql.exec(query, requestOf(part), part.part, from, to).toArray().length > 0;
  }

  begin(part: Place): void {
    this.#pending.set(idOf(part), part);
  }

  enter(part: Place): void {
    this.#sql.exec(
      "INSERT OR IGNORE INTO seen (request, part, at) VALUES (?, ?, ?)",
      requestOf(part),
      part.part,
      part.at,
    );
    this.#pending.delete(idOf(part));
  }

  forget(now: number): void {
    this.#sql.exec("DELETE FROM seen WHERE at < ?", now - KEPT_MS);
  }
}

function requestOf({ request, keyed }: Place): string {
  return `${keyed ? "k" : "d"}${request}`;
}

function isRepeat(part: Place, other: Place): boolean {
  return (
    part.part === other.part &&
    requestOf(part) === requestOf(other) &&
    (part.keyed || Math.abs(part.at - other.at) <= REPEAT_MS)
  );
}
