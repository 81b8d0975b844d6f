import type { IssueCode, Severity } from "../wasm/split_events.js";

export type { IssueCode, Severity };

/** One trouble that a check found in one event, or in the whole input. */
export interface Issue {
  /** The stable name of this kind of trouble; `codes()` lists all of them. */
  code: IssueCode;
  /**
   * What the issue does to its event: `error` refuses it, `repair` changes it, `warning` and `note` send it as it is.
   */
  severity: Severity;
  /** The field, such as `timestamp` or `properties.country`; empty if the issue is about the whole event. */
  path: string;
  /** The number of the event in the input, from 0; `null` if the issue is about the whole input. */
  index: number | null;
  /** The number of the record in the input, from 0, if a mapping made its events. */
  record?: number;
  /** Which event of its record, from 1, if the record makes several. */
  event?: number;
  /** The column or path in the source that the value came from, if a mapping took it from there. */
  from?: string;
  /** The line of the trouble in its source, from 1; `null` for events that came as objects. */
  line: number | null;
  /** The byte of the trouble in its source, from 0; `null` for events that came as objects. */
  byteOffset: number | null;
  /** The text found there, cut at 80 characters. */
  got: string;
  /** What is wrong, in one line. */
  message: string;
  /** What to do about it. */
  hint: string;
  /** The name of the source, if it has one. */
  file?: string;
}
