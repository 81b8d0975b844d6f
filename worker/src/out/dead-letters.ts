/** A row has 2 MB at most. */
const CHUNK = 1_000_000;

export interface DeadLetter {
  id: string;
  /** When its request came. */
  at: number;
  events: number;
  bytes: number;
}

/** Events that the check refused, as lines of NDJSON with their reasons. */
export class DeadLetters {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS dead (id TEXT NOT NULL, chunk INTEGER NOT NULL, at INTEGER NOT NULL,
        events INTEGER NOT NULL, bytes INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (id, chunk)) WITHOUT ROWID`,
    );
  }

  /** Returns how many of its events were not kept. */
  put({ id, at, events }: Omit<DeadLetter, "bytes">, body: Uint8Array): number {
    for (let chunk = 0; chunk === 0 || chunk * CHUNK < body.length; chunk += 1) {
      const { buffer } = body.slice(chunk * CHUNK, (chunk + 1) * CHUNK);
      this.#sql.exec(
        "INSERT OR REPLACE INTO dead (id, chunk, at, events, bytes, body) VALUES (?, ?, ?, ?, ?, ?)",
        ...[id, chunk, at, events, body.length, buffer],
      );
    }
    return 0;
  }

  delete(id: string): boolean {
    return this.#sql.exec("DELETE FROM dead WHERE id = ?", id).rowsWritten > 0;
  }

  body(id: string): Uint8Array | undefined {
    const rows = this.#sql.exec("SELECT body FROM dead WHERE id = ? ORDER BY chunk", id).toArray();
    if (rows.length === 0) return undefined;
    const chunks = rows.map(({ body }) => new Uint8Array(body as ArrayBuffer));
    const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  list(limit: number, after = ""): DeadLetter[] {
    const query = "SELECT id, at, events, bytes FROM dead WHERE chunk = 0 AND id > ? ORDER BY id LIMIT ?";
    return this.#sql.exec(query, after, limit).toArray() as unknown as DeadLetter[];
  }

  has(id: string): boolean {
    return this.#sql.exec("SELECT 1 FROM dead WHERE id = ? AND chunk = 0", id).toArray().length > 0;
  }

  counts(): { batches: number; events: number } {
    const query = "SELECT count(*) AS batches, coalesce(sum(events), 0) AS events FROM dead WHERE chunk = 0";
    return this.#sql.exec(query).one() as { batches: number; events: number };
  }
}
