import type { KeptReceipt, PastSend } from "../../link/protocol.js";
import { allOf, read, remove, removeAll, write } from "./database.js";

const MOST = 20;

/** The last sends, the newest first, and their receipts. They end with the thread if the browser keeps nothing. */
export class History {
  /** Those of a browser that keeps nothing. */
  #sends = new Map<string, PastSend>();
  #receipts = new Map<string, KeptReceipt>();

  async sends(): Promise<PastSend[]> {
    const kept = (await allOf<PastSend>("sends")) ?? [];
    return [...kept, ...this.#sends.values()].sort((a, b) => b.at - a.at);
  }

  async find(id: string): Promise<PastSend | undefined> {
    return (await this.sends()).find((send) => send.id === id);
  }

  async receipt(id: string): Promise<KeptReceipt | undefined> {
    return (await read<KeptReceipt>("receipts", id)) ?? this.#receipts.get(id);
  }

  /** Keeps the receipt of a send, without its events. */
  async keep(receipt: KeptReceipt): Promise<void> {
    if (!(await write("receipts", receipt))) this.#receipts.set(receipt.id, receipt);
  }

  /** Adds a send, or changes it. */
  async put(send: PastSend): Promise<void> {
    if (!(await write("sends", send))) this.#sends.set(send.id, send);
    const old = (await this.sends()).slice(MOST);
    for (const { id } of old) await this.remove(id);
  }

  async remove(id: string): Promise<void> {
    this.#sends.delete(id);
    this.#receipts.delete(id);
    await remove("sends", id);
    await remove("receipts", id);
  }

  async clear(): Promise<void> {
    this.#sends.clear();
    this.#receipts.clear();
    await removeAll();
  }
}
