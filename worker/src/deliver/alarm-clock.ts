/** An alarm that is overdue by more than this is taken for lost. */
const OVERDUE_MS = 30_000;

/** Sets the one alarm of an object, and remembers for when. */
export class AlarmClock {
  readonly #set: (at: number) => Promise<void>;
  #at: number | undefined;

  constructor(set: (at: number) => Promise<void>) {
    this.#set = set;
  }

  /** Forgets the alarm, which has gone off. */
  fired(): void {
    this.#at = undefined;
  }

  /** Sets the alarm, unless one is set for an earlier time and is not overdue. */
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

  /** Whether no alarm is set that may still go off. */
  get isLost(): boolean {
    return this.#at === undefined || this.#at < Date.now() - OVERDUE_MS;
  }
}
