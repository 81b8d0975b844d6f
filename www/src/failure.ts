import { ConfigError, InputError, StoreError } from "split-events";
import { Busy } from "./journal.js";

/** What went wrong in one line, with the fields named as the page names them. */
export function failureText(error: unknown): string {
  if (error instanceof ConfigError) {
    return error.message
      .replace(/^apiKey\b/, "The SDK key")
      .replace(/^endpoint\b/, "The address")
      .replace(/\bapiKey\b/, "“SDK key”");
  }
  if (error instanceof InputError || error instanceof StoreError || error instanceof Busy) return error.message;
  const why = error instanceof Error ? error.message : String(error);
  return `something unexpected happened (${why}): reload the page`;
}
