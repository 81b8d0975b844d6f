/** An alarm that did not go off by then is taken for lost. */
const OVERDUE_MS = 30_000;

/** The one alarm of an object, as far as the object knows. */
export class AlarmClock {
  readonly #set: (at: number) => Promise<void>;
  #at: number | undefined;

  constructor(set: (at: number) => Promise<void>) {
    this.#set = set;
  }

  /** It has gone off. */
  rang(): void {
    this.#at = undefined;
  }

  /** At once where the time is past. An alarm that is set for earlier stays, unless it is overdue. */
  async wakeIn(ms: number): Promise<void> {
    const now = Date.now();
    const at = now + ms;
    if (this.#at !== undefined && this.#at <= at && this.#at > now - OVERDUE_MS) return;
    this.#at = at;
    try {
      await this.#set(at);
    } catch (error) {
      this.#at = undefined;
      throw error;
    }
  }

  /** Whether none is set that may still go off. */
  get isLost(): boolean {
    return this.#at === undefined || this.#at < Date.now() - OVERDUE_MS;
  }
}
