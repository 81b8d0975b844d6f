import { ConfigError } from "../errors/config-error.js";
import { StoreError } from "../errors/store-error.js";
import { checked } from "../options/checked.js";
import { rowOf } from "../options/rows.js";
import type { Options, OptionsOf } from "../options/table.js";
import { joined } from "./joined.js";
import { Pending } from "./pending.js";
import type { Store } from "./store.js";

/** The part of a Durable Object's `ctx.storage` that is used. The class must be in `new_sqlite_classes`. */
export interface DurableObjectStorageLike {
  readonly sql: {
    exec(query: string, ...bindings: (string | number | ArrayBuffer)[]): { toArray(): Record<string, unknown>[] };
  };
  transactionSync<T>(work: () => T): T;
  sync(): Promise<void>;
}

/** Where a Durable Object keeps the store. */
export interface DurableObjectStoreOptions extends OptionsOf<"durableObjectStore">, Options {}

/** The most bytes of a value in one row. A row holds at most 2 MB with its key. */
const PART_BYTES = 1 << 20;
const TABLE = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

const open = new WeakMap<DurableObjectStorageLike, Set<string>>();

/**
 * Opens a store in a table of a Durable Object's SQLite. The object is the one owner, and one store at a time has the
 * table. `sync` writes before it returns its promise: called within `transactionSync`, it is part of that transaction.
 *
 * @throws ConfigError if an option is wrong.
 * @throws StoreError if another store has the table, or it cannot be made.
 */
export function durableObjectStore(storage: DurableObjectStorageLike, options?: DurableObjectStoreOptions): Store {
  const { table = rowOf("durableObjectStore", "table").default as string } = checked("durableObjectStore", options);
  if (!TABLE.test(table)) {
    throw new ConfigError("invalid_table", `table must be a plain SQL name, not ${JSON.stringify(table)}`);
  }
  const tables = open.get(storage) ?? new Set();
  const name = table.toLowerCase();
  if (tables.has(name)) {
    throw new StoreError(
      "store_locked",
      `table ${table} of this object is open in another store: close that one first`,
    );
  }
  const store = new ObjectStore(storage, table, () => tables.delete(name));
  open.set(storage, tables.add(name));
  return store;
}

/**
 * Keeps changes in memory until a sync, which writes them before it returns: a transaction around the call has them,
 * too.
 */
class ObjectStore extends Pending implements Store {
  readonly #storage: DurableObjectStorageLike;
  readonly #table: string;
  readonly #title: string;
  readonly #release: () => void;
  #failure: StoreError | undefined;
  #closing: Promise<void> | undefined;

  constructor(storage: DurableObjectStorageLike, table: string, release: () => void) {
    super();
    this.#storage = storage;
    this.#table = `"${table}"`;
    this.#title = `table ${table} of the Durable Object`;
    this.#release = release;
    try {
      this.#exec(
        `CREATE TABLE IF NOT EXISTS ${this.#table}
          (key TEXT NOT NULL, part INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (key, part)) WITHOUT ROWID`,
      );
    } catch (cause) {
      throw this.#explain(cause);
    }
  }

  async *entries(): AsyncGenerator<[string, Uint8Array]> {
    this.#assertUsable();
    const changes = new Map(this.pending);
    const keys = new Set(this.#reading(() => this.#keys()));
    for (const [key, value] of changes) {
      if (value === undefined) keys.delete(key);
      else keys.add(key);
    }
    for (const key of [...keys].sort()) {
      this.#assertUsable();
      const changed = changes.get(key);
      const value = changed ? new Uint8Array(changed) : this.#reading(() => this.#value(key));
      if (value !== undefined) yield [key, value];
    }
  }

  async sync(): Promise<void> {
    this.#assertUsable();
    try {
      if (this.pending.size > 0) {
        const changes = this.pending;
        this.pending = new Map();
        this.#storage.transactionSync(() => {
          for (const [key, value] of changes) this.#set(key, value);
        });
      }
      await this.#storage.sync();
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#storage
      .sync()
      .catch(() => {})
      .then(this.#release);
    return this.#closing;
  }

  get failure(): StoreError | undefined {
    return this.#failure;
  }

  protected get usable(): boolean {
    return this.#closing === undefined && this.#failure === undefined;
  }

  #assertUsable(): void {
    if (this.#closing) throw new StoreError("store_closed", `${this.#title} was closed: open it again`);
    if (this.#failure) throw this.#failure;
  }

  /** Makes every later call fail: what a failed write has left behind is not known. */
  #fail(cause: unknown): StoreError {
    this.#failure ??= this.#explain(cause);
    return this.#failure;
  }

  #explain(cause: unknown): StoreError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return /SQLITE_FULL|\bfull\b/.test(why)
      ? new StoreError("store_full", `${this.#title} has no room: ${why}: remove what is no longer needed`, cause)
      : new StoreError("store_failed", `${this.#title} failed: ${why}: close the store and open it again`, cause);
  }

  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  #keys(): string[] {
    return this.#exec(`SELECT key FROM ${this.#table} WHERE part = 0`).map(({ key }) => key as string);
  }

  #value(key: string): Uint8Array | undefined {
    const rows = this.#exec(`SELECT value FROM ${this.#table} WHERE key = ? ORDER BY part`, key);
    return rows.length === 0 ? undefined : joined(rows.map(({ value }) => new Uint8Array(value as ArrayBuffer)));
  }

  #set(key: string, value: Uint8Array | undefined): void {
    let parts = 0;
    if (value) {
      do {
        const part = value.slice(parts * PART_BYTES, (parts + 1) * PART_BYTES).buffer as ArrayBuffer;
        this.#exec(`INSERT OR REPLACE INTO ${this.#table} (key, part, value) VALUES (?, ?, ?)`, key, parts, part);
        parts += 1;
      } while (parts * PART_BYTES < value.length);
    }
    this.#exec(`DELETE FROM ${this.#table} WHERE key = ? AND part >= ?`, key, parts);
  }

  #exec(query: string, ...bindings: (string | number | ArrayBuffer)[]): Record<string, unknown>[] {
    return this.#storage.sql.exec(query, ...bindings).toArray();
  }
}
