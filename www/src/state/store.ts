import type { Event } from "./events.js";
import { reduce } from "./reduce.js";
import type { State } from "./state.js";

/** The state of the page, and who is told when it changes. */
export class Store {
  #state: State;
  readonly #listeners = new Set<(state: State, before: State) => void>();

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  dispatch(event: Event): void {
    const before = this.#state;
    this.#state = reduce(before, event);
    if (this.#state !== before) for (const listener of this.#listeners) listener(this.#state, before);
  }

  /** Calls the listener at each change. */
  subscribe(listener: (state: State, before: State) => void): void {
    this.#listeners.add(listener);
  }
}
