import type { Outbox, Store } from "split-events";

/** What transactions need of the object that they change. */
export interface TransactionHost {
  storage: DurableObjectStorage;
  /**
   * Ends the object after a failure of its storage, whose contents are then not known, and returns the error to throw.
   * `isDown`: its store takes no more writes.
   */
  broken(error: unknown, isDown: boolean): unknown;
}

/** Changes what a shard holds. Each change is one transaction, with its counts. */
export class Transactions {
  readonly #host: TransactionHost;
  readonly #store: Store;
  readonly #outbox: Outbox;

  constructor(host: TransactionHost, store: Store, outbox: Outbox) {
    this.#host = host;
    this.#store = store;
    this.#outbox = outbox;
  }

  /** Makes a change, and waits until it is durable. */
  async change<T>(make: () => T): Promise<T> {
    try {
      const [made, durable] = this.write(make);
      await durable;
      return made;
    } catch (error) {
      throw this.broken(error);
    }
  }

  /** Makes a change, which is written when this returns. If `make` throws, no part of it is written. */
  write<T>(make: () => T): [made: T, durable: Promise<void>] {
    return this.#host.storage.transactionSync(() => {
      const made = make();
      const durable = this.#outbox.sync();
      durable.catch(() => {});
      if (this.#store.failure) throw this.#store.failure;
      return [made, durable];
    });
  }

  /** Waits until everything that was written is durable. */
  sync(): Promise<void> {
    return this.#host.storage.sync();
  }

  broken(error: unknown): unknown {
    return this.#host.broken(error, this.#store.failure !== undefined);
  }
}
