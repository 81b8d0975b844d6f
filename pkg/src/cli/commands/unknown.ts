import { listUnknown, type Unknown } from "../../node.js";
import type { JournalFlags } from "../flags/options.js";
import { colorsFor, grid, right } from "../output/grid.js";
import { drawing, printJson, printText } from "../output/output.js";
import { spanOf } from "../output/place.js";
import { count, counted, shellWord, visible } from "../output/text.js";
import { exit } from "../output/verdict.js";
import { withJournal } from "../stores/stores.js";

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
  const rows = found.map(({ id, events, from, to, reason, message, decided }) => ({
    cells: [id, right(count(events)), spanOf(from, to)],
    below: [
      ...(decided === undefined ? [] : [{ text: `decided: ${decided}` }]),
      { text: visible([reason, message].filter((text) => text).join(": ")) },
    ].filter(({ text }) => text !== ""),
  }));
  const open = found.filter(({ decided }) => decided === undefined);
  const events = open.reduce((sum, batch) => sum + batch.events, 0);
  const title = `${counted(events, "event")} in ${counted(open.length, "batch", "batches")} may have been taken or not`;
  const table = grid(["id", "events", "where, and why"], rows, columns, colors);
  const path = shellWord(journal);
  const parts = [colors.bold(open.length > 0 ? title : "Nothing is unknown that was not decided"), table];
  if (open.length > 0) parts.push(howToDecide(path));
  if (open.length < found.length) parts.push(howToTakeBack(path));
  return `${parts.join("\n\n")}\n`;
}

function howToDecide(journal: string): string {
  return `See whether they arrived. Then say of each what is true; several ids, or --all, are decided at once:
  split-events resolve --journal ${journal} ID --as accepted   the service has them
  split-events resolve --journal ${journal} ID --as resend     send them again with resume; they may count twice
  split-events resolve --journal ${journal} ID --as drop       give them up; they may be lost`;
}

function howToTakeBack(journal: string): string {
  return `What was decided holds from the next resume on. Until then it can be taken back:
  split-events resolve --journal ${journal} ID --as unknown`;
}
