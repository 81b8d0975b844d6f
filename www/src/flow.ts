import { eventsIn } from "split-events/internal/words";
import { exampleFile } from "./example.js";
import { failureText } from "./failure.js";
import { type Link, ThreadError } from "./link/link.js";
import type { Again, Decisions, Intent, KeptMapping, ListedSend, Reading, Target, Trouble } from "./link/protocol.js";
import { messages } from "./messages/en.js";
import type { Dropped } from "./state/dropped-files.js";
import type { Step } from "./state/state.js";
import type { Store } from "./state/store.js";

/** How long a change of the reading waits for the next one before the files are looked at again, in milliseconds. */
const LOOK_AFTER_MS = 150;

/** What the user does. It calls the thread, and tells the store what comes of it. */
export class Flow {
  readonly #store: Store;
  readonly #link: Link;
  #looks = 0;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store, link: Link) {
    this.#store = store;
    this.#link = link;
  }

  go(step: Step): void {
    this.#store.dispatch({ type: "went", step });
    if (this.#store.state.step === "file") void this.list();
  }

  say(text: string): void {
    this.#store.dispatch({ type: "said", text });
  }

  /** Loads what reads files, since one may come soon. */
  async warm(): Promise<void> {
    if (this.#store.state.warm) return;
    try {
      this.#store.dispatch({ type: "warmed", warm: await this.#link.call("warm") });
    } catch (error) {
      this.#store.dispatch({
        type: "failed",
        notice: { tone: "error", text: messages.failure.noModule(textOf(error)) },
      });
    }
  }

  /** Lists the sends of this browser. */
  async list(): Promise<void> {
    try {
      this.#store.dispatch({ type: "listed", sends: await this.#link.call("sends") });
    } catch {
      // Plan says why they cannot be read
    }
  }

  /** Says which files to choose again, if the page was loaded anew in the middle. */
  async remind(): Promise<void> {
    const draft = await this.#link.call("draft").catch(() => undefined);
    if (!draft || this.#store.state.step !== "file") return;
    const text = messages.file.again(draft.files.map(({ name }) => name));
    this.#store.dispatch({ type: "noticed", notice: { tone: "plain", text } });
  }

  /** Lists the mappings that the user kept. */
  async mappings(): Promise<readonly KeptMapping[]> {
    return this.#link.call("mappings").catch(() => []);
  }

  /** Keeps a mapping under a name, or forgets the one of that name. Returns whether the browser keeps it. */
  async keepMapping(name: string, mapping: KeptMapping["mapping"] | undefined): Promise<boolean> {
    return this.#link.call("keepMapping", name, mapping).catch(() => false);
  }

  example(): void {
    void this.choose([exampleFile()]);
  }

  /** Takes a text as a file. */
  paste(text: string): void {
    if (text.trim() !== "") void this.choose([new File([text], messages.file.pastedName)]);
  }

  /** Takes what stands at an address as a file. Returns why that failed. */
  async fetch(address: string): Promise<string | undefined> {
    try {
      void this.choose([await this.#link.call("fetched", address.trim())]);
      return undefined;
    } catch (error) {
      return messages.file.notFetched(troubleOf(error).message);
    }
  }

  drop({ files, folders }: Dropped): void {
    const { busy } = this.#store.state;
    if (busy) this.say(messages.file.notNow);
    else if (folders.length > 0) this.#notice(messages.file.folders(folders));
    else if (files.length > 0) void this.choose(files);
    else this.#notice(messages.file.noFile);
  }

  /** Takes files: looks at them, and checks them if nothing has to be said about them first. */
  async choose(files: readonly File[]): Promise<void> {
    this.#store.dispatch({ type: "chose", files });
    void this.warm();
    try {
      const { look, reading } = await this.#link.call("open", files);
      if (files !== this.#store.state.files) return;
      this.#store.dispatch({ type: "read", reading });
      const asks = look.parts.length > 0 && look.missing.length > 0;
      const isUnknown = look.trouble?.code === "sheet_not_named";
      this.#store.dispatch({ type: "looked", look, step: asks || isUnknown ? "columns" : undefined });
      if (!asks && !isUnknown) await this.check();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Changes how the files are read, and looks at them again in a moment. */
  read(reading: Reading): void {
    this.#store.dispatch({ type: "read", reading });
    clearTimeout(this.#later);
    this.#later = setTimeout(() => void this.look(), LOOK_AFTER_MS);
  }

  async look(): Promise<void> {
    clearTimeout(this.#later);
    this.#looks += 1;
    const turn = this.#looks;
    try {
      const look = await this.#link.call("look", this.#store.state.reading);
      if (turn === this.#looks) this.#store.dispatch({ type: "looked", look });
    } catch (error) {
      this.#fail(error);
    }
  }

  async check(reading: Reading = this.#store.state.reading): Promise<void> {
    if (this.#store.state.isLookOld) await this.look();
    this.#store.dispatch({ type: "check", reading });
    try {
      this.#store.dispatch({ type: "checked", checked: await this.#link.call("check", reading) });
    } catch (error) {
      if (this.#store.state.busy !== "checking") return;
      this.#fail(error);
    }
  }

  /** Ends the check that is under way. */
  async cancel(): Promise<void> {
    this.#store.dispatch({ type: "stopped" });
    await this.#link.call("control", "stop");
  }

  /** Passes on that the browser went offline or came back. */
  connection(word: "online" | "offline"): void {
    if (this.#store.state.warm) void this.#link.call("connection", word);
  }

  type(target: Partial<Target>): void {
    this.#store.dispatch({ type: "typed", target });
  }

  /** Notes that the user was told that the browser keeps nothing. */
  fleetingSaid(): void {
    this.#store.dispatch({ type: "fleetingSaid" });
  }

  async send(intent: Intent = {}): Promise<void> {
    const { target } = this.#store.state;
    const trimmed = { apiKey: target.apiKey.trim(), endpoint: target.endpoint.trim() };
    // otherwise the browser may clear what it keeps when storage gets scarce
    navigator.storage?.persist?.().catch(() => {});
    this.#store.dispatch({ type: "send" });
    this.connection(navigator.onLine ? "online" : "offline");
    try {
      const ended = await this.#link.call("send", trimmed, intent);
      if (ended === undefined) this.#store.dispatch({ type: "unsent" });
      else if ("held" in ended) {
        this.#store.dispatch({ type: "held", held: ended.held, brokenOff: ended.brokenOff });
      } else {
        this.#store.dispatch({ type: "sent", sent: ended.sent, brokenOff: ended.brokenOff });
      }
    } catch (error) {
      this.#store.dispatch({ type: "unsent", trouble: troubleOf(error) });
    }
  }

  sendAgain(again: Again): void {
    void this.send({ again });
  }

  pause(): void {
    const { sending } = this.#store.state;
    void this.#link.call("control", sending?.isPaused ? "resume" : "pause");
    this.#store.dispatch({ type: "pressed", what: "pause" });
    this.say(sending?.isPaused ? messages.send.goingOn : messages.send.pausedShort);
  }

  stop(): void {
    const { sending } = this.#store.state;
    if (!sending || sending.stops === 2) return;
    void this.#link.call("control", sending.stops === 0 ? "stop" : "cut");
    this.#store.dispatch({ type: "pressed", what: "stop" });
    this.say(sending.stops === 0 ? messages.send.stopping : messages.send.cutting);
  }

  /** Carries out the user's decisions at once, since the files are at hand. */
  async decideNow(id: string, decisions: Decisions): Promise<void> {
    try {
      await this.#link.call("decide", id, decisions);
    } catch (error) {
      this.#store.dispatch({ type: "send" });
      return this.#store.dispatch({ type: "unsent", trouble: troubleOf(error) });
    }
    await this.send({ goOn: id });
  }

  /** Saves the user's decisions, which are carried out when the files are chosen again. */
  async decideLater(past: ListedSend, decisions: Decisions): Promise<void> {
    try {
      await this.#link.call("decide", past.id, decisions);
      const { files, unknown = [] } = past;
      const again = eventsIn(unknown.filter(({ id, decided }) => (decisions.get(id) ?? decided) === "resend"));
      this.#store.dispatch({ type: "noticed", notice: { tone: "plain", text: messages.decide.saved(files, again) } });
      void this.list();
    } catch (error) {
      this.#notice(messages.decide.unsaved(textOf(error)));
    }
  }

  /** Shows the receipt of a send of this browser. */
  async recall(id: string): Promise<void> {
    const found = await this.#link.call("receipt", id).catch(() => undefined);
    if (!found) return this.go("file");
    const { kept, send } = found;
    void this.warm();
    this.#store.dispatch({ type: "recalled", sent: { ...kept, past: send, open: send.unknown ?? [] } });
  }

  decide(send: ListedSend): void {
    this.#store.dispatch({ type: "decide", send });
  }

  ask(question: Parameters<Flow["answer"]>[0]): void {
    this.#store.dispatch({ type: "asked", question });
  }

  /** Does what the user was asked about, if the answer was yes. */
  async answer(question: NonNullable<Store["state"]["question"]>, yes = true): Promise<void> {
    this.#store.dispatch({ type: "asked", question: undefined });
    if (!yes) return;
    if (question.about === "remove") {
      await this.#link.call("remove", question.send.id);
      return this.go("file");
    }
    const gone = await this.#link.call("forget");
    const notice = gone
      ? { tone: "plain" as const, text: messages.forget.gone }
      : { tone: "error" as const, text: messages.forget.notGone };
    this.#store.dispatch({ type: "forgot", notice });
    void this.list();
  }

  #notice(text: string): void {
    this.#store.dispatch({ type: "noticed", notice: { tone: "error", text } });
    void this.list();
  }

  #fail(error: unknown): void {
    this.#store.dispatch({
      type: "failed",
      notice: { tone: "error", text: messages.failure.unchecked(textOf(error)) },
    });
    void this.list();
  }
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof ThreadError) return error.trouble;
  return { kind: "other", code: "unexpected", message: error instanceof Error ? error.message : String(error) };
}

function textOf(error: unknown): string {
  return failureText(troubleOf(error));
}
