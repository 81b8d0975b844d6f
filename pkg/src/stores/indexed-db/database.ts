import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB, unwrap } from "idb";
import { StoreError } from "../../errors/store-error.js";
import type { Backend, Changes } from "../buffered.js";
import { explain, tooLate } from "./explain.js";
import { LeftBehind, type Mark } from "./left.js";
import { WebLock, type WebLockOptions } from "./web-lock.js";
import { after } from "./within.js";

const ENTRIES = "entries";
/** The key of the mark. A number is no key of a store, and comes before all of them. */
const MARK = 0;

interface Schema extends DBSchema {
  [ENTRIES]: { key: string | number; value: Uint8Array | Mark };
}
type Connection = IDBPDatabase<Schema>;
type Entries<M extends IDBTransactionMode> = IDBPObjectStore<Schema, [typeof ENTRIES], typeof ENTRIES, M>;

export interface DatabaseOptions extends WebLockOptions {
  name: string;
  timeoutMs: number;
  /** Called when the store can no longer be used. */
  onLost(error: StoreError): void;
  /** Called when the page is being left. It calls `leave` with the changes that are being written, if there are any. */
  onLeave(): void;
}

/**
 * A database, and the lock that keeps it to one page. Both outlive a stay in the back/forward cache: what is under way
 * when the page is left is ended, since in WebKit it would block every later page, and is done again when the page
 * comes back.
 */
export class Database implements Backend {
  readonly title: string;
  readonly #options: DatabaseOptions;
  #owner = "";
  readonly #behind: LeftBehind;
  /** Each ends what is under way. */
  readonly #running = new Set<() => void>();
  readonly #listening = new AbortController();
  #lock: WebLock | undefined;
  /** The open connection, for a page that is left and cannot wait. */
  #open: Connection | undefined;
  /** `undefined` if the connection must be made anew. */
  #connection: Promise<Connection> | undefined;
  /** Resolves when the page is there. It is replaced by another promise when the page is left. */
  #here: Promise<void> = Promise.resolve();
  #comeBack: (() => void) | undefined;
  /** The mark that the store had when it was opened. */
  #found: { mark: Mark | undefined } | undefined;
  #leaves = 0;

  private constructor(options: DatabaseOptions) {
    this.title = `the IndexedDB store ${JSON.stringify(options.name)}`;
    this.#options = options;
    this.#behind = new LeftBehind(options.name);
    if (typeof document === "undefined") return;
    const { signal } = this.#listening;
    addEventListener("pagehide", ({ persisted }) => this.#hide(persisted), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.#show(), { signal });
  }

  static async open(options: DatabaseOptions): Promise<Database> {
    const database = new Database(options);
    try {
      await database.#ready();
      return database;
    } catch (cause) {
      await database.close();
      throw cause === options.signal?.reason ? cause : database.explain(cause);
    }
  }

  keys(): Promise<string[]> {
    return this.#reading((entries) => entries.getAllKeys(IDBKeyRange.lowerBound("")) as Promise<string[]>);
  }

  async read(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    if (keys.length === 0) return [];
    return this.#reading((entries) =>
      Promise.all(keys.map((key) => entries.get(key) as Promise<Uint8Array | undefined>)),
    );
  }

  async write(changes: Changes): Promise<void> {
    const leaves = this.#leaves;
    const connection = await this.#ready();
    // the changes of `leave` are newer, and are asked for again: a page that is closed may still come here
    if (leaves !== this.#leaves) throw new DOMException("the page was left", "AbortError");
    await this.#write(connection, changes);
    this.#behind.forget();
  }

  leave(changes: Changes): void {
    for (const end of this.#running) end();
    // wait for a later task, which a page that is left does not run
    if (!this.#comeBack) this.#here = new Promise((resolve) => setTimeout(resolve));
    if (changes.size === 0) return;
    this.#leaves += 1;
    try {
      if (this.#open) writeAtOnce(unwrap(this.#open), changes, this.#mark);
    } catch {
      // the connection is gone: only `localStorage` keeps the changes
    }
    this.#behind.keep(this.#owner, this.#leaves, this.#found?.mark, changes);
  }

  async close(): Promise<void> {
    this.#listening.abort();
    await this.#connection?.catch(() => {});
    this.#open?.close();
    this.#lock?.release();
  }

  explain(cause: unknown): StoreError {
    return explain(this.title, cause);
  }

  get #mark(): Mark {
    return `${this.#owner} ${this.#leaves}`;
  }

  #hide(persisted: boolean): void {
    if (persisted)
      this.#here = new Promise((resolve) => {
        this.#comeBack = resolve;
      });
    this.#options.onLeave();
  }

