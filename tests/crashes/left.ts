import type { Store } from "split-events";

/** The content of a journal at the moment of a crash. */
export interface Left {
  /** Whether an import was begun. */
  begun: boolean;
  /** The events of the parts that were in flight or whose answer was not recorded, by `batch:from-to`. */
  dispatching: [part: string, events: number][];
  /** The events in all batches of the journal. */
  planned: number;
}

/** Reads a journal by its format (docs/JOURNAL.md), without the module under test. */
export async function leftIn(journal: Store): Promise<Left> {
  const left: Left = { begun: false, dispatching: [], planned: 0 };
  for await (const [key, value] of journal.entries()) {
    if (key === "import") left.begun = true;
    if (!key.startsWith("batch/")) continue;
    const { events, parts = [] } = JSON.parse(new TextDecoder().decode(value));
    left.planned += events;
    for (const { from, to, state } of parts) {
      if (state === "dispatching") left.dispatching.push([`${Number(key.slice(6))}:${from}-${to}`, to - from]);
    }
  }
  return left;
}
