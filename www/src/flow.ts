import { type CheckOptions, Control, InputError, type Progress, resumeImport, type Store, send } from "split-events";
import { counted, eventsIn, listed } from "split-events/internal/words";
import { failureText } from "./failure.js";
import { checkFiles, droppedCodes, type Import, sendOptions, sourcesOf } from "./import.js";
import { type Again, type Decisions, identities, type JournalSource } from "./memory/journal.js";
import { type HeldBack, heldBack, isEmpty, ledgerOptions } from "./memory/ledger.js";
import type { ListedSend, Memory } from "./memory/memory.js";
import { checkScene } from "./steps/check.js";
import { checkingScene } from "./steps/checking.js";
import { chooseScene, type Notice } from "./steps/choose.js";
import { decideScene } from "./steps/decide.js";
import { askToForget, askToRemove } from "./steps/forget.js";
import { heldScene } from "./steps/held.js";
import { receiptScene, type Sent } from "./steps/receipt.js";
import { sendScene, type Target } from "./steps/send.js";
import { type SendControls, sendingScene } from "./steps/sending.js";
import type { Dropped } from "./ui/dropped-files.js";
import { announce, setBusy, show } from "./ui/stage.js";
import { Undelivered } from "./undelivered.js";

export interface Places {
  /** The service's own address. */
  service: string;
  /** The address that came with the link to this page. */
  linked?: string | undefined;
}

/** Leads through the four steps. */
export class Flow {
  readonly #places: Places;
  /** Opening it can take a while if the browser's storage is in trouble. */
  readonly #memory: Promise<Memory>;
  #target: Target;
  #isBusy = false;
  /** When an earlier send of these files began, if it ended early. Looked up early, so that the next step need not wait. */
  #brokenOff: Date | undefined;
  /** Why the page cannot remember, and whether that was said. */
  #fleeting: string | undefined;
  #saidFleeting = false;

  constructor(places: Places, memory: Promise<Memory>) {
    this.#places = places;
    this.#memory = memory;
    this.#target = { apiKey: "", endpoint: places.linked ?? places.service };
  }

  choose({ notice, focus = true }: { notice?: Notice; focus?: boolean } = {}): void {
    const actions = {
      onFiles: (files: File[]) => void this.check(files),
      onDecide: (past: ListedSend) => this.#decideLater(past),
      onRemove: (past: ListedSend) => void this.#remove(past),
    };
    const sends = this.#memory.then((memory) => memory.sends());
    show(chooseScene(actions, sends, notice), { focus });
  }

  drop({ files, folders }: Dropped): void {
    if (this.#isBusy) announce("Not now: wait until this step is over, then drop the files again.");
    else if (folders.length > 0) this.#trouble(folderText(folders));
    else if (files.length > 0) void this.check(files);
    else this.#trouble("What you dropped holds no file: drop files of events.");
  }

  async check(files: readonly File[], options: CheckOptions = {}): Promise<void> {
    const { scene, reading } = checkingScene(files);
    show(scene);
    this.#setBusy(true);
    try {
      const brokenOff = this.#look(files).catch(() => undefined);
      const checked = await checkFiles(files, options, reading);
      this.#brokenOff = await brokenOff;
      this.#checked(checked);
    } catch (error) {
      this.#trouble(`These files could not be checked: ${failureText(error)}.`);
    } finally {
      this.#setBusy(false);
    }
  }

  /** Forgets all that the page remembers, if the user confirms. */
  async forget(): Promise<void> {
    if (!(await askToForget())) return;
    const gone = await (await this.#memory).forget();
    this.#target = { apiKey: "", endpoint: this.#places.linked ?? this.#places.service };
    const text = gone
      ? "Everything is forgotten. Events that were sent before would now be sent again, and count twice."
      : "Not everything could be forgotten, since another tab of this page is using it. Close the other tabs, then forget everything again.";
    this.choose({ notice: { tone: gone ? "plain" : "error", text } });
  }

  #setBusy(busy: boolean): void {
    this.#isBusy = busy;
    setBusy(busy);
  }

  #trouble(text: string): void {
    this.choose({ notice: { tone: "error", text } });
  }

  async #look(files: readonly File[]): Promise<Date | undefined> {
    const memory = await this.#memory;
    this.#fleeting = memory.fleeting;
    const found = await memory.brokenOff(files);
    return found && new Date(found.left.at);
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
    const fleeting = this.#saidFleeting ? undefined : this.#fleeting;
    this.#saidFleeting = true;
    const scene = sendScene(
      checked,
      { target: this.#target, service, linked, brokenOff: this.#brokenOff, fleeting, trouble },
      { onSend: (target) => void this.#send(checked, target), onBack: () => this.#checked(checked) },
    );
    show(scene);
    if (trouble !== undefined) scene.content.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }

  /** Sends, or goes on with an earlier send, with `goOn` that one. Without `again` it asks first if some events were sent before. */
  async #send(checked: Import, target: Target, { again, goOn }: Intent = {}): Promise<void> {
    this.#target = target;
    const controls: SendControls = { control: new Control(), stop: new AbortController(), cut: new AbortController() };
    const { scene, draw, say } = sendingScene(checked.report.events, hostOf(target.endpoint), controls);
    show(scene);
    this.#setBusy(true);
    addEventListener("beforeunload", warnBeforeLeaving);
    let ledger: Store | undefined;
    let end: () => void;
    try {
      const memory = await this.#memory;
      ledger = await memory.ledger(controls.stop.signal, () => say(WAITING));
      end = await this.#deliver({ checked, target, again, goOn, controls, memory, ledger, draw, say });
    } catch (error) {
      end = () => this.#prepare(checked, error === controls.stop.signal.reason ? undefined : error);
    }
    await ledger?.close();
    this.#brokenOff = await this.#look(checked.files).catch(() => undefined);
    this.#setBusy(false);
    removeEventListener("beforeunload", warnBeforeLeaving);
    end();
  }

