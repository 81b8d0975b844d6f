import { type SendOptions, send } from "../node.js";
import { type BrokenOff, found, printFound } from "./found.js";
import { importOf } from "./import.js";
import { findInputs } from "./inputs.js";
import { knownKeys } from "./known-keys.js";
import { batchOptions, checkOptions, given, type PlanFlags } from "./options.js";
import { drawing, progress } from "./output.js";
import type { Plan } from "./table.js";

/** `split-events plan`: which batches a send would make, and nothing is sent. */
export async function planCommand(names: string[], flags: PlanFlags): Promise<number> {
  const inputs = await findInputs(names);
  const keys = await knownKeys(names, flags);
  const source = importOf(inputs, { onRead: () => progress.show(() => `planning ${source.read()}`) });
  const plan = await planOf(source.sources, { ...checkOptions(flags), ...batchOptions(flags), ...keys });
  return printFound(plan, flags.json, async (plan) => (await import("./table.js")).renderPlan(plan, drawing()));
}

/** A send whose every POST stays here: so the plan is what the send would do, and no second truth about it. */
async function planOf(
  sources: Parameters<typeof send>[0],
  options: Omit<SendOptions, "apiKey">,
): Promise<Plan & BrokenOff> {
  const receipt = await found(
    send(sources, {
      ...options,
      apiKey: "plan",
      fetch: async () => new Response(null, { status: 202 }),
    }),
  );
  const { events, clean, repaired, refused, warned, issueCounts, issues, keys } = receipt;
  const matches = given({ keyMatches: receipt.keyMatches, keyHint: receipt.keyHint });
  const batches = receipt.batches.map((batch) => ({ events: batch.events, bytes: batch.bytes }));
  const brokenOff = receipt.error && { complete: receipt.complete, error: receipt.error };
  return { events, clean, repaired, refused, warned, issueCounts, issues, keys, ...matches, batches, ...brokenOff };
}
