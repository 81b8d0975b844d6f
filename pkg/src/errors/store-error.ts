/**
 * - `store_locked`: another owner has the store open
 * - `store_closed`: the store was closed, or taken away by the runtime
 * - `store_corrupt`: the content of the store is damaged
 * - `store_full`: the store has no room
 * - `store_failed`: a newer version wrote the store, or reading or writing failed for another reason, the `cause`
 */
export type StoreErrorCode = "store_locked" | "store_closed" | "store_corrupt" | "store_full" | "store_failed";

/** A store cannot be opened, read or made durable. The message says where, and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
