import type { Store } from "split-events";

/** What stands in a journal at the moment of a crash. */
export interface Left {
  /** Something was begun. */
  begun: boolean;
  /** Events of the parts whose request was under way or whose answer was not written down, by `batch:from-to`. */
  dispatching: [part: string, events: number][];
  /** Events in all batches that are written down. */
  planned: number;
}

/** Reads it as the format of a journal says, not as the module under test does. */
export async function leftIn(journal: Store): Promise<Left> {
  const left: Left = { begun: false, dispatching: [], planned: 0 };
  for await (const [key, value] of journal.entries()) {
    if (key === "import") left.begun = true;
    if (!key.startsWith("batch/")) continue;
    const lines = new TextDecoder().decode(value).trim().split("\n");
    const [batch, ...parts] = lines.map((line) => JSON.parse(line));
    left.planned += batch.events;
    for (const { from, to, state } of parts) {
      if (state === "dispatching") left.dispatching.push([`${Number(key.slice(6))}:${from}-${to}`, to - from]);
    }
  }
  return left;
}