  /** Delivers, and returns what shows the result. */
  async #deliver({ checked, target, again, goOn, controls, memory, ledger, draw, say }: Delivery): Promise<() => void> {
    const { files } = checked;
    const before = goOn === undefined ? await memory.brokenOff(files) : await memory.left(goOn);
    if (!before && !again && !(await isEmpty(ledger))) {
      say("Looking whether any of these events were sent before…");
      const held = await heldBack(checked, target, ledger);
      if (controls.stop.signal.aborted) return () => this.#prepare(checked);
      if (held.sent + held.otherKey > 0) return () => this.#heldBack(checked, target, held);
      say("");
    }
    const host = hostOf(target.endpoint);
    const names = files.map(({ name }) => name);
    const { id, journal } = before
      ? { id: before.id, journal: await memory.journal(before.id) }
      : await memory.begin({ at: Date.now(), files: names, host });
    const undelivered = new Undelivered();
    const allowed = before?.left.source.again ?? again ?? {};
    let ended: Pick<Sent, "receipt" | "unread">;
    try {
      const options = {
        ...target,
        ...ledgerOptions(ledger, allowed),
        totalBytes: files.reduce((sum, file) => sum + file.size, 0),
        control: controls.control,
        signal: controls.stop.signal,
        cutSignal: controls.cut.signal,
        onProgress: draw,
        onUndelivered: undelivered.take,
      };
      const source = sourcesOf(files);
      const journalSource: JournalSource = { files: identities(files), host, again: allowed };
      const receipt = before
        ? await resumeImport(journal, { ...options, source })
        : await send(source, {
            ...sendOptions(checked),
            ...options,
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
      ended = { receipt, unread: failureText(error) };
    }
    await journal.close();
    const open = await memory.settle(id, host, ended.receipt);
    return () => this.#receipt(checked, { ...ended, id, undelivered, open });
  }

  #heldBack(checked: Import, target: Target, held: HeldBack): void {
    show(
      heldScene(held, hostOf(target.endpoint), {
        onSend: (again) => void this.#send(checked, target, { again }),
        onOther: () => this.choose(),
        onBack: () => this.#prepare(checked),
      }),
    );
  }

  #receipt(checked: Import, sent: Sent): void {
    const { endpoint } = this.#target;
    show(
      receiptScene(endpoint === this.#places.service ? sent : { ...sent, endpoint }, {
        onAgain: () => this.#prepare(checked),
        onOtherKey: () => void this.#send(checked, this.#target),
        onDecide: (decisions) => void this.#decideNow(checked, sent, decisions),
        onCheck: () => this.#checked(checked, sent),
        onOther: () => this.choose(),
      }),
    );
  }

  /** Carries out the user's decisions at once, since the files are at hand. */
  async #decideNow(checked: Import, sent: Sent, decisions: Decisions): Promise<void> {
    try {
      await (await this.#memory).decide(sent.id, decisions);
    } catch (error) {
      return this.#prepare(checked, error);
    }
    await this.#send(checked, this.#target, { goOn: sent.id });
  }

  /** Saves the user's decisions, which are carried out when the files are chosen again. */
  #decideLater(past: ListedSend): void {
    show(
      decideScene(past, {
        onBack: () => this.choose(),
        onDecide: async (decisions) => {
          try {
            await (await this.#memory).decide(past.id, decisions);
            this.choose({ notice: { tone: "plain", text: decidedText(past, decisions) } });
          } catch (error) {
            this.#trouble(`Your decisions could not be saved: ${failureText(error)}.`);
          }
        },
      }),
    );
  }

  async #remove(past: ListedSend): Promise<void> {
    if (!(await askToRemove(past))) return;
    await (await this.#memory).remove(past.id);
    this.choose();
  }
}

/** What the user has already decided about a send. */
interface Intent {
  again?: Again | undefined;
  goOn?: string | undefined;
}

interface Delivery extends Intent {
  checked: Import;
  target: Target;
  controls: SendControls;
  memory: Memory;
  ledger: Store;
  draw: (now: Progress) => void;
  say: (text: string) => void;
}

const WAITING = "Another tab of this page is sending. This one begins when the other has finished.";

function decidedText({ files, unknown = [] }: ListedSend, decisions: Decisions): string {
  const again = eventsIn(unknown.filter(({ id, decided }) => (decisions.get(id) ?? decided) === "resend"));
  if (again === 0) return "Your decisions are saved.";
  const which = files.length === 1 ? `${files[0]} again` : "the same files again";
  return `Your decisions are saved. Choose ${which} to send the ${counted(again, "event")}.`;
}

function folderText(names: readonly string[]): string {
  return `${listed(names)} ${names.length === 1 ? "is a folder" : "are folders"}: drop the files in it instead.`;
}

/** Asks before the page is left, since events under way would end unknown. */
function warnBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
