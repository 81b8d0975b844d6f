import { listUnknown, type Resolution, resolveUnknown } from "../node.js";
import type { JournalFlags } from "./options.js";
import { printJson, printText } from "./output.js";
import { withJournal } from "./stores.js";
import { counted, shellWord, visible } from "./text.js";
import { exit } from "./verdict.js";

export interface ResolveFlags extends JournalFlags {
  as: Resolution;
}

const THEN: Record<Resolution, string> = {
  accepted: "counts as accepted",
  resend: "is sent again by the next resume, and may count twice",
  drop: "is given up, and may be lost",
};

/** `split-events resolve`: the user's word on something unknown. */
export async function resolveCommand(id: string, flags: ResolveFlags): Promise<number> {
  const left = await withJournal(flags.journal, async (journal) => {
    await resolveUnknown(journal, id, flags.as);
    return (await listUnknown(journal)).length;
  });
  if (flags.json) printJson({ id, as: flags.as, unknown: left });
  else {
    const more = left === 0 ? "nothing else is unknown" : `${counted(left, "batch is", "batches are")} still unknown`;
    const next = `the receipt of all: split-events resume --journal ${shellWord(flags.journal)}`;
    printText(`${visible(id)} ${THEN[flags.as]}; ${more}.\n${next}\n`);
  }
  return exit.ok;
}
