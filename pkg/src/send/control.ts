import { show } from "../hooks/show.js";

/**
 * Pauses a delivery and lets it go on. While it is paused no request begins and nothing is read; what is in flight goes
 * on.
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

  /** Whether the delivery is paused. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Pauses the delivery. */
  pause(): void {
    this.#set(true);
  }

  /** Lets the delivery go on. */
  resume(): void {
    this.#set(false);
  }

  /** Calls the listener at each change. Returns the function that ends this. */
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
