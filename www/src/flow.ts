import {
  type CheckOptions,
  Control,
  InputError,
  type Progress,
  type Receipt,
  resumeImport,
  type SendOptions,
  type Store,
  send,
} from "split-events";
import { failureText } from "./failure.js";
import { checkFiles, droppedCodes, type Import, sourcesOf } from "./import.js";
import { type BrokenOff, brokenOff, clear, identities, openJournal } from "./journal.js";
import { SentFiles } from "./sent-files.js";
import { checkScene } from "./steps/check.js";
import { checkingScene } from "./steps/checking.js";
import { chooseScene } from "./steps/choose.js";
import { receiptScene, type Sent } from "./steps/receipt.js";
import { sendScene, type Target } from "./steps/send.js";
import { type Brakes, sendingScene } from "./steps/sending.js";
import type { Dropped } from "./ui/dropped-files.js";
import { listed } from "./ui/format.js";
import { announce, show } from "./ui/stage.js";
import { Undelivered } from "./undelivered.js";

export interface Places {
  /** The service's own address. */
  service: string;
  /** The address that came with the link to this page. */
  linked?: string | undefined;
}

/** The way through the four steps. */
export class Flow {
  readonly #places: Places;
  readonly #sentFiles = new SentFiles();
  #target: Target;
  #busy = false;
  /** What the journal said when it was last asked, so that the step to the key need not wait for it. */
  #before: BrokenOff | undefined;

  constructor(places: Places) {
    this.#places = places;
    this.#target = { apiKey: "", endpoint: places.linked ?? places.service };
  }

  choose({ trouble, focus = true }: { trouble?: string; focus?: boolean } = {}): void {
    show(chooseScene({ onFiles: (files) => void this.check(files) }, trouble), { focus });
  }

  drop({ files, folders }: Dropped): void {
    if (this.#busy) announce("Not now: wait until this step is over, then drop the files again.");
    else if (folders.length > 0) this.choose({ trouble: folderText(folders) });
    else if (files.length > 0) void this.check(files);
    else this.choose({ trouble: "There was no file in what you dropped: drop JSON, NDJSON, CSV or TSV files." });
  }

  async check(files: readonly File[], options: CheckOptions = {}): Promise<void> {
    const { scene, reading } = checkingScene(files);
    show(scene);
    this.#busy = true;
    try {
      const before = brokenOffBefore(files);
      const checked = await checkFiles(files, options, reading);
      this.#before = await before;
      this.#checked(checked);
    } catch (error) {
      this.choose({ trouble: `These files could not be checked: ${failureText(error)}.` });
    } finally {
      this.#busy = false;
    }
  }

  #checked(checked: Import, sent?: Sent): void {
    show(
      checkScene(checked, droppedCodes(), {
        onSend: () => this.#prepare(checked),
        onOther: () => this.choose(),
        onOptions: (options) => void this.check(checked.files, options),
        onReceipt: sent && (() => this.#receipt(checked, sent)),
      }),
    );
  }

  #prepare(checked: Import, trouble?: unknown): void {
    const { service, linked } = this.#places;
    const before = this.#before;
    const scene = sendScene(
      checked,
      {
        target: this.#target,
        service,
        linked,
        earlier: before?.same ? undefined : this.#sentFiles.find(checked.files),
        before,
        trouble,
      },
      { onSend: (target) => void this.#send(checked, target), onBack: () => this.#checked(checked) },
    );
    show(scene);
    if (trouble !== undefined) scene.content.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }

  async #send(checked: Import, target: Target): Promise<void> {
    this.#target = target;
    const brakes: Brakes = { control: new Control(), stop: new AbortController(), cut: new AbortController() };
    const undelivered = new Undelivered();
    const { scene, draw } = sendingScene(checked.report.events, hostOf(target.endpoint), brakes);
    let begun: Progress | undefined;
    show(scene);
    this.#busy = true;
    addEventListener("beforeunload", warnBeforeLeaving);
    let journal: Store | undefined;
    let end: () => void;
    try {
      journal = await openJournal();
      const options = {
        ...target,
        totalBytes: checked.files.reduce((sum, file) => sum + file.size, 0),
        control: brakes.control,
        signal: brakes.stop.signal,
        cutSignal: brakes.cut.signal,
        onProgress: (now: Progress) => {
          begun = now;
          draw(now);
        },
        onUndelivered: undelivered.take,
      };
      const receipt = await deliver(checked, journal, options);
      if (journal && !hasLeft(receipt)) await clear(journal);
      end = () => this.#ended(checked, { receipt, undelivered });
    } catch (error) {
      const receipt = error instanceof InputError ? error.receipt : undefined;
      if (receipt) end = () => this.#ended(checked, { receipt, undelivered, unread: failureText(error) });
      else end = () => this.#brokenOff(checked, error, begun);
    }
    await journal?.close();
    this.#before = await brokenOffBefore(checked.files);
    this.#busy = false;
    removeEventListener("beforeunload", warnBeforeLeaving);
    end();
  }

  /** Without a receipt nobody can say what arrived, unless nothing had begun. */
  #brokenOff(checked: Import, error: unknown, begun: Progress | undefined): void {
    if (begun) {
      this.#sentFiles.add(checked.files, { accepted: begun.accepted, unknown: begun.events - begun.accepted });
    }
    this.#prepare(checked, error);
  }

  #ended(checked: Import, sent: Sent): void {
    this.#sentFiles.add(checked.files, sent.receipt);
    this.#receipt(checked, sent);
  }

  #receipt(checked: Import, sent: Sent): void {
    show(
      receiptScene(sent, {
        onAgain: () => this.#prepare(checked),
        onCheck: () => this.#checked(checked, sent),
        onOther: () => this.choose(),
      }),
    );
  }
}

/** Goes on where an earlier send of the same files was broken off; else begins. */
async function deliver(checked: Import, journal: Store | undefined, options: SendOptions): Promise<Receipt> {
  const source = sourcesOf(checked.files);
  if (!journal) return send(source, { ...checked.options, ...options });
  if ((await brokenOff(journal, checked.files))?.same) return resumeImport(journal, { ...options, source });
  await clear(journal);
  const journalSource = identities(checked.files);
  return send(source, { ...checked.options, ...options, journal, journalBodies: false, journalSource });
}

/** Whether sending can go on: what a wrong key has cost can be sent with the right one, too. */
function hasLeft({ unsent, refusedBy, stopped }: Receipt): boolean {
  return unsent > 0 || (stopped !== undefined && refusedBy.service > 0);
}

/** Where another tab is sending, that is said when Send is pressed. */
async function brokenOffBefore(files: readonly File[]): Promise<BrokenOff | undefined> {
  const journal = await openJournal().catch(() => undefined);
  try {
    return journal && (await brokenOff(journal, files));
  } finally {
    await journal?.close();
  }
}

function folderText(names: readonly string[]): string {
  return `${listed(names)} ${names.length === 1 ? "is a folder" : "are folders"}: drop the files in it instead.`;
}

/** Events on their way would end unknown, and nobody would be told. */
function warnBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
