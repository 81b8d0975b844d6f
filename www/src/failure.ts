import { ConfigError, InputError, StoreError } from "split-events";

/** The errors of a memory that this page cannot read. */
const UNREADABLE = ["ledger_unreadable", "journal_unreadable"];

/** Says in one line what went wrong, with the names that fields have on the page. */
export function failureText(error: unknown): string {
  if (error instanceof ConfigError) {
    return error.message
      .replace(/^apiKey\b/, "The SDK key")
      .replace(/^endpoint\b/, "The address")
      .replace(/\bapiKey\b/, "“SDK key”");
  }
  if (error instanceof InputError && UNREADABLE.includes(error.code)) {
    return "this page cannot read what another version of it has remembered in this browser: use that version, or choose “Forget everything…” below";
  }
  if (error instanceof InputError || error instanceof StoreError) return error.message;
  const why = error instanceof Error ? error.message : String(error);
  return `something unexpected happened (${why}): reload the page`;
}
