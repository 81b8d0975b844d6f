import { joined } from "split-events/internal/joined";

/** A row may have 2 MB. */
const CHUNK = 1_000_000;

/**
 * Creates the tables of the dead letters. A letter's number only grows, so that a walk by numbers meets each letter once.
 * Lists and sums are in tables of their own, so that they are read without the bodies.
 */
export function createLetterTables(sql: SqlStorage): void {
  sql.exec(
    `CREATE TABLE IF NOT EXISTS letters (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL, client TEXT NOT NULL, at INTEGER NOT NULL, events INTEGER NOT NULL, bytes INTEGER NOT NULL,
      codes TEXT NOT NULL, round INTEGER NOT NULL DEFAULT 0)`,
  );
  sql.exec(
    `CREATE TABLE IF NOT EXISTS letter_bodies (number INTEGER NOT NULL, chunk INTEGER NOT NULL, body BLOB NOT NULL,
      PRIMARY KEY (number, chunk)) WITHOUT ROWID`,
  );
  sql.exec(
    `CREATE TABLE IF NOT EXISTS letter_sums (client TEXT NOT NULL, kind TEXT NOT NULL, letters INTEGER NOT NULL,
      events INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (client, kind)) WITHOUT ROWID`,
  );
}

export function writeBody(sql: SqlStorage, number: number, body: Uint8Array): void {
  for (let chunk = 0; chunk * CHUNK < body.length; chunk += 1) {
    const { buffer } = body.slice(chunk * CHUNK, (chunk + 1) * CHUNK);
    sql.exec("INSERT INTO letter_bodies (number, chunk, body) VALUES (?, ?, ?)", number, chunk, buffer);
  }
}

export function readBody(sql: SqlStorage, number: number): Uint8Array {
  return readChunks(sql, "SELECT body FROM letter_bodies WHERE number = ? ORDER BY chunk", number);
}

/** Hands over each letter of the first version's table, the oldest first, and drops the table. */
export function takeOldLetters(
  sql: SqlStorage,
  take: (letter: { id: string; at: number; events: number }, body: Uint8Array) => void,
): void {
  if (sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'dead'").toArray().length === 0) return;
  const letters = sql.exec("SELECT id, at, events FROM dead WHERE chunk = 0 ORDER BY at, id").toArray();
  for (const letter of letters as unknown as { id: string; at: number; events: number }[]) {
    take(letter, readChunks(sql, "SELECT body FROM dead WHERE id = ? ORDER BY chunk", letter.id));
  }
  sql.exec("DROP TABLE dead");
}

function readChunks(sql: SqlStorage, query: string, key: string | number): Uint8Array {
  const rows = sql.exec(query, key).toArray();
  return joined(rows.map(({ body }) => new Uint8Array(body as ArrayBuffer)));
}
