import { type SendOptions, send } from "../node.js";
import { importOf } from "./import.js";
import { findInputs } from "./inputs.js";
import { knownKeys } from "./known-keys.js";
import { batchOptions, checkOptions, given, type PlanFlags } from "./options.js";
import { drawing, printJson, printText, progress } from "./output.js";
import type { Plan } from "./table.js";
import { exitCode, isUnreadable, sayInputErrors } from "./verdict.js";

/** `split-events plan`: which batches a send would make, and nothing is sent. */
export async function planCommand(names: string[], flags: PlanFlags): Promise<number> {
  const inputs = await findInputs(names);
  const keys = await knownKeys(names, flags);
  const source = importOf(inputs, { onRead: () => progress.show(() => `planning ${source.read()}`) });
  const plan = await planOf(source.sources, { ...checkOptions(flags), ...batchOptions(flags), ...keys });
  if (flags.json) printJson(plan);
  else if (!isUnreadable(plan)) printText((await import("./table.js")).renderPlan(plan, drawing()));
  sayInputErrors(plan);
  return exitCode(plan);
}

/** A send whose every POST stays here: so the plan is what the send would do, and no second truth about it. */
async function planOf(sources: Parameters<typeof send>[0], options: Omit<SendOptions, "apiKey">): Promise<Plan> {
  const receipt = await send(sources, {
    ...options,
    apiKey: "plan",
    fetch: async () => new Response(null, { status: 202 }),
  });
  const { events, clean, repaired, refused, warned, issueCounts, issues, keys } = receipt;
  const matches = given({ keyMatches: receipt.keyMatches, keyHint: receipt.keyHint });
  const batches = receipt.batches.map((batch) => ({ events: batch.events, bytes: batch.bytes }));
  return { events, clean, repaired, refused, warned, issueCounts, issues, keys, ...matches, batches };
}
