import type { Resolution, Store, Unknown } from "split-events";
import { heldBack, leftToSend } from "split-events/internal/words";
import type { Decisions, KeptReceipt, ListedSend, PastSend } from "../../link/protocol.js";
import { DATABASE } from "./database.js";
import { History } from "./history.js";
import { areSame, decide, eventsOf, type Left, readLeft } from "./journal.js";
import { isLocked, openStores, type Stores } from "./stores.js";

const LEDGER = "ledger";
const JOURNALS = "journal/";
const MOMENT_MS = 200;
/** How long to wait for a journal that another tab may hold much longer. */
const SOON_MS = 2_000;

/** All that the page remembers: how sends ended, the journals of those that are not over, and the ledger of all. */
export class Memory {
  readonly #stores: Stores;
  readonly #history = new History();

  private constructor(stores: Stores) {
    this.#stores = stores;
  }

  static async open(): Promise<Memory> {
    return new Memory(await openStores(LEDGER));
  }

  /** Why it ends with the page; missing if the browser keeps it. */
  get fleeting(): string | undefined {
    return this.#stores.fleeting;
  }

  /** Opens the ledger of all sends. One tab at a time has it, so one tab at a time sends. */
  async ledger(signal: AbortSignal, onWait: () => void): Promise<Store> {
    try {
      return await this.#stores.open(LEDGER);
    } catch (error) {
      if (!isLocked(error)) throw error;
    }
    // this page itself may have had it a moment ago
    const told = setTimeout(onWait, MOMENT_MS);
    try {
      return await this.#stores.open(LEDGER, { wait: true, signal });
    } finally {
      clearTimeout(told);
    }
  }

  /** Begins the journal of a new send. */
  async begin(send: Omit<PastSend, "id">): Promise<{ id: string; journal: Store }> {
    const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
    const id = `${send.at}-${random.toString(36)}`;
    const journal = await this.journal(id);
    await this.#history.put({ id, ...send });
    return { id, journal };
  }

  /** Opens a journal, and waits while another tab looks into it. */
  journal(id: string): Promise<Store> {
    return this.#stores.open(JOURNALS + id, { wait: true });
  }

