import { send } from "../node.js";
import { deliver } from "./deliver.js";
import { findInputs } from "./inputs.js";
import { canBeReadAgain, keptSource } from "./kept-source.js";
import { findKey } from "./key.js";
import { knownKeys } from "./known-keys.js";
import { batchOptions, checkOptions, given, type SendFlags } from "./options.js";
import { openStores } from "./stores.js";

/** `split-events send`: checks, batches and delivers, and says how every event ended. */
export async function sendCommand(names: string[], flags: SendFlags): Promise<number> {
  const inputs = await findInputs(names);
  const keys = await knownKeys(names, flags);
  const apiKey = await findKey(process.env, names.includes("-") || flags.knownKeys === "-");
  const stores = await openStores(flags);
  const { journal } = stores;
  try {
    return await deliver({
      ...{ inputs, flags, apiKey, stores },
      run: (source, options) =>
        send(source.sources, {
          ...checkOptions(flags),
          ...batchOptions(flags),
          ...keys,
          ...options,
          ...given({ journal }),
          journalBodies: !canBeReadAgain(inputs),
          journalSource: keptSource(inputs, flags),
        }),
    });
  } finally {
    await stores.close();
  }
}
