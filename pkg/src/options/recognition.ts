import { ConfigError } from "../errors/config-error.js";
import type { OptionsOf } from "./table.js";

/** What becomes of an export that is recognised: it is not looked for, read by its preset, or asked about. */
export type Recognition = "off" | "use" | "ask";

type Given = Pick<OptionsOf<"send">, "preset" | "mapping" | "map" | "set">;

/**
 * Returns what becomes of an export that is recognised. `usual` is for options that do not show that the user knows of
 * the export.
 *
 * @throws ConfigError if both a preset and a mapping are given.
 */
export function recognition({ preset, mapping, map, set }: Given, usual: Recognition): Recognition {
  if (preset === "auto" || preset === undefined) {
    if (mapping !== undefined) return "off";
    return usual === "ask" && (map !== undefined || set !== undefined) ? "use" : usual;
  }
  if (preset !== "none" && mapping !== undefined) {
    throw new ConfigError(
      "invalid_option",
      "preset does not go with mapping: both say how events are made of records; give one of them",
    );
  }
  return "off";
}
