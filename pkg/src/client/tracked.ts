import type { Reason } from "../receipt/outcome.js";
import type { Issue } from "../report/issue.js";

/** What a client says of an event at once. */
export interface Tracked {
  /**
   * `clean` and `repaired` events are queued. `refused`: the check refused the event. `rejected`: the client did not
   * take it.
   */
  verdict: "clean" | "repaired" | "refused" | "rejected";
  /** The issues of the event. A missing `value` is told in the report alone. */
  issues: Issue[];
  /**
   * Why the client rejected the event: there was no room, the client was closed, its journal has failed, or the module
   * failed when it took the event.
   */
  reason?: Extract<Reason, "overflow" | "closed" | "journal_failed" | "module_failed">;
  /** How many older events were dropped to make room for this one. */
  dropped?: number;
}
