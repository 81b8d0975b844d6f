import { show } from "../hooks/show.js";

/**
 * Holds a send back and lets it go on. While it is paused nothing is sent and nothing more is read; what is in flight
 * goes on.
 *
 * ```js
 * const control = new Control();
 * const sending = send(file, { apiKey, control });
 * control.pause();
 * control.resume();
 * const receipt = await sending;
 * ```
 */
export class Control {
  #paused = false;
  readonly #listeners = new Set<() => void>();

  /** Whether it holds back. */
  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#set(true);
  }

  resume(): void {
    this.#set(false);
  }

  /** Calls the listener at each change, until what it returns is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        show("a listener of a Control failed", error);
      }
    }
  }
}
