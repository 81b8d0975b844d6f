const DROPPED = "dropped:";
/** Why events are given up: by an operator's word, by their age, or by the bounds of what is kept. */
export const WHY_DROPPED = ["resolved", "forgotten", "expired", "over_bound"] as const;

/**
 * Numbers that outlive the object in memory: events `taken`; events given up, as `dropped:WHY`; requests `repeated` and
 * `conflicts`; and events that were unknown or refused and are so no longer, as `unknown_left` and `refused_left`. Each is
 * written in the transaction of what it counts. What was accepted is not written: it is what was taken and is neither held
 * nor dropped, so it agrees with what is held whatever a crash leaves, and costs no row.
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
