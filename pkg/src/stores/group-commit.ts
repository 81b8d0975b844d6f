import type { StoreError } from "../errors/store-error.js";

/**
 * Runs one commit at a time. Calls during a commit share the next one, since that under way may have begun before their
 * changes. After the first failure every call fails with it: what a failed fsync has lost is not known, and a later one
 * that succeeds does not tell.
 */
export class GroupCommit {
  readonly #commit: () => Promise<void>;
  readonly #explain: (cause: unknown) => StoreError;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: StoreError | undefined;

  constructor(commit: () => Promise<void>, explain: (cause: unknown) => StoreError) {
    this.#commit = commit;
    this.#explain = explain;
  }

  get failure(): StoreError | undefined {
    return this.#failure;
  }

  fail(error: StoreError): void {
    this.#failure ??= error;
  }

  sync(): Promise<void> {
    this.#next ??= this.#after(this.#running);
    return this.#next;
  }

  /** Resolves when no commit is under way or waiting. */
  async idle(): Promise<void> {
    while (this.#next ?? this.#running) await (this.#next ?? this.#running)?.catch(() => {});
  }

  async #after(running: Promise<void> | undefined): Promise<void> {
    await running?.catch(() => {});
    const own = this.#next;
    this.#running = own;
    this.#next = undefined;
    try {
      if (this.#failure) throw this.#failure;
      await this.#commit();
    } catch (cause) {
      this.#failure ??= this.#explain(cause);
      throw this.#failure;
    } finally {
      if (this.#running === own) this.#running = undefined;
    }
  }
}
