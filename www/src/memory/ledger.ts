import { type SendOptions, type Store, send } from "split-events";
import { type Import, sendOptions, sourcesOf } from "../import.js";
import type { Again } from "./journal.js";

/** Events that the ledger holds back. */
export interface HeldBack {
  /** Sent before, to the same address with the same key. */
  sent: number;
  /** Sent before to the same address with another key. */
  otherKey: number;
  /** The other events, which would be sent. */
  fresh: number;
}

/** Counts what the ledger would hold back, by a send that is stopped before it begins. */
export async function heldBack(
  checked: Import,
  target: Pick<SendOptions, "apiKey" | "endpoint">,
  ledger: Store,
): Promise<HeldBack> {
  const { unsent, duplicates, otherKey } = await send(sourcesOf(checked.files), {
    ...sendOptions(checked),
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
