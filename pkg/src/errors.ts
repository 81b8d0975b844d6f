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

/** The input cannot be read: a wrong type of argument, or a stream that failed, which is then the `cause`. */
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

/** What the module throws is a plain object: makes it an error of ours. */
export function asError(thrown: unknown): unknown {
  if (typeof thrown === "object" && thrown !== null && "config" in thrown) {
    const { code, message } = thrown as unknown as { code: string; message: string };
    return new ConfigError(code, message);
  }
  return thrown;
}

export function streamFailed(cause: unknown, more: { report?: Report; receipt?: Receipt }): InputError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return cause instanceof InputError && cause.code === "invalid_input"
    ? cause
    : new InputError("stream_failed", `the input could not be read to its end: ${why}`, { cause, ...more });
}
