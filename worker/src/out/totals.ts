/** Numbers that outlive the object in memory. */
export class Totals {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS totals (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID");
  }

  get(name: string): number | undefined {
    return this.#sql.exec("SELECT value FROM totals WHERE name = ?", name).toArray()[0]?.value as number | undefined;
  }

  set(name: string, value: number): void {
    this.#sql.exec("INSERT OR REPLACE INTO totals (name, value) VALUES (?, ?)", name, value);
  }

  add(name: string, value: number): void {
    if (value > 0) this.set(name, (this.get(name) ?? 0) + value);
  }
}
