import type { Receipt } from "../receipt/receipt.js";

/**
 * The WebAssembly module failed: it has an error, or no memory or stack was left. The next call starts it anew. What was
 * made before, such as a `Batcher`, belongs to the module that failed and throws this error from then on: make another.
 * A client makes itself anew and keeps its queue. The `cause` is what the engine threw.
 */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
  readonly code = "module_failed";
  /** What became of the events that were read. What was in flight is unknown. Set by `send` and `resumeImport`. */
  readonly receipt?: Receipt;

  constructor(message: string, more: { cause?: unknown; receipt?: Receipt } = {}) {
    super(message, { cause: more.cause });
    if (more.receipt) this.receipt = more.receipt;
  }
}
