import { ConfigError, InputError, StoreError } from "split-events";

/** What the page remembers is of no use to it. */
const UNREADABLE = ["ledger_unreadable", "journal_unreadable"];

/** What went wrong in one line, with the fields named as the page names them. */
export function failureText(error: unknown): string {
  if (error instanceof ConfigError) {
    return error.message
      .replace(/^apiKey\b/, "The SDK key")
      .replace(/^endpoint\b/, "The address")
      .replace(/\bapiKey\b/, "“SDK key”");
  }
  if (error instanceof InputError && UNREADABLE.includes(error.code)) {
    return "another version of this page wrote what it remembers, and this one cannot read it: use that version, or forget everything below";
  }
  if (error instanceof InputError || error instanceof StoreError) return error.message;
  const why = error instanceof Error ? error.message : String(error);
  return `something unexpected happened (${why}): reload the page`;
}
