import { listUnknown, type Resolution, resolveUnknown } from "../../node.js";
import { readUnknown } from "../../send/read-journal.js";
import { counted } from "../../words/index.js";
import { exit } from "../exit.js";
import { Failure } from "../failure.js";
import type { JournalFlags } from "../flags/options.js";
import { printJson, printText } from "../output/output.js";
import { shellWord, visible } from "../output/text.js";
import { withJournal } from "../stores/stores.js";

export interface ResolveFlags extends JournalFlags {
  as: Resolution | "unknown";
  all?: boolean;
}

/** What comes of one batch, and of several. `next` is who acts on the decision. */
const then = (next: string): Record<ResolveFlags["as"], [string, string]> => ({
  accepted: ["counts as accepted", "count as accepted"],
  resend: [`is sent again by ${next}, and may count twice`, `are sent again by ${next}, and may count twice`],
  drop: ["is given up, and may be lost", "are given up, and may be lost"],
  unknown: ["is unknown again", "are unknown again"],
});

/** Runs `split-events resolve`: writes down what was decided about unknown batches, or takes a decision back. */
export async function resolveCommand(given: string[], flags: ResolveFlags): Promise<number> {
  if (flags.all && given.length > 0) throw new Failure("usage", "give ids or --all, not both");
  if (!flags.all && given.length === 0) {
    throw new Failure(
      "usage",
      "give the ids of batches, as split-events unknown lists them, or --all; see split-events resolve --help",
    );
  }
  const { as, journal: path } = flags;
  const { ids, left, isImport } = await withJournal(path, async (journal) => {
    const ids = await resolveUnknown(journal, flags.all ? "all" : given, as);
    const left = (await listUnknown(journal)).filter(({ decided }) => decided === undefined);
    return { ids, left: left.length, isImport: (await readUnknown(journal)).importId !== "" };
  });
  if (flags.json) printJson({ ids, as, unknown: left });
  else printText(told(ids, as, left, { journal: shellWord(path), isImport }));
  return exit.ok;
}

function told(
  ids: string[],
  as: ResolveFlags["as"],
  left: number,
  { journal, isImport }: { journal: string; isImport: boolean },
): string {
  const [id = "", ...others] = ids;
  if (id === "") return as === "unknown" ? "There is no decision to take back.\n" : "Nothing is unknown.\n";
  const next = isImport ? "the next resume" : "the next client or Outbox with this journal";
  const [one, many] = then(next)[as];
  const what = others.length === 0 ? `${visible(id)} ${one}` : `${counted(ids.length, "batch", "batches")} ${many}`;
  const more =
    left === 0
      ? "nothing else is unknown"
      : `${counted(left, "batch is", "batches are")} ${as === "unknown" ? "unknown now" : "still unknown"}`;
  if (as === "unknown") return `${what}; ${more}.\n`;
  const back = `split-events resolve --journal ${journal} ${others.length === 0 ? visible(id) : "ID"} --as unknown`;
  const act = isImport
    ? `To do what was decided, and see the receipt of the whole import:
  split-events resume --journal ${journal}
To take the decision back, before resume has acted on it:`
    : `To do what was decided: open this journal with createClient or Outbox.open.
To take the decision back, before that:`;
  return `${what}; ${more}.
${act}
  ${back}
`;
}
