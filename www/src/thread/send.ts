import { type CheckOptions, InputError, type Progress, receiptCsv, resumeImport, type Store, send } from "split-events";
import type { Ended, Intent, Sent, Target } from "../link/protocol.js";
import type { Controls } from "./controls.js";
import { serviceEndpoint } from "./endpoint.js";
import { sizeOf, sourcesOf } from "./files.js";
import { identities } from "./memory/identity.js";
import type { JournalSource } from "./memory/journal.js";
import { heldBack, isEmpty, ledgerOptions } from "./memory/ledger.js";
import type { Memory } from "./memory/memory.js";
import { tell } from "./tell.js";
import { Undelivered } from "./undelivered.js";

interface Delivery {
  files: readonly File[];
  options: CheckOptions;
  target: Target;
  intent: Intent;
  controls: Controls;
  memory: Memory;
}

/** Sends, or goes on with an earlier send. Returns `undefined` if it was stopped before it began. */
export async function deliver(delivery: Delivery): Promise<Ended | undefined> {
  const { memory, controls } = delivery;
  const { signal } = controls.stop;
  let ledger: Store;
  try {
    ledger = await memory.ledger(signal, () => tell("waiting", "tab"));
  } catch (error) {
    if (error === signal.reason) return undefined;
    throw error;
  }
  try {
    return await deliverWith(ledger, delivery);
  } finally {
    await ledger.close();
  }
}

async function deliverWith(ledger: Store, delivery: Delivery): Promise<Ended | undefined> {
  const { files, options, target, intent, controls, memory } = delivery;
  const { again, goOn } = intent;
  const before = goOn === undefined ? await memory.brokenOff(files) : await memory.left(goOn);
  if (!before && !again && !(await isEmpty(ledger))) {
    tell("waiting", "ledger");
    const held = await heldBack(files, options, target, ledger);
    if (controls.stop.signal.aborted) return undefined;
    if (held.sent + held.otherKey > 0) return { held };
  }
  tell("waiting", "no");
  const host = hostOf(target.endpoint);
  const { id, journal } = before
    ? { id: before.id, journal: await memory.journal(before.id) }
    : await memory.begin({ at: Date.now(), files: files.map(({ name }) => name), host });
  const undelivered = new Undelivered();
  const allowed = before?.left.source.again ?? again ?? {};
  let ended: Pick<Sent, "receipt" | "unread">;
  try {
    const delivering = {
      ...target,
      ...ledgerOptions(ledger, allowed),
      totalBytes: sizeOf(files),
      control: controls.control,
      signal: controls.stop.signal,
      cutSignal: controls.cut.signal,
      onProgress: (now: Progress) => tell("sending", now),
      onUndelivered: undelivered.take,
    };
    const source = sourcesOf(files);
    const journalSource: JournalSource = { files: identities(files), host, again: allowed };
    const receipt = before
      ? await resumeImport(journal, { ...delivering, source })
      : await send(source, {
          ...options,
          ...delivering,
          ...(allowed.otherKey && { resend: "other-key" as const }),
          journal,
          journalBodies: false,
          journalSource,
        });
    ended = { receipt };
  } catch (error) {
    const receipt = error instanceof InputError ? error.receipt : undefined;
    if (!receipt) {
      await journal.close();
      await memory.tidy(id);
      throw error;
    }
    ended = { receipt, unread: (error as InputError).message };
  }
  await journal.close();
  const kept = { id, ...ended, ...(target.endpoint !== (await serviceEndpoint()) && { endpoint: target.endpoint }) };
  const open = await memory.settle(host, kept);
  const batches = new Blob([receiptCsv(ended.receipt)], { type: "text/csv" });
  return { sent: { ...kept, ...undelivered.files(), batches, open } };
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
