import { InputError, type Progress, type Receipt, send } from "../node.js";
import { importOf } from "./import.js";
import { findInputs } from "./inputs.js";
import { handleInterrupts } from "./interrupt.js";
import { findKey } from "./key.js";
import { knownKeys } from "./known-keys.js";
import { batchOptions, checkOptions, given, type SendFlags } from "./options.js";
import { drawing, printJson, printText, progress, say } from "./output.js";
import { proxyFetch } from "./proxy.js";
import { count, counted, publicUrl } from "./text.js";
import { UndeliveredFiles, type UndeliveredPaths } from "./undelivered.js";
import { exit, exitCode, isUnreadable, sayInputErrors } from "./verdict.js";

/** `split-events send`: checks, batches and delivers, and says how every event ended. */
export async function sendCommand(names: string[], flags: SendFlags): Promise<number> {
  const inputs = await findInputs(names);
  const keys = await knownKeys(names, flags);
  const apiKey = await findKey(process.env, names.includes("-") || flags.knownKeys === "-");
  const fetch = await proxyFetch(process.env);
  const paths: UndeliveredPaths = given({ refused: flags.refused, unknown: flags.unknown, unsent: flags.unsent });
  const interrupt = handleInterrupts(say);
  const undelivered = new UndeliveredFiles(paths, inputs, (failure) => {
    say(`${failure.message}; stopping`);
    interrupt.stop.abort();
  });

  const source = importOf(inputs, { stop: interrupt.stop.signal });
  let receipt: Receipt;
  let unread: string | undefined;
  try {
    receipt = await send(source.sources, {
      ...checkOptions(flags),
      ...batchOptions(flags),
      ...keys,
      ...given({ endpoint: flags.endpoint, timeout: flags.timeout, concurrency: flags.concurrency, fetch }),
      apiKey,
      signal: interrupt.stop.signal,
      cutSignal: interrupt.cut.signal,
      onProgress: (state) => progress.show(() => progressText(state, source.read())),
      ...(Object.keys(paths).length > 0 ? { onUndelivered: undelivered.write } : {}),
    });
  } catch (error) {
    if (!(error instanceof InputError && error.receipt)) {
      undelivered.discard();
      throw error;
    }
    receipt = error.receipt;
    unread = error.message;
  } finally {
    interrupt.release();
  }
  const lost = undelivered.finish();

  if (flags.json) printJson(receipt);
  else if (!isUnreadable(receipt)) {
    printText((await import("./table.js")).renderReceipt(receipt, { ...drawing(), files: paths }));
  }
  sayInputErrors(receipt);
  if (unread) say(unread);
  if (!interrupt.stop.signal.aborted) sayStopped(receipt, flags.endpoint);
  return lost ? exit.open : exitCode(receipt);
}

function progressText(state: Progress, read: string): string {
  const open = (["refused", "unknown", "unsent"] as const)
    .filter((name) => state[name] > 0)
    .map((name) => `, ${count(state[name])} ${name}`)
    .join("");
  return `${read}, ${counted(state.events, "event")}: ${count(state.accepted)} accepted${open}`;
}

function sayStopped({ stopped }: Receipt, endpoint: string | undefined): void {
  if (stopped) say(endpoint === undefined ? stopped.message : `${publicUrl(endpoint)}: ${stopped.message}`);
}
