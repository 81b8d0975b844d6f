import { listUnknown, type Unknown } from "../node.js";
import { colorsFor, grid, right } from "./grid.js";
import type { JournalFlags } from "./options.js";
import { drawing, printJson, printText } from "./output.js";
import { spanOf } from "./place.js";
import { withJournal } from "./stores.js";
import { count, counted, shellWord, visible } from "./text.js";
import { exit } from "./verdict.js";

/** `split-events unknown`: what of an import may have been taken or not. */
export async function unknownCommand(flags: JournalFlags): Promise<number> {
  const found = await withJournal(flags.journal, listUnknown);
  if (flags.json) printJson(found);
  else printText(renderUnknown(found, flags.journal, drawing()));
  return exit.ok;
}

export function renderUnknown(
  found: readonly Unknown[],
  journal: string,
  { color, columns = 100 }: { color: boolean; columns?: number },
): string {
  if (found.length === 0) return "Nothing is unknown.\n";
  const colors = colorsFor(color);
  const rows = found.map(({ id, events, from, to, reason, message }) => ({
    cells: [id, right(count(events)), spanOf(from, to)],
    below: [{ text: visible([reason, message].filter((text) => text).join(": ")) }],
  }));
  const events = found.reduce((sum, batch) => sum + batch.events, 0);
  return `${colors.bold(`${counted(events, "event")} in ${counted(found.length, "batch", "batches")} may have been taken or not`)}

${grid(["id", "events", "where, and why"], rows, columns, colors)}

See whether they arrived. Then say of each what is true:
  split-events resolve --journal ${shellWord(journal)} ID --as accepted   the service has them
  split-events resolve --journal ${shellWord(journal)} ID --as resend     send them again with resume; they may count twice
  split-events resolve --journal ${shellWord(journal)} ID --as drop       give them up; they may be lost
`;
}
