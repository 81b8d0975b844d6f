import type { ClientOptions } from "./options.js";
import type { Tracked } from "./tracked.js";

const REASONS: Record<NonNullable<Tracked["reason"]>, string> = {
  overflow: "the queue is full: flush more often, or give a larger maxQueueEvents or maxQueueBytes",
  closed: "the client was closed: make another one",
  module_failed: "the module failed when it took the event, and has started anew: track it again, once",
  journal_failed: "the journal has failed, as flush() and receipt() say: open it again, and make another client",
};

/** Tells the user of events that were not queued: by the hook, or in the console, once for each code. */
export class Refusals {
  readonly #hook: ClientOptions["onRefused"];
  readonly #told = new Set<string>();

  constructor(hook: ClientOptions["onRefused"]) {
    this.#hook = hook;
  }

  tell(event: object, tracked: Tracked): void {
    if (this.#hook) this.#hook(event, tracked);
    else this.#warn(tracked);
  }

  #warn({ issues, reason }: Tracked): void {
    const issue = issues.find(({ severity }) => severity === "error") ?? issues[0];
    const code = reason ?? issue?.code;
    if (code === undefined || this.#told.has(code)) return;
    this.#told.add(code);
    const hint = reason ? REASONS[reason] : issue?.hint;
    const what = reason ? "rejected" : "refused";
    console.warn(`split-events: an event was ${what}: ${code}: ${hint} (told once; onRefused is given every one)`);
  }
}
