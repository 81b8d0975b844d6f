import { type CheckOptions, type SendOptions, type Store, send } from "split-events";
import type { Again, HeldBack, Target } from "../../link/protocol.js";
import { sourcesOf } from "../files.js";

/** Counts what the ledger would hold back, by a send that is stopped before it begins. */
export async function heldBack(
  files: readonly File[],
  options: CheckOptions,
  target: Target,
  ledger: Store,
): Promise<HeldBack> {
  const { unsent, duplicates, otherKey } = await send(sourcesOf(files), {
    ...options,
    ...target,
    ledger,
    signal: AbortSignal.abort(),
  });
  return { sent: duplicates, otherKey, fresh: unsent - duplicates - otherKey };
}

export async function isEmpty(store: Store): Promise<boolean> {
  for await (const _ of store.entries()) return false;
  return true;
}

/** Returns the ledger to send with; with `sent`, one that holds nothing back. */
export function ledgerOptions(ledger: Store, { sent }: Again): Pick<SendOptions, "ledger"> {
  return { ledger: sent ? holdingNothingBack(ledger) : ledger };
}

/** Remembers what is sent, and knows no earlier send. */
function holdingNothingBack(ledger: Store): Store {
  return {
    async *entries() {},
    put: (key, value) => ledger.put(key, value),
    delete: (key) => ledger.delete(key),
    sync: () => ledger.sync(),
    close: () => ledger.close(),
  };
}
