import { unreadable } from "../journal/unreadable.js";
import { withDefaults } from "../options/checked.js";
import { defaultOf } from "../options/rows.js";
import { RawLedger } from "../wasm/split_events.js";
import { keyDigest } from "./key-digest.js";
import type { SendOptions } from "./options.js";

/** A day in milliseconds. */
const DAY = 24 * 60 * 60 * 1000;

/**
 * Reads the ledger for an import. With `anyKey` there is no key, and events count that went to the endpoint under any.
 *
 * @throws InputError if the store holds an entry of no ledger, or of a newer version.
 */
export async function readLedger(
  importId: string,
  options: SendOptions,
  { moved = false, anyKey = false }: { moved?: boolean; anyKey?: boolean },
): Promise<RawLedger | undefined> {
  const { ledger: store, ledgerDays: days = defaultOf("send", "ledgerDays"), apiKey } = options;
  if (store === undefined) return undefined;
  const key = anyKey ? undefined : apiKey;
  const raw = new RawLedger(
    importId,
    Date.now(),
    days * DAY,
    withDefaults("send", options),
    await keyDigest(importId, key),
    moved,
  );
  let [of, digest] = ["", 0];
  for await (const [name, value] of store.entries()) {
    const [by = ""] = name.split("/", 1);
    if (by !== of) [of, digest] = [by, await keyDigest(by, key)];
    const unread = raw.load(name, value, digest);
    if (unread !== undefined) throw unreadable("ledger", name, unread);
  }
  return raw;
}
