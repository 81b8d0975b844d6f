import { InputError, type Receipt, type ResumeOptions, receiptCsv } from "../node.js";
import { type Import, importOf } from "./import.js";
import type { InputFile } from "./inputs.js";
import { handleInterrupts } from "./interrupt.js";
import { type DeliveryFlags, deliveryOptions, given } from "./options.js";
import { drawing, printJson, printText, say } from "./output.js";
import { OutputFiles, type OutputPaths } from "./output-files.js";
import { DeliveryProgress } from "./progress-text.js";
import { proxyFetch } from "./proxy.js";
import type { Stores } from "./stores.js";
import { publicUrl, shellWord } from "./text.js";
import { exit, exitCode, isUnreadable, sayInputErrors } from "./verdict.js";

export interface Delivery {
  inputs: readonly InputFile[];
  flags: DeliveryFlags;
  apiKey: string;
  stores: Stores;
  /** Sends or resumes. */
  run(source: Import, options: Omit<ResumeOptions, "source">): Promise<Receipt>;
}

/** Delivers with files, interrupts and progress, and says how every event ended; the exit code. */
export async function deliver({ inputs, flags, apiKey, stores, run }: Delivery): Promise<number> {
  const fetch = await proxyFetch(process.env);
  const paths = outputPaths(flags);
  const interrupt = handleInterrupts(say);
  const files = new OutputFiles(paths, inputs, (failure) => {
    say(`${failure.message}; stopping`);
    interrupt.stop.abort();
  });

  const source = importOf(inputs, { stop: interrupt.stop.signal });
  const progress = new DeliveryProgress(source);
  let receipt: Receipt;
  let unread: string | undefined;
  try {
    receipt = await run(source, {
      ...deliveryOptions(flags),
      ...given({ fetch, ledger: stores.ledger, ledgerDays: flags.ledgerDays, resend: flags.resend }),
      apiKey,
      signal: interrupt.stop.signal,
      cutSignal: interrupt.cut.signal,
      onProgress: progress.show,
      ...(wantsEvents(flags) ? { onUndelivered: files.write } : {}),
    });
  } catch (error) {
    if (!(error instanceof InputError && error.receipt)) {
      files.discard();
      throw error;
    }
    receipt = error.receipt;
    unread = error.message;
  } finally {
    progress.end();
    interrupt.release();
  }
  if (flags.csv !== undefined) files.write("csv", new TextEncoder().encode(receiptCsv(receipt)));
  const lost = files.finish();
  await printReceipt(receipt, flags);
  if (unread) say(unread);
  const interrupted = interrupt.stop.signal.aborted;
  if (!interrupted) sayStopped(receipt, flags.endpoint);
  if (interrupted || flags.json) sayHowToGoOn(receipt, flags.journal);
  if (lost) return exit.open;
  return unread !== undefined && receipt.events === 0 ? exit.usage : exitCode(receipt);
}

export async function printReceipt(receipt: Receipt, flags: DeliveryFlags): Promise<void> {
  if (flags.json) printJson(receipt);
  else if (!isUnreadable(receipt)) {
    const { renderReceipt } = await import("./table.js");
    printText(
      renderReceipt(receipt, { ...drawing(), files: outputPaths(flags), ...given({ journal: flags.journal }) }),
    );
  }
  sayInputErrors(receipt);
  if (receipt.duplicates > 0 && receipt.duplicates === receipt.events - receipt.refused) {
    say(
      "nothing was sent: the ledger knows all of these events from an earlier import, which has delivered them, or may have",
    );
  }
}

/** Whether a file is to hold events. */
export function wantsEvents({ refused, unknown, unsent }: DeliveryFlags): boolean {
  return [refused, unknown, unsent].some((path) => path !== undefined);
}

function outputPaths({ refused, unknown, unsent, csv }: DeliveryFlags): OutputPaths {
  return given({ refused, unknown, unsent, csv });
}

function sayStopped({ stopped }: Receipt, endpoint: string | undefined): void {
  if (stopped) say(endpoint === undefined ? stopped.message : `${publicUrl(endpoint)}: ${stopped.message}`);
}

function sayHowToGoOn({ unsent, duplicates }: Receipt, journal: string | undefined): void {
  if (journal === undefined || unsent === duplicates) return;
  say(`what is unsent is sent by: split-events resume --journal ${shellWord(journal)}`);
}
