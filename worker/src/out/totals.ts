/** Why events were given up: a person said so, they were older than `DEAD_DAYS`, or there was no room for them. */
export const WHY = ["person", "age", "bounds"] as const;
export type Why = (typeof WHY)[number];

/**
 * Numbers that outlive the object in memory: events `taken`, those `dropped`, requests `repeated` and `conflicts`, and
 * what was unknown or refused and is so no longer (`unknown_left`, `refused_left`). Each is written in the transaction of
 * what it counts. What was accepted is not written: it is what was taken and is neither held nor dropped, so it agrees
 * with what is held whatever a crash leaves, and costs no row.
 */
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

  /** Events are given up, in the transaction that takes them away. */
  drop(why: Why, events: number): void {
    this.add(`dropped_${why}`, events);
  }

  /** Events that were given up. */
  get dropped(): Record<Why, number> {
    const entries = WHY.map((why) => [why, this.get(`dropped_${why}`) ?? 0]);
    return Object.fromEntries(entries) as Record<Why, number>;
  }
}
