import type { Trouble } from "./link/protocol.js";
import { messages } from "./messages/en.js";

/** The errors of a memory that this page cannot read. */
const UNREADABLE = ["ledger_unreadable", "journal_unreadable"];

/** Says in one line what went wrong, with the names that fields have on the page. */
export function failureText({ kind, code, message }: Trouble): string {
  if (kind === "config") return messages.failure.withFields(message);
  if (UNREADABLE.includes(code)) return messages.failure.unreadable;
  return kind === "other" ? messages.failure.unexpected(message) : message;
}
