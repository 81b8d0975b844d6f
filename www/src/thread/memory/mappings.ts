import type { KeptMapping } from "../../link/protocol.js";
import { allOf, remove, write } from "./database.js";

/** Returns the mappings that the user kept, by name. */
export async function keptMappings(): Promise<KeptMapping[]> {
  const kept = (await allOf<KeptMapping>("mappings")) ?? [];
  return kept.sort((a, b) => a.id.localeCompare(b.id));
}

/** Keeps a mapping under a name, in place of one of the same name. Returns whether the browser keeps it. */
export function keepMapping(mapping: KeptMapping): Promise<boolean> {
  return write("mappings", mapping);
}

export function forgetMapping(name: string): Promise<void> {
  return remove("mappings", name);
}
