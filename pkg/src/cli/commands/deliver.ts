import { InputError, ModuleError, type Receipt, type ResumeOptions, receiptCsv } from "../../node.js";
import { leftToSend } from "../../words/index.js";
import { proxyFetch } from "../environment/proxy.js";
import { exit, exitCode, isUnreadable } from "../exit.js";
import { type DeliveryFlags, deliveryOptions, given } from "../flags/options.js";
import { type Import, importOf } from "../input/import.js";
import type { InputFile } from "../input/inputs.js";
import { handleInterrupts } from "../interrupt.js";
import { sayInputErrors, sayPreset } from "../output/input-errors.js";
import { drawing, printJson, printText, say, sayCommand } from "../output/output.js";
import { OutputFiles, type OutputPaths } from "../output/output-files.js";
import { DeliveryProgress } from "../output/progress-text.js";
import { publicUrl, shellWord } from "../output/text.js";
import type { KeptJournal } from "../stores/kept-journal.js";
import { canBeReadAgain } from "../stores/kept-source.js";
import type { Stores } from "../stores/stores.js";

export interface Delivery {
  inputs: readonly InputFile[];
  flags: DeliveryFlags;
  apiKey: string;
  stores: Stores;
  /** Kept unless a journal was named. */
  kept?: KeptJournal;
  /** Sends or resumes. */
  run(source: Import, options: Omit<ResumeOptions, "source">): Promise<Receipt>;
}

/** Delivers with files, interrupts and progress, and says how every event ended. Returns the exit code. */
export async function deliver({ inputs, flags, apiKey, stores, kept, run }: Delivery): Promise<number> {
  const fetch = await proxyFetch(process.env);
  const paths = outputPaths(flags);
  const interrupt = handleInterrupts(say, async () => {
    if (!kept) return;
    sayHowToGoOn("resume", kept.path, await kept.keep(), flags.endpoint);
    await kept.close();
  });
  const files = new OutputFiles(paths, inputs, (failure) => {
    say(`${failure.message}; stopping`);
    interrupt.stop.abort();
  });

  const source = importOf(inputs, { stop: interrupt.stop.signal });
  const progress = new DeliveryProgress(source);
  let receipt: Receipt;
  let unread: InputError | ModuleError | undefined;
  try {
    receipt = await run(source, {
      ...deliveryOptions(flags),
      ...given({ fetch, ledger: stores.ledger, ledgerDays: flags.ledgerDays, resend: flags.resend }),
      apiKey,
      signal: interrupt.stop.signal,
      cutSignal: interrupt.cut.signal,
      onProgress: (state) => {
        if (state.stopped) kept?.stop();
        progress.show(state);
      },
      ...(wantsEvents(flags) ? { onUndelivered: files.write } : {}),
    });
  } catch (error) {
    if (!((error instanceof InputError || error instanceof ModuleError) && error.receipt)) {
      files.discard();
      if (kept?.begun) sayHowToGoOn("resume", kept.path, await kept.keep(), flags.endpoint);
      interrupt.release();
      throw error;
    }
    receipt = error.receipt;
    unread = error;
  } finally {
    progress.end();
  }
  // a damaged file is as damaged when it is read again
  const isDamaged = unread?.cause instanceof InputError && /_(corrupt|unsupported)$/.test(unread.cause.code);
  const mayBeRead = unread !== undefined && !isDamaged && canBeReadAgain(inputs);
  const failed = unread instanceof ModuleError;
  const next = failed ? "resume" : nextStep(receipt, mayBeRead);
  const unkept = next && (await kept?.keep());
  if (!next) await kept?.discard();
  interrupt.release();
  const journal = (next && unkept === undefined && kept?.path) || flags.journal || undefined;
  if (flags.csv !== undefined) files.write("csv", new TextEncoder().encode(receiptCsv(receipt)));
  const lost = files.finish();
  await printReceipt(receipt, { ...flags, journal: journal ?? false });
  sayPreset(receipt, process.argv.slice(3));
  if (failed) say("the module failed during the delivery: what was in flight is unknown");
  else if (unread) say(unread.message);
  if (!interrupt.stop.signal.aborted) sayStopped(receipt, flags.endpoint);
  if (next) sayHowToGoOn(next, kept?.path ?? journal, unkept, flags.endpoint);
  if (lost) return exit.open;
  if (failed) return receipt.accepted + receipt.unknown + receipt.refusedBy.service === 0 ? exit.usage : exit.open;
  return unread !== undefined && receipt.events === 0 ? exit.usage : exitCode(receipt);
}

export async function printReceipt(receipt: Receipt, flags: DeliveryFlags, canSave?: boolean): Promise<void> {
  if (flags.json) printJson(receipt);
  else if (!isUnreadable(receipt)) {
    const { renderReceipt } = await import("../output/table.js");
    printText(
      renderReceipt(receipt, {
        ...drawing(),
        files: outputPaths(flags),
        ...given({ journal: flags.journal || undefined, canSave }),
      }),
    );
  }
  sayInputErrors(receipt);
  if (receipt.duplicates > 0 && receipt.duplicates === receipt.events - receipt.refused) {
    say(
      "nothing was sent: the ledger knows all of these events from an earlier import, which has sent them, or may have",
    );
  }
}

/** Tells whether a file is to hold events. */
export function wantsEvents({ refused, unknown, unsent }: DeliveryFlags): boolean {
  return [refused, unknown, unsent].some((path) => path !== undefined);
}

function outputPaths({ refused, unknown, unsent, csv }: DeliveryFlags): OutputPaths {
  return given({ refused, unknown, unsent, csv });
}

function sayStopped({ stopped }: Receipt, endpoint: string | undefined): void {
  if (stopped) say(endpoint === undefined ? stopped.message : `${publicUrl(endpoint)}: ${stopped.message}`);
}

/** The command that goes on with an import that has left events. */
type NextStep = "resume" | "unknown";

function nextStep(receipt: Receipt, rereadable: boolean): NextStep | undefined {
  const { events, batches } = receipt;
  if (leftToSend(receipt) > 0 || (rereadable && events > 0)) return "resume";
  const isOpen = batches.some(({ state, reason }) => state === "unknown" && reason !== "dropped");
  return isOpen ? "unknown" : undefined;
}

/** The last line is the command itself. */
function sayHowToGoOn(
  next: NextStep,
  journal: string | undefined,
  failure: string | undefined,
  endpoint: string | undefined,
): void {
  if (journal === undefined) say("nothing can be resumed, since --no-journal keeps no journal of the import");
  else if (failure !== undefined) say(`nothing can be resumed: ${failure}`);
  else {
    const again = endpoint?.includes("?") ? ", with --endpoint again, since the journal does not keep its query" : "";
    say(next === "resume" ? `this sends what is left${again}:` : "this lists the batches whose outcome is unknown:");
    sayCommand(`split-events ${next} --journal ${shellWord(journal)}`);
  }
}
