import { inWorkerd } from "./timer.js";

/** A client that holds events. */
interface Holder {
  /** How many events would be lost if the process ended now. */
  readonly atRisk: number;
  /** Sends what it can, within a limited time. */
  flushLast(): Promise<unknown>;
}

interface Process {
  versions?: { node?: string };
  on?(event: "beforeExit" | "exit", listener: () => void): void;
}

const holders = new Set<Holder>();
let isWatched = false;

/** Has a client flush before the process ends by itself, and tells how many events are left unsent. */
export function beforeExit(holder: Holder): void {
  const { process } = globalThis as { process?: Process };
  if (inWorkerd || !process?.versions?.node || typeof process.on !== "function") return;
  holders.add(holder);
  if (isWatched) return;
  isWatched = true;
  process.on("beforeExit", () => {
    for (const holder of holders) void holder.flushLast();
  });
  process.on("exit", () => {
    let events = 0;
    for (const holder of holders) events += holder.atRisk;
    const these = events === 1 ? "1 event was" : `${events} events were`;
    if (events > 0) console.error(`split-events: ${these} left unsent: await client.close() before the process ends`);
  });
}

/** Forgets a client that holds no events. */
export function letGo(holder: Holder): void {
  holders.delete(holder);
}
