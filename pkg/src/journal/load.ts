import { init } from "../module/module.js";
import { assertStore } from "../options/values.js";
import type { Store } from "../stores/store.js";
import { RawJournal } from "../wasm/split_events.js";
import { unreadable } from "./unreadable.js";

/**
 * Reads a journal, be it that of an import, a client or an outbox.
 *
 * @throws InputError if it holds an entry that this version does not understand.
 */
export async function loadJournal(store: Store): Promise<RawJournal> {
  await init();
  assertStore("journal", store);
  const raw = new RawJournal();
  for await (const [key, value] of store.entries()) {
    const unread = raw.load(key, value);
    if (unread !== undefined) throw unreadable("journal", key, unread);
  }
  return raw;
}
