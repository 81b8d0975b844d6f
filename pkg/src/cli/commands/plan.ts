import { existsSync } from "node:fs";
import { join } from "node:path";
import { newImportId } from "../../check/import-id.js";
import { init } from "../../module/module.js";
import type { SendOptions, Store } from "../../node.js";
import { checked } from "../../options/checked.js";
import { deliver } from "../../send/deliver.js";
import { LOG_NAME } from "../../stores/directory/log.js";
import { batchOptions, checkOptions, given, type PlanFlags } from "../flags/options.js";
import { type Import, importOf } from "../input/import.js";
import { findInputs } from "../input/inputs.js";
import { knownKeys } from "../input/known-keys.js";
import { mappingFile } from "../input/mapping.js";
import { drawing, progress } from "../output/output.js";
import type { Plan } from "../output/table.js";
import { openStores } from "../stores/stores.js";
import { type BrokenOff, found, printFound } from "./found.js";

/** Runs `split-events plan`: shows which batches a send would make, and sends nothing. */
export async function planCommand(names: string[], flags: PlanFlags): Promise<number> {
  const inputs = await findInputs(names);
  const mapping = await mappingFile(flags.mapping);
  const keys = await knownKeys(names, flags);
  const source = importOf(inputs, { onRead: () => progress.show(() => `planning ${source.read()}`) });
  const { endpoint, ledger, ledgerDays, resend } = flags;
  // a plan makes no ledger: one that does not exist knows no events
  const there = ledger !== undefined && existsSync(join(ledger, LOG_NAME));
  const stores = await openStores(there ? { ledger } : {});
  const about = ledger === undefined || there ? given({ ledgerDays, resend }) : {};
  const known = { ...about, ...(stores.ledger && { ledger: unwritten(stores.ledger) }) };
  try {
    const options = {
      ...checkOptions(flags),
      ...mapping,
      ...batchOptions(flags),
      ...keys,
      ...given({ endpoint }),
      ...known,
    };
    const plan = await planOf(source.sources, options, ledger !== undefined);
    return await printFound(plan, flags.json, async (plan) =>
      (await import("../output/table.js")).renderPlan(plan, drawing()),
    );
  } finally {
    await stores.close();
  }
}

/** Plans by a send whose requests never leave, so that the plan is what send would do. */
async function planOf(
  sources: Import["sources"],
  options: Omit<SendOptions, "apiKey">,
  withLedger: boolean,
): Promise<Plan & BrokenOff> {
  await init();
  const ownKey = process.env.SPLIT_API_KEY;
  const apiKey = options.ledger && ownKey;
  const receipt = await found(
    deliver(
      sources,
      checked("send", {
        ...options,
        apiKey: apiKey || "plan",
        fetch: async () => new Response(null, { status: 202 }),
      }),
      { importId: newImportId(), anyKey: !apiKey, recognise: "use" },
    ),
  );
  const { events, clean, repaired, refused, warned, issueCounts, issues, keys, duplicates } = receipt;
  const matches = given({ keyMatches: receipt.keyMatches, keyHint: receipt.keyHint });
  const sent = receipt.batches.filter(({ state }) => state === "accepted");
  const batches = sent.map((batch) => ({ events: batch.events, bytes: batch.bytes }));
  const heldBack = withLedger && { duplicates, ...(ownKey && { otherKey: receipt.otherKey }) };
  const brokenOff = receipt.error && { complete: receipt.complete, error: receipt.error };
  const { records, skipped, preset } = receipt;
  const mapped = given({ records, skipped, preset });
  const report = { events, ...mapped, clean, repaired, refused, warned, issueCounts, issues, keys, ...matches };
  return { ...report, batches, ...heldBack, ...brokenOff };
}

/** Keeps a plan from writing to the ledger. */
function unwritten(store: Store): Store {
  return {
    entries: () => store.entries(),
    put() {},
    delete() {},
    sync: async () => {},
    close: () => store.close(),
  };
}
