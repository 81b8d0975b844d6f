import { StoreError } from "../errors/store-error.js";
import { GroupCommit } from "./group-commit.js";
import { Pending } from "./pending.js";
import type { Store } from "./store.js";

/** Changes by key. `undefined` stands for a key that is removed. */
export type Changes = ReadonlyMap<string, Uint8Array | undefined>;

/** What each kind of durable storage does. One write is asked for at a time. */
export interface Backend {
  /** The name of the store in errors. */
  readonly title: string;
  keys(): Promise<Iterable<string>>;
  /** Returns fresh bytes for each key, and `undefined` for a key that is not there. */
  read(keys: readonly string[]): Promise<(Uint8Array | undefined)[]>;
  /** Makes all changes durable, or none. */
  write(changes: Changes): Promise<void>;
  /**
   * Ends what is under way, and begins to make all changes durable within this call: the page is being left. What it has
   * ended is asked for again.
   */
  leave?(changes: Changes): void;
  close(): Promise<void>;
  /** Returns the error for a failure of the storage. */
  explain(cause: unknown): StoreError;
}

/** How many values `entries` holds in memory. */
const PAGE = 16;

/** Gathers changes in memory until a sync hands them to the backend as one write. */
export class BufferedStore extends Pending implements Store {
  readonly #backend: Backend;
  readonly #commits: GroupCommit;
  #writing: Changes = new Map();
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(backend: Backend) {
    super();
    this.#backend = backend;
    this.#commits = new GroupCommit(
      () => this.#write(),
      (cause) => (cause instanceof StoreError ? cause : backend.explain(cause)),
    );
  }

  async *entries(): AsyncGenerator<[string, Uint8Array]> {
    this.#assertUsable();
    const changes: Changes = new Map([...this.#writing, ...this.pending]);
    const keys = new Set(await this.#reading(this.#backend.keys()));
    for (const [key, value] of changes) {
      if (value === undefined) keys.delete(key);
      else keys.add(key);
    }
    const sorted = Array.from(keys).sort();
    for (let from = 0; from < sorted.length; from += PAGE) {
      this.#assertUsable();
      const page = sorted.slice(from, from + PAGE);
      const stored = page.filter((key) => !changes.has(key));
      const values = await this.#reading(this.#backend.read(stored));
      const found = new Map(stored.map((key, index) => [key, values[index]]));
      for (const key of page) {
        const changed = changes.get(key);
        const value = changed === undefined ? found.get(key) : new Uint8Array(changed);
        if (value !== undefined) yield [key, value];
      }
    }
  }

  async sync(): Promise<void> {
    this.#assertUsable();
    await this.#commits.sync();
  }

  leave(): void {
    this.#leave(new Map([...this.#writing, ...this.pending]), new Map());
  }

  /** Leaves with the changes that a sync has begun to write. The others may be half of what belongs together. */
  interrupt(): void {
    this.#leave(new Map(this.#writing), this.pending);
  }

  close(): Promise<void> {
    this.#closing ??= this.#commits.idle().then(() => {
      this.#closed = true;
      return this.#backend.close();
    });
    return this.#closing;
  }

  get failure(): StoreError | undefined {
    return this.#commits.failure;
  }

  /** Makes every later call fail: the storage was taken away. */
  fail(error: StoreError): void {
    this.#commits.fail(error);
  }

  protected get usable(): boolean {
    return this.#closing === undefined && this.#commits.failure === undefined;
  }

  #assertUsable(): void {
    if (this.#closing) throw new StoreError("store_closed", `${this.#backend.title} was closed: open it again`);
    if (this.#commits.failure) throw this.#commits.failure;
  }

  async #reading<T>(read: Promise<T>): Promise<T> {
    try {
      return await read;
    } catch (cause) {
      this.fail(cause instanceof StoreError ? cause : this.#backend.explain(cause));
      throw this.failure;
    }
  }

  #leave(writing: Changes, pending: Map<string, Uint8Array | undefined>): void {
    if (!this.#backend.leave || this.#closed || this.failure) return;
    this.#writing = writing;
    this.pending = pending;
    this.#backend.leave(writing);
    // if the page lives on, the changes are written as usual
    if (writing.size > 0) this.#commits.sync().catch(() => {});
  }

  async #write(): Promise<void> {
    if (this.pending.size + this.#writing.size === 0) return;
    this.#writing = new Map([...this.#writing, ...this.pending]);
    this.pending = new Map();
    for (;;) {
      const writing = this.#writing;
      try {
        await this.#backend.write(writing);
      } catch (cause) {
        if (writing === this.#writing) throw cause;
      }
      if (writing === this.#writing) break;
    }
    this.#writing = new Map();
  }
}
