import { ConfigError } from "../errors/config-error.js";
import { InputError } from "../errors/input-error.js";
import { ModuleError } from "../errors/module-error.js";
import { streamFailed } from "../errors/stream-failed.js";
import { Hooks } from "../hooks/hooks.js";
import { items } from "../input/items.js";
import { sizeOf } from "../input/size.js";
import type { Input } from "../input/sources.js";
import { KnownKeys } from "../known-keys/known-keys.js";
import { instanceNow } from "../module/module.js";
import { asError } from "../module/thrown.js";
import { checked, withDefaults } from "../options/checked.js";
import { type Recognition, recognition } from "../options/recognition.js";
import type { Receipt } from "../receipt/receipt.js";
import { type Store, writable } from "../stores/store.js";
import { type RawJournal, sendItems } from "../wasm/split_events.js";
import { endpointOf, type Import, movedImport } from "./import.js";
import { readLedger } from "./ledger.js";
import type { ResumeOptions, SendOptions } from "./options.js";
import type { Journal } from "./read-journal.js";
import { SoFar } from "./so-far.js";
import { timed } from "./speed.js";

/** Resumes the import of a journal that was read, be it finished or not. */
export async function resume(read: Journal, journal: Store, options: ResumeOptions): Promise<Receipt> {
  const { raw, import: began } = read;
  const own = checked("resumeImport", options);
  if (!began) throw new ConfigError("journal_empty", "the journal holds no import: there is nothing to resume");
  if (!began.bodies && own.source === undefined) {
    throw new ConfigError(
      "source_missing",
      "the journal keeps no bodies: give the input of the import again, as source",
    );
  }
  if (began.bodies && own.source !== undefined) {
    throw new ConfigError(
      "source_unused",
      "the journal keeps the bodies of what was read, and the source cannot be read on: leave source out; what had not been read is sent by a new import of the source with the same ledger",
    );
  }
  const source = began.bodies ? nothing() : (own.source as Input);
  const endpoint = own.endpoint ?? endpointOf(began);
  const goesTo = endpoint !== undefined && { endpoint };
  const all = { ...own, ...goesTo, ...began.options, journal, journalBodies: began.bodies };
  const moved = await movedImport(began, all);
  return deliver(source, all, {
    ...{ importId: began.run, journal: raw, moved: began.moved === true || moved !== undefined },
    ...(moved && !began.moved && { description: moved }),
  });
}

/** One process of an import. */
export interface ImportProcess {
  importId: string;
  /** What the journal holds, if there is one. */
  journal?: RawJournal;
  /** The description of the import that the journal is to have, if it changes. */
  description?: Import;
  /** Whether an earlier process of the import had another key or went to another endpoint. */
  moved?: boolean;
  /** Whether the ledger counts events under any key: there is no key, since nothing is sent. */
  anyKey?: boolean;
  /** What becomes of an export that is recognised, if no option says so; default "ask". */
  recognise?: Recognition;
}

/** Checks, batches and delivers an input, with options that were checked. */
export async function deliver(input: Input, options: SendOptions, process: ImportProcess): Promise<Receipt> {
  const { importId, journal, description } = process;
  const hooks = new Hooks();
  const sofar = new SoFar();
  const recognise = recognition(options, process.recognise ?? "ask");
  const read = items(input, options);
  let sent: { receipt: Receipt; failure?: unknown } | { sourceChanged: number };
  try {
    const ledger = await readLedger(importId, options, process);
    const instance = instanceNow();
    sent = await instance.settled(
      sendItems(
        read,
        {
          ...withDefaults("send", timed(hooks.guarded(withStores(options)), sizeOf(input))),
          ...sofar.hooks,
          recognise,
        },
        importId,
        KnownKeys.shared(options.knownKeys),
        journal,
        ledger,
        description && JSON.stringify(description),
      ),
    );
  } catch (error) {
    const known = asError(error);
    if (!(known instanceof ModuleError)) throw known;
    read.return().catch(() => {}); // the input is let go of
    throw moduleFailed(known, sofar.receipt(hooks.errors), options.journal !== undefined);
  }
  if ("sourceChanged" in sent) {
    throw new InputError(
      "source_changed",
      `the source has changed since the import began: batch ${sent.sourceChanged} differs. Nothing was sent; give the source as it was, or begin a new import`,
    );
  }
  await hooks.ended();
  sent.receipt.hookErrors = hooks.errors;
  if ("failure" in sent) throw streamFailed(sent.failure, { receipt: sent.receipt });
  return sent.receipt;
}

/** Returns the error with what became of the events that were read. */
function moduleFailed({ cause }: ModuleError, receipt: Receipt, hasJournal: boolean): ModuleError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const what = hasJournal
    ? "resume the import by its journal, which says that what was in flight is unknown"
    : "the receipt of this error says what became of the events that were read";
  return new ModuleError(`the module failed (${why}) during the delivery: ${what}`, { cause, receipt });
}

function withStores(options: SendOptions): SendOptions {
  if (!options.journal && !options.ledger) return options;
  const stores = { journal: writable(options.journal), ledger: writable(options.ledger) };
  return { ...options, ...(stores as Pick<SendOptions, "journal" | "ledger">) };
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}
