import { assertReady } from "../module/module.js";
import type { IssueCode, Severity } from "../report/issue.js";
import { codes as table } from "../wasm/split_events.js";

/** One kind of trouble that a check can find. */
export interface CodeInfo {
  /** The stable name. */
  code: IssueCode;
  severity: Severity;
  /** What is wrong, in one line. */
  message: string;
  /** What to do about it. */
  hint: string;
  /** Whether the service would drop such an event silently if it were sent as it is. */
  dropped: boolean;
}

/** Returns the table of all issue codes. In browsers call `await init()` first. */
export function codes(): CodeInfo[] {
  assertReady();
  return table();
}
