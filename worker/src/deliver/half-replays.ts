import type { CheckOptions, Outbox, OutboxEntry, OutboxState } from "split-events";
import type { DeadLetters } from "./dead-letters.js";
import type { Behind } from "./outbox-object.js";
import { bodyOf, codesIn } from "./refused-line.js";
import { recheck } from "./replay.js";

const PAGE = 100;

/**
 * Ends the replays that a crash of the first version left half done: the batches of such a letter are planned, and the
 * letter still has their events.
 */
export function endHalfReplays(outbox: Outbox, dead: DeadLetters, check: CheckOptions): void {
  for (const state of ["planned", "unknown", "refused"] as const) {
    for (const { id } of entriesOf(outbox, state)) {
      const letterId = /^(.*)\.\d+$/.exec(id)?.[1];
      const letter = letterId === undefined ? undefined : dead.get(letterId);
      if (!letter) continue;
      const { rest } = recheck(dead.body(letter), check);
      dead.replace(letter, { events: rest.length, body: bodyOf(rest), codes: codesIn(rest) });
    }
  }
}

function* entriesOf(outbox: Outbox, state: OutboxState): Generator<OutboxEntry> {
  for (let behind: Behind | undefined; ; ) {
    const page = outbox.list(state, behind ? { limit: PAGE, behind } : { limit: PAGE });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    behind = { number: last.number, from: last.from };
  }
}
