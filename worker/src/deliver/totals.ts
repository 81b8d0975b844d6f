const DROPPED = "dropped:";
/** Why events are given up: an operator resolved or forgot them, they were too old, or over a bound. */
export const WHY_DROPPED = ["resolved", "forgotten", "expired", "over_bound"] as const;

/**
 * Stores numbers: events `taken`; events given up, as `dropped:WHY`; requests `repeated` and `conflicts`; and events that
 * were unknown or refused and are so no longer, as `unknown_left` and `refused_left`. Each is written in the transaction of
 * what it counts. Accepted events are not stored: they are those that were taken and are neither held nor dropped, which
 * agrees with what is held after any crash, and costs no row.
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

  /** The number of the shard, once it has taken anything. */
  get shard(): number | undefined {
    return this.get("shard");
  }

  rememberShard(shard: number): void {
    if (this.shard === undefined) this.set("shard", shard);
  }

  /** Events that were given up, by reason. */
  get dropped(): Record<string, number> {
    const query = "SELECT name, value FROM totals WHERE name >= ? AND name < ?";
    const rows = this.#sql.exec(query, DROPPED, `${DROPPED}\x7f`).toArray();
    return Object.fromEntries(rows.map(({ name, value }) => [`${name}`.slice(DROPPED.length), Number(value)]));
  }
}
