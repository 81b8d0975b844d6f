import type { Outcome } from "../receipt/outcome.js";
import { NO_EVENTS } from "../report/no-events.js";
import type { KeyMatch, Report } from "../report/report.js";
import type { ClientReceipt } from "./receipt.js";

/** What the module says of a client from time to time: what has to be known if it fails. */
export interface Saved {
  /** The receipt, without the batches and issues that were saved before. */
  receipt: ModuleReceipt;
  /** The counts of its report, as the next module reads them. */
  counts: string;
  /** What has ended since it was last saved. */
  ended: Pick<Outcome, "id" | "state">[];
}

/** The receipt of one module. */
export type ModuleReceipt = Omit<ClientReceipt, "hookErrors" | "storeError">;

/**
 * What became of the events of the modules that have failed. The next module goes on with the counts of the report;
 * all else is added here.
 */
export class Earlier {
  #last: ModuleReceipt | undefined;
  #accepted = 0;
  #refused = 0;
  #unknown = 0;
  #unsent = 0;
  #keys: Report["keys"] | undefined;
  #keyMatches: KeyMatch[] = [];
  readonly #batches: Outcome[] = [];
  readonly #issues: Report["issues"] = [];
  /** The counts of the report. */
  counts = "{}";

  /** How many batches a receipt lists already. */
  get listed(): number {
    return this.#batches.length;
  }

  /** Adds what became of the events of a module that has failed. */
  add({ receipt, counts }: Saved): void {
    const { accepted, refusedBy, unknown, unsent, report, batches } = receipt;
    this.#last = receipt;
    this.#accepted += accepted;
    this.#refused += refusedBy.service;
    this.#unknown += unknown;
    this.#unsent += unsent;
    this.#keys = this.#keysWith(report);
    this.#keyMatches = this.#matchesWith(report);
    this.#batches.push(...batches);
    this.#issues.push(...report.issues);
    this.counts = counts;
  }

  /** Adds what the module could not end: parts that are unknown, and events that no module takes. */
  end(outcome: Outcome): void {
    if (outcome.state === "unknown") this.#unknown += outcome.events;
    else this.#unsent += outcome.events;
    if (outcome.id !== "") this.#batches.push(outcome);
  }

  /** Returns the receipt of the modules that have failed. */
  alone(): ModuleReceipt {
    const { report, refusedBy } = this.#last ?? NONE;
    const keys = { ...NONE.report.keys };
    return this.with({
      ...NONE,
      refusedBy: { check: refusedBy.check, service: 0 },
      report: { ...report, issues: [], keys, keyMatches: [] },
    });
  }

  /** Returns a receipt of all modules. */
  with(receipt: ModuleReceipt): ModuleReceipt {
    const { report, refusedBy } = receipt;
    const accepted = this.#accepted + receipt.accepted;
    const service = this.#refused + refusedBy.service;
    const refused = refusedBy.check + service;
    const unknown = this.#unknown + receipt.unknown;
    const unsent = this.#unsent + receipt.unsent;
    const keyMatches = this.#matchesWith(report);
    return {
      ...{ ...receipt, accepted, refused, unknown, unsent, events: accepted + refused + unknown + unsent },
      refusedBy: { check: refusedBy.check, service },
      batches: [...this.#batches, ...receipt.batches],
      report: {
        ...report,
        issues: [...this.#issues, ...report.issues],
        keys: this.#keysWith(report),
        ...(keyMatches.length > 0 && { keyMatches }),
      },
    };
  }

  #keysWith({ keys }: Report): Report["keys"] {
    const sum = { ...keys };
    for (const shape of Object.keys(sum) as (keyof typeof sum)[]) sum[shape] += this.#keys?.[shape] ?? 0;
    return sum;
  }

  #matchesWith({ keyMatches = [] }: Report): KeyMatch[] {
    const all = new Map(this.#keyMatches.map((match) => [match.trafficType, match]));
    for (const match of keyMatches) {
      const before = all.get(match.trafficType);
      const events = match.events + (before?.events ?? 0);
      const known = match.known + (before?.known ?? 0);
      all.set(match.trafficType, { ...match, events, known, share: known / events });
    }
    return [...all.values()];
  }
}

const NONE: ModuleReceipt = {
  ...{ events: 0, accepted: 0, refused: 0, unknown: 0, unsent: 0, queued: 0, batches: [] },
  refusedBy: { check: 0, service: 0 },
  report: NO_EVENTS,
};