  /** Connects again: the lock and the connection may be gone. */
  #show(): void {
    this.#comeBack?.();
    this.#comeBack = undefined;
    this.#reconnect();
  }

  #reconnect(): void {
    this.#connection = undefined;
    this.#ready().catch((cause: unknown) => {
      this.#options.onLost(this.explain(cause));
      return this.close();
    });
  }

  /** Returns the connection once the page is there. */
  async #ready(): Promise<Connection> {
    for (;;) {
      const here = this.#here;
      await here;
      this.#connection ??= this.#connect();
      const connection = this.#connection;
      try {
        const open = await connection;
        if (here === this.#here && connection === this.#connection) return open;
      } catch (cause) {
        if (here === this.#here && connection === this.#connection) throw cause;
        if (connection === this.#connection) this.#connection = undefined;
      }
    }
  }

  async #connect(): Promise<Connection> {
    this.#open?.close();
    this.#open = undefined;
    const again = this.#found !== undefined;
    if (!(await this.#lock?.isHeld())) {
      this.#lock?.release();
      this.#lock = undefined;
      this.#lock = await this.#hold(again);
    }
    this.#owner ||= crypto.getRandomValues(new Uint32Array(4)).join("-");
    const connection = await this.#openDatabase();
    try {
      const mark = await this.#transaction(
        connection,
        "readonly",
        (entries) => entries.get(MARK) as Promise<Mark | undefined>,
      );
      if (!again) this.#found = { mark };
      else if (mark !== this.#found?.mark && mark?.split(" ")[0] !== this.#owner) throw this.#taken();
      const missing = this.#behind.missing(mark);
      if (missing) await this.#write(connection, missing);
      this.#behind.forget();
    } catch (cause) {
      connection.close();
      throw cause;
    }
    this.#open = connection;
    return connection;
  }

  async #hold(again: boolean): Promise<WebLock> {
    const { name, wait, signal } = this.#options;
    const options = again ? {} : { ...(wait && { wait }), ...(signal && { signal }) };
    const lock = WebLock.hold(this.title, `split-events:${name}`, options, (lost) => {
      if (lost === this.#lock) this.#reconnect();
    });
    const giveBack = () => void lock.then((late) => late.release()).catch(() => {});
    try {
      return await this.#run("was not to be had", lock, giveBack, !options.wait);
    } catch (cause) {
      throw again && cause instanceof StoreError && cause.code === "store_locked" ? this.#taken() : cause;
    }
  }

  async #openDatabase(): Promise<Connection> {
    let opened: Connection | undefined;
    let end: (() => void) | undefined;
    const gone = (what: string) => {
      if (opened !== undefined && opened !== this.#open) return;
      const advice = "close it and open it again";
      this.#options.onLost(new StoreError("store_closed", `${this.title} was taken away: ${what}: ${advice}`));
    };
    const opening = openDB<Schema>(this.#options.name, 1, {
      upgrade(created, _from, _to, transaction) {
        created.createObjectStore(ENTRIES);
        transaction.done.catch(() => {});
        end = () => transaction.abort();
      },
      blocking(_current, _wanted, event) {
        (event.target as IDBDatabase).close();
        gone("another page deletes or changes the database");
      },
      terminated: () => gone("the browser closed the database"),
    });
    opened = await this.#run("could not be opened", opening, () => {
      opening.then((late) => late.close()).catch(() => {});
      end?.();
    });
    if (opened.objectStoreNames.contains(ENTRIES)) return opened;
    opened.close();
    throw new StoreError("store_failed", `${this.title} is a database, but no store: choose another name`);
  }

  /** Reads. What is ended because the page is left is read again when it comes back. */
  async #reading<T>(action: (entries: Entries<"readonly">) => Promise<T>): Promise<T> {
    for (;;) {
      const connection = await this.#ready();
      const here = this.#here;
      try {
        return await this.#transaction(connection, "readonly", action);
      } catch (cause) {
        if (here === this.#here) throw cause;
      }
    }
  }

  async #write(connection: Connection, changes: Changes): Promise<void> {
    await this.#transaction(connection, "readwrite", (entries) =>
      Promise.all([
        ...Array.from(changes, ([key, value]) => (value ? entries.put(value, key) : entries.delete(key))),
        entries.put(this.#mark, MARK),
      ]),
    );
  }

  #transaction<M extends "readonly" | "readwrite", T>(
    connection: Connection,
    mode: M,
    action: (entries: Entries<M>) => Promise<T>,
  ): Promise<T> {
    const transaction = connection.transaction(ENTRIES, mode, { durability: "strict" });
    const all = Promise.all([action(transaction.store as unknown as Entries<M>), transaction.done]);
    const what = mode === "readonly" ? "could not be read" : "could not be written";
    return this.#run(
      what,
      all.then(([value]) => value),
      () => transaction.abort(),
    );
  }

  /** Waits for a promise, and calls `abort` if it lasts too long or the page is left. */
  #run<T>(what: string, promise: Promise<T>, abort: () => void, limited = true): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (cause: unknown) => {
        reject(cause);
        try {
          abort();
        } catch {
          // it has just ended by itself
        }
      };
      const { timeoutMs } = this.#options;
      const done = limited ? after(timeoutMs, () => end(tooLate(this.title, what, timeoutMs))) : () => {};
      const left = () => end(new DOMException("the page was left", "AbortError"));
      this.#running.add(left);
      promise.then(resolve, reject).finally(() => {
        done();
        this.#running.delete(left);
      });
    });
  }

  #taken(): StoreError {
    const advice = "another page had it while this one was away: reload this page";
    return new StoreError("store_closed", `${this.title} was taken away: ${advice}`);
  }
}

/** Writes changes in one transaction, which is committed without waiting for its requests. */
function writeAtOnce(database: IDBDatabase, changes: Changes, mark: Mark): void {
  const transaction = database.transaction(ENTRIES, "readwrite", { durability: "strict" });
  const entries = transaction.objectStore(ENTRIES);
  for (const [key, value] of changes) {
    if (value) entries.put(value, key);
    else entries.delete(key);
  }
  entries.put(mark, MARK);
  transaction.commit();
}
