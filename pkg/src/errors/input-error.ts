import type { Receipt } from "../receipt/receipt.js";
import type { Report } from "../report/report.js";

/**
 * The input cannot be read.
 *
 * - `invalid_input`: the input is no bytes, text, stream or objects, or it is a promise
 * - `already_read`: the input can be read only once, and was
 * - `path_given`: the input is the name of a file or an address, not its content
 * - `lines_without_ends`: the texts are lines of a table without their ends; see the option `lines`
 * - `stream_failed`: the stream failed, as the `cause` says
 *
 * The message of any other code says what to do.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly code: string;
  /** What the check found before the error. Set by `check`. */
  readonly report?: Report;
  /** What became of the events before the error. Set by `send` and `resumeImport`. */
  readonly receipt?: Receipt;

  constructor(code: string, message: string, more: { cause?: unknown; report?: Report; receipt?: Receipt } = {}) {
    super(message, { cause: more.cause });
    this.code = code;
    if (more.report) this.report = more.report;
    if (more.receipt) this.receipt = more.receipt;
  }
}
