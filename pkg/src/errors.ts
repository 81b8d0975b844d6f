import type { Receipt, Report } from "./types.js";

/** An option or an argument is wrong. `code` is stable; the message echoes the bad value. */
export class ConfigError extends TypeError {
  override readonly name = "ConfigError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The input cannot be read.
 *
 * - `invalid_input`: it is no bytes, no text, no stream and no objects, or a promise of them
 * - `already_read`: it can be read only once, and was
 * - `path_given`: it is the name of a file or an address, not what is in there
 * - `lines_without_ends`: its texts are the lines of a table without their ends; see the option `lines`
 * - `stream_failed`: its stream failed, as the `cause` says
 *
 * Others say in their message what to do.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly code: string;
  /** What was found up to there, where a check was under way. */
  readonly report?: Report;
  /** What became of the events up to there, where a send was under way. */
  readonly receipt?: Receipt;

  constructor(code: string, message: string, more: { cause?: unknown; report?: Report; receipt?: Receipt } = {}) {
    super(message, { cause: more.cause });
    this.code = code;
    if (more.report) this.report = more.report;
    if (more.receipt) this.receipt = more.receipt;
  }
}

/**
 * - `store_locked`: another owner has it open
 * - `store_closed`: it was closed, or taken away by the runtime
 * - `store_corrupt`: what is in it is damaged
 * - `store_full`: there is no room for more
 * - `store_failed`: anything else that reading or writing can meet, then the `cause`
 */
export type StoreErrorCode = "store_locked" | "store_closed" | "store_corrupt" | "store_full" | "store_failed";

/** A store cannot be opened, read, or made durable. The message says where, and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** What the module throws is a plain object: makes it an error of ours. */
export function asError(thrown: unknown): unknown {
  if (typeof thrown === "object" && thrown !== null && "config" in thrown) {
    const { code, message } = thrown as unknown as { code: string; message: string };
    return new ConfigError(code, message);
  }
  return thrown;
}

/** What was freed can do nothing more. */
export function assertHeld(name: string, isFreed: boolean): void {
  if (isFreed) throw new ConfigError("freed", `this ${name} was freed: make another one`);
}

/** What was given is no input, and no stream has failed. */
const NOT_READ = ["invalid_input", "already_read", "path_given", "lines_without_ends"];

export function streamFailed(cause: unknown, more: { report?: Report; receipt?: Receipt }): InputError {
  // a source of a list that is read one by one
  if (cause instanceof ConfigError) return new InputError("invalid_input", cause.message, more);
  if (cause instanceof InputError && NOT_READ.includes(cause.code)) {
    return new InputError(cause.code, cause.message, more);
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return new InputError("stream_failed", `the input could not be read to its end: ${why}`, { cause, ...more });
}