  /** Finds the last send of these files that can go on. */
  async brokenOff(files: readonly File[]): Promise<{ id: string; left: Left } | undefined> {
    for (const id of (await this.#journals()).sort().reverse()) {
      // the list of sends may be reading it at this moment
      const left = await this.#look(id, { wait: true, signal: AbortSignal.timeout(SOON_MS) });
      if (typeof left !== "object" || isOver(left, await this.#history.find(id))) continue;
      if (areSame(left.source, files)) return { id, left };
    }
    return undefined;
  }

  /** Reads what is left of a send. */
  async left(id: string): Promise<{ id: string; left: Left } | undefined> {
    const left = await this.#look(id, { wait: true });
    return typeof left === "object" ? { id, left } : undefined;
  }

  /**
   * Writes down how a send ended, and deletes its journal if nothing is left to do. Returns the batches that can be decided.
   * The journal must be closed.
   */
  async settle(host: string, kept: KeptReceipt): Promise<Unknown[]> {
    const { id, receipt } = kept;
    const { accepted, refused, unknown } = receipt;
    await this.#history.keep(kept);
    const send = await this.#history.find(id);
    const sentBefore = heldBack(receipt);
    const counts = { accepted, refused, unknown, unsent: receipt.unsent - sentBefore, sentBefore };
    if (send) await this.#history.put({ ...send, host, counts, left: leftToSend(receipt) });
    return this.tidy(id);
  }

  /** Returns the receipt of a send, with its batches that can be decided about. */
  async receipt(id: string): Promise<{ kept: KeptReceipt; send: ListedSend } | undefined> {
    const kept = await this.#history.receipt(id);
    const send = (await this.sends()).find((listed) => listed.id === id);
    return kept && send && { kept, send };
  }

  /** Deletes a journal that has nothing left to do, or has not begun. Returns the batches that can be decided. */
  async tidy(id: string): Promise<Unknown[]> {
    const left = await this.#look(id, { wait: true });
    if (left === "elsewhere" || left === "unreadable") return [];
    if (left && (left.unknown.length > 0 || !isOver(left, await this.#history.find(id)))) return left.unknown;
    await this.#stores.remove(JOURNALS + id);
    if (!left) await this.#history.remove(id);
    return [];
  }

  /** Writes down what the user decided about unknown batches, for when the send goes on. */
  async decide(id: string, decisions: Decisions): Promise<void> {
    const journal = await this.journal(id);
    let before: Unknown[];
    let after: Unknown[];
    try {
      before = (await readLeft(journal))?.unknown ?? [];
      await decide(journal, decisions);
      after = (await readLeft(journal))?.unknown ?? [];
    } finally {
      await journal.close();
    }
    const send = await this.#history.find(id);
    if (!send?.counts || send.left === undefined) return;
    const more = (word: Resolution) => eventsOf(after, word) - eventsOf(before, word);
    const { accepted, unknown } = send.counts;
    const counts = { ...send.counts, accepted: accepted + more("accepted"), unknown: unknown - more("accepted") };
    await this.#history.put({ ...send, counts, left: send.left + more("resend") });
  }

  /** Forgets one send. The events that it delivered stay in the ledger. */
  async remove(id: string): Promise<void> {
    await this.#stores.remove(JOURNALS + id);
    await this.#history.remove(id);
  }

  /** Lists all sends, the newest first. */
  async sends(): Promise<ListedSend[]> {
    const listed = new Map<string, ListedSend>((await this.#history.sends()).map((send) => [send.id, { ...send }]));
    for (const id of await this.#journals()) {
      const left = await this.#look(id);
      const known = listed.get(id);
      if (left === "unreadable") continue;
      if (left === "elsewhere") {
        if (known) known.open = { elsewhere: true, unsent: true, undecided: 0 };
        continue;
      }
      if (!left || (left.unknown.length === 0 && isOver(left, known))) {
        await this.#stores.remove(JOURNALS + id);
        continue;
      }
      const { at, source, unknown } = left;
      const undecided = eventsOf(unknown);
      const files = source.files.map(({ name }) => name);
      const send: ListedSend = { id, at, files, host: source.host, ...known, unknown };
      const unsent = !isOver(left, known);
      if (unsent || undecided > 0) send.open = { elsewhere: false, unsent, undecided };
      listed.set(id, send);
    }
    return [...listed.values()].sort((a, b) => b.at - a.at);
  }

  /** Forgets everything. Returns whether all of it is gone. */
  async forget(): Promise<boolean> {
    const journals = (await this.#history.sends()).map(({ id }) => JOURNALS + id);
    await this.#history.clear();
    const names = new Set([LEDGER, DATABASE, ...journals, ...(await this.#stores.names())]);
    const gone = await Promise.all(Array.from(names).map((name) => this.#stores.remove(name)));
    return gone.every((isGone) => isGone);
  }

  async #journals(): Promise<string[]> {
    const names = await this.#stores.names();
    return names.flatMap((name) => (name.startsWith(JOURNALS) ? [name.slice(JOURNALS.length)] : []));
  }

  async #look(
    id: string,
    options: { wait?: boolean; signal?: AbortSignal } = {},
  ): Promise<Left | "elsewhere" | "unreadable" | undefined> {
    try {
      const journal = await this.#stores.open(JOURNALS + id, options);
      try {
        return await readLeft(journal);
      } finally {
        await journal.close();
      }
    } catch (error) {
      return isLocked(error) ? "elsewhere" : "unreadable";
    }
  }
}

function isOver({ finished }: Left, send: PastSend | undefined): boolean {
  return finished || send?.left === 0;
}
