import type { Unknown } from "../../node.js";
import { readUnknown } from "../../send/read-journal.js";
import { count, counted, decisions, eventsIn, HOW_TO_KNOW, nobodyKnows } from "../../words/index.js";
import { exit } from "../exit.js";
import type { JournalFlags } from "../flags/options.js";
import { colorsFor, grid, right } from "../output/grid.js";
import { drawing, printJson, printText } from "../output/output.js";
import { spanOf } from "../output/place.js";
import { shellWord, visible } from "../output/text.js";
import { withJournal } from "../stores/stores.js";

/** Runs `split-events unknown`: lists the unknown batches of an import. */
export async function unknownCommand(flags: JournalFlags): Promise<number> {
  const { found, isImport } = await withJournal(flags.journal, async (journal) => {
    const { raw, importId } = await readUnknown(journal);
    return { found: raw.unknown(importId) as Unknown[], isImport: importId !== "" };
  });
  if (flags.json) printJson(found);
  else printText(renderUnknown(found, flags.journal, { ...drawing(), isImport }));
  return exit.ok;
}

export function renderUnknown(
  found: readonly Unknown[],
  journal: string,
  { color, columns = 100, isImport = true }: { color: boolean; columns?: number; isImport?: boolean },
): string {
  if (found.length === 0) return "Nothing is unknown.\n";
  const colors = colorsFor(color);
  const rows = found.map(({ id, events, from, to, reason, message, decided }) => ({
    cells: [id, right(count(events)), isImport ? spanOf({ from, to }) : ""],
    below: [
      ...(decided === undefined ? [] : [{ text: `decided: ${decided}` }]),
      { text: visible([reason, message].filter((text) => text).join(": ")) },
    ].filter(({ text }) => text !== ""),
  }));
  const undecided = found.filter(({ decided }) => decided === undefined);
  const what = `${counted(eventsIn(undecided), "event")} in ${counted(undecided.length, "batch", "batches")}`;
  const title = undecided.length > 0 ? nobodyKnows(what) : "All that was unknown is decided";
  const parts = [
    colors.bold(`${title}.`),
    grid(["id", "events", isImport ? "where, and why" : "why"], rows, columns, colors),
    ...(undecided.length > 0 ? [howToDecide(shellWord(journal))] : []),
    ...(undecided.length < found.length ? [howToTakeBack(shellWord(journal), isImport)] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

function howToDecide(journal: string): string {
  const command = `  split-events resolve --journal ${journal} ID --as`;
  const lines = Object.entries(decisions).map(
    ([word, { label, effect }]) => `${command} ${word.padEnd(8)}   ${label.toLowerCase()}: ${effect}`,
  );
  return `${HOW_TO_KNOW}. Give several ids, or --all, to decide about several batches at once:
${lines.join("\n")}`;
}

function howToTakeBack(journal: string, isImport: boolean): string {
  return `${isImport ? "The next resume" : "The next client or Outbox with this journal"} does what was decided. Until then you can take a decision back:
  split-events resolve --journal ${journal} ID --as unknown`;
}
