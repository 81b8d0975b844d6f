import type { Receipt } from "../receipt/receipt.js";
import type { Report } from "../report/report.js";
import { ConfigError } from "./config-error.js";
import { InputError } from "./input-error.js";

/** The codes of an input that is wrong in itself: no stream has failed. */
const NOT_READ = ["invalid_input", "already_read", "path_given", "lines_without_ends"];

/** Returns the error for a stream that threw `cause`. */
export function streamFailed(cause: unknown, more: { report?: Report; receipt?: Receipt }): InputError {
  // a source of a list that is read one by one
  if (cause instanceof ConfigError) return new InputError("invalid_input", cause.message, more);
  if (cause instanceof InputError && NOT_READ.includes(cause.code)) {
    return new InputError(cause.code, cause.message, more);
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return new InputError("stream_failed", `the input could not be read to its end: ${why}`, { cause, ...more });
}
