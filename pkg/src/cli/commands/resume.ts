import { resolve } from "node:path";
import { listUnknown, type Store } from "../../node.js";
import { resume } from "../../send/deliver.js";
import { endpointOf } from "../../send/import.js";
import { type Journal, readJournal } from "../../send/read-journal.js";
import { findKey } from "../environment/key.js";
import { exitCode } from "../exit.js";
import { Failure } from "../failure.js";
import { given, type ResumeFlags } from "../flags/options.js";
import { knownKeys } from "../input/known-keys.js";
import { say } from "../output/output.js";
import { fileName } from "../output/text.js";
import { removeJournal } from "../stores/kept-journal.js";
import { asKeptSource, findKeptFiles } from "../stores/kept-source.js";
import { openStores, withJournal } from "../stores/stores.js";
import { deliver, printReceipt, wantsEvents } from "./deliver.js";

/** Runs `split-events resume`: sends what an import has left, and says how all of its events ended. */
export async function resumeCommand(flags: ResumeFlags): Promise<number> {
  let isOver = false;
  const code = await withJournal(flags.journal, async (journal) => {
    const read = await readJournal(journal);
    const code = await resumed(read, journal, flags);
    const ours = asKeptSource(read.import?.source)?.journal === resolve(flags.journal);
    isOver = ours && (await leavesNothing(journal));
    return code;
  });
  if (isOver) await removeJournal(flags.journal);
  return code;
}

async function resumed(read: Journal, journal: Store, flags: ResumeFlags): Promise<number> {
  if (!read.import) {
    throw new Failure(
      "journal_empty",
      `the journal in ${fileName(flags.journal)} holds no import: begin one with split-events send`,
    );
  }
  if (!read.receipt) return goOnWith(read, journal, flags);
  say("the import is finished: nothing was left to send, and this is its receipt");
  if (wantsEvents(flags) || flags.csv !== undefined) return goOnWith(read, journal, flags);
  const kept = asKeptSource(read.import.source);
  // a journal that this command keeps on its own is removed now
  const canSave = kept?.files !== undefined && kept.journal !== resolve(flags.journal);
  await printReceipt(read.receipt, flags, canSave);
  return exitCode(read.receipt);
}

/** Tells whether nothing is left to send or to decide about. */
async function leavesNothing(journal: Store): Promise<boolean> {
  const { receipt } = await readJournal(journal);
  return receipt !== undefined && (await listUnknown(journal)).length === 0;
}

async function goOnWith(read: Journal, journal: Store, own: ResumeFlags): Promise<number> {
  // flags that are not given are as the import began
  const kept = asKeptSource(read.import?.source);
  const endpoint = own.endpoint ?? (read.import && endpointOf(read.import));
  const flags = {
    ...given({ endpoint, ledger: kept?.ledger, ledgerDays: kept?.ledgerDays }),
    ...given(own),
  } as ResumeFlags;
  const inputs = read.import?.bodies ? [] : await findKeptFiles(kept);
  const keys = await knownKeys([], flags);
  // a finished import sends nothing
  const apiKey = read.receipt ? "unused" : await findKey(process.env, flags.knownKeys === "-");
  const ledger = read.receipt ? undefined : flags.ledger;
  const stores = await openStores(given({ ledger }));
  try {
    return await deliver({
      ...{ inputs, flags, apiKey, stores },
      run: ({ sources }, options) =>
        resume(read, journal, { ...keys, ...options, ...(inputs.length > 0 && { source: sources }) }),
    });
  } finally {
    await stores.close();
  }
}
