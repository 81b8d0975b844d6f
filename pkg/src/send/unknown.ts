import { ConfigError } from "../errors/config-error.js";
import type { Reason, State } from "../receipt/outcome.js";
import type { Position } from "../report/position.js";
import type { Store } from "../stores/store.js";
import { readUnknown } from "./read-journal.js";

/** A batch, or a part of one, that the service may have taken. */
export interface Unknown {
  id: string;
  events: number;
  /** The stable name of why its outcome is unknown. */
  reason?: Reason;
  /** The reason for a person to read. */
  message?: string;
  /** The first event of its batch. */
  from: Position;
  /** The last event of its batch. */
  to: Position;
  /** How it was resolved. Resolving it as `unknown` takes that back, until the import is resumed. */
  decided?: Resolution;
}

/**
 * Lists the batches and parts of a journal whose outcome is unknown. What was in flight at a crash is among them. So is
 * what {@link resolveUnknown} has resolved, with `decided`, until {@link resumeImport} acts on it.
 *
 * ```js
 * for (const { id, events, message } of await listUnknown(journal)) console.log(id, events, message);
 * ```
 */
export async function listUnknown(journal: Store): Promise<Unknown[]> {
  const { raw, importId } = await readUnknown(journal);
  return raw.unknown(importId);
}

/** What is decided about an unknown batch: send it again, give it up, or count it as accepted. */
export type Resolution = "resend" | "drop" | "accepted";

/**
 * Resolves unknown batches by an id, several ids, or `"all"`. `resend` lets {@link resumeImport} send them again (their
 * events may count twice), `drop` gives them up (their events may be lost), and `accepted` says that the service has
 * them. `unknown` takes that back, until {@link resumeImport} acts on it. Resolves all of them or none, and returns
 * their ids.
 *
 * @throws ConfigError if one of them cannot be resolved so; the message says why.
 */
export async function resolveUnknown(
  journal: Store,
  ids: string | readonly string[],
  as: Resolution | "unknown",
): Promise<string[]> {
  if (!["resend", "drop", "accepted", "unknown"].includes(as)) {
    throw new ConfigError(
      "invalid_option",
      `an unknown batch is resolved as resend, drop or accepted, or as unknown to take that back, not as ${as}`,
    );
  }
  if (typeof ids !== "string" && !(Array.isArray(ids) && ids.every((id) => typeof id === "string"))) {
    throw new ConfigError(
      "invalid_option",
      'resolveUnknown takes an id, an array of ids, or "all", as listUnknown lists them',
    );
  }
  const { raw, importId } = await readUnknown(journal);
  const listed: Unknown[] = ids === "all" ? raw.unknown(importId) : [];
  const all = listed.filter(({ decided }) => (decided === undefined) === (as !== "unknown")).map(({ id }) => id);
  const meant = ids === "all" ? all : Array.from(new Set(typeof ids === "string" ? [ids] : ids));
  const writes: [string, Uint8Array | null][] = [];
  for (const id of meant) {
    const found: [string, string] | [string, Uint8Array | null][] = raw.resolve(importId, id, as);
    if (isWhyNot(found)) throw new ConfigError("not_unknown", whyNot(JSON.stringify(id), found));
    writes.push(...found);
  }
  for (const [key, value] of writes) {
    if (value) journal.put(key, value);
    else journal.delete(key);
  }
  await journal.sync();
  return meant;
}

/** Returns whether these are the words of why a batch cannot be resolved, and no writes. */
function isWhyNot(found: [string, string] | [string, Uint8Array | null][]): found is [string, string] {
  return typeof found[0] === "string";
}

/** Says why a batch cannot be resolved, and what to do. */
function whyNot(id: string, [what, word]: [string, string]): string {
  switch (what) {
    case "parts":
      return `${id} was sent in parts: resolve each of them by its own id, as listed`;
    case "open":
      return `${id} is unknown and not resolved: there is no decision to take back`;
    case "decided":
      return `${id} is already resolved as ${word}: take that back first, by resolving it as unknown`;
    case "done":
      return `${id} was resolved as ${word}, and that is final`;
    case "is":
      return `${id} is ${word} and not unknown: ${IS[word as keyof typeof IS] ?? ""}`;
    default:
      return `the journal has no batch ${id}: give an id that listUnknown lists`;
  }
}

const IS: Record<Exclude<State, "unknown">, string> = {
  accepted: "the service has taken it",
  refused: "correct its events and send them in another import",
  unsent: "it is sent when the import is resumed",
};
