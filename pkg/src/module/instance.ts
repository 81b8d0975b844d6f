import { ModuleError } from "../errors/module-error.js";

/** One instance of the module, from its start until it fails. */
export class Instance {
  #failure: ModuleError | undefined;
  readonly #waiting = new Set<(error: ModuleError) => void>();

  /** The error by which it failed. */
  get failure(): ModuleError | undefined {
    return this.#failure;
  }

  /** Ends it: rejects all promises that it will not settle any more. */
  fail(cause: unknown): ModuleError {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#failure ??= new ModuleError(
      `the module failed (${why}) and starts anew with the next call: what it had not finished is lost`,
      { cause },
    );
    for (const reject of this.#waiting) reject(this.#failure);
    this.#waiting.clear();
    // until its text is made, V8 keeps the instances on a stack
    textOfStack(cause);
    textOfStack(this.#failure);
    return this.#failure;
  }

  /**
   * Waits for a promise of the instance.
   *
   * @throws ModuleError if the instance fails before.
   */
  settled<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#waiting.add(reject);
      promise.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  /** Returns the error for what belongs to it, such as a `name`, if it has failed. `remedy` is what to do. */
  failureOf(name: string, remedy: string): ModuleError | undefined {
    if (!this.#failure) return undefined;
    const message = `this ${name} belonged to a module that failed: ${remedy}`;
    return new ModuleError(message, { cause: this.#failure.cause });
  }
}

function textOfStack(error: unknown): string | undefined {
  try {
    return (error as Error | undefined)?.stack;
  } catch {
    return undefined; // it is no error
  }
}
