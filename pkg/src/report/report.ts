import type { Issue } from "./issue.js";

/** The counts of a check, and a sample of its issues. `clean + repaired + refused = events`. */
export interface Report {
  /** The events that were read. */
  events: number;
  /** The records of the input, if a mapping makes events of them. Else each record is an event. */
  records?: number;
  /** How many of the records make no event, by the conditions of the mapping. */
  skipped?: number;
  /** The name of the preset that was recognised or named. */
  preset?: string;
  /** The events that are sent byte for byte as they came. */
  clean: number;
  /** The events that are sent changed. Each change is an issue. */
  repaired: number;
  /** The events that the check refused. In a {@link Receipt} also those that the service refused. */
  refused: number;
  /**
   * How many of the events that the check refused have none of an event's fields, or hold a list of events. Missing if
   * there is none. If it equals `events`, the input holds something else than events.
   */
  unrecognized?: number;
  /** How many of the clean and repaired events have a warning. */
  warned: number;
  /** How often each code was found. These counts are exact. */
  issueCounts: Record<string, number>;
  /** The first 100 issues of each code, in the order of the input. */
  issues: Issue[];
  /** The shapes of the keys of the events that are sent. */
  keys: KeyShapes;
  /** How many events that are sent have a known key, by traffic type. Only with `knownKeys`. */
  keyMatches?: KeyMatch[];
  /** Why hardly any key is known. Only if fewer than 5 % of at least 20 events of a traffic type have a known key. */
  keyHint?: KeyHint;
}

/** How many keys have which shape. `uuid + integer + email + other` are all keys. */
export interface KeyShapes {
  uuid: number;
  /** Keys of digits only. */
  integer: number;
  email: number;
  other: number;
  /** Keys of any shape with a capital letter. */
  capitals: number;
  /** Keys of any shape with white space inside. */
  spaces: number;
}

/** How many events of one traffic type have a known key. */
export interface KeyMatch {
  /** Empty for all traffic types after the first 1,000. */
  trafficType: string;
  /** The events that are sent. */
  events: number;
  /** Those of them whose key is known. */
  known: number;
  /** `known / events`, from 0 to 1. */
  share: number;
}

/** What differs between the keys of the events and the known keys. */
export interface KeyHint {
  /** The stable name of the difference. */
  code: "case" | "padding" | "prefix" | "punctuation" | "shape" | "unrelated";
  /** The traffic type with the most events, which the hint is about. */
  trafficType: string;
  /** What differs, with an example. */
  message: string;
}
