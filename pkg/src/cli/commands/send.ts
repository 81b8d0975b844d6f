import { send } from "../../node.js";
import { findKey } from "../environment/key.js";
import { batchOptions, checkOptions, given, type SendFlags } from "../flags/options.js";
import { findInputs } from "../input/inputs.js";
import { knownKeys } from "../input/known-keys.js";
import { mappingFile } from "../input/mapping.js";
import { KeptJournal } from "../stores/kept-journal.js";
import { canBeReadAgain, keptSource } from "../stores/kept-source.js";
import { openStores } from "../stores/stores.js";
import { deliver } from "./deliver.js";

/** Runs `split-events send`: checks, batches and delivers, and says how every event ended. */
export async function sendCommand(names: string[], flags: SendFlags): Promise<number> {
  const inputs = await findInputs(names);
  const mapping = await mappingFile(flags.mapping);
  const keys = await knownKeys(names, flags);
  const apiKey = await findKey(process.env, names.includes("-") || flags.knownKeys === "-");
  const { journal: path, ledger } = flags;
  const kept = path === undefined ? new KeptJournal() : undefined;
  const stores = await openStores(given({ journal: path || undefined, ledger }));
  const journal = stores.journal ?? kept;
  try {
    return await deliver({
      ...{ inputs, flags, apiKey, stores, ...given({ kept }) },
      run: (source, options) =>
        send(source.sources, {
          ...checkOptions(flags),
          ...mapping,
          ...batchOptions(flags),
          ...keys,
          ...options,
          ...(journal && {
            journal,
            journalBodies: !canBeReadAgain(inputs),
            journalSource: keptSource(inputs, flags, kept?.path),
          }),
          ...given({ resend: flags.resend }),
        }),
    });
  } finally {
    await stores.close();
    await kept?.close();
  }
}
