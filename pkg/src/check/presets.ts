import { ConfigError } from "../errors/config-error.js";
import { assertReady } from "../module/module.js";
import type { Mapping } from "../options/mapping.js";
import { nearest } from "../options/near.js";
import { presets as table, presetMapping as textOf } from "../wasm/split_events.js";

/** A mapping that comes with the package. */
export interface Preset {
  /** The name for the option `preset`. */
  name: string;
  /** The system whose exports it reads. */
  title: string;
  /** What it reads, in one line. */
  reads: string;
}

/** Returns all presets. In browsers call `await init()` first. */
export function presets(): Preset[] {
  assertReady();
  return table();
}

/**
 * Returns the mapping of a preset.
 *
 * @throws ConfigError if there is no preset of this name.
 */
export function presetMapping(name: string): Mapping {
  return JSON.parse(presetText(name)) as Mapping;
}

/** Returns the same as JSON text. */
export function presetText(name: string): string {
  assertReady();
  const text = textOf(name);
  if (text !== undefined) return text;
  const near = nearest(
    name,
    presets().map((preset) => preset.name),
  );
  const instead = near === undefined ? "presets() lists them" : `did you mean ${near}?`;
  throw new ConfigError("unknown_preset", `there is no preset ${JSON.stringify(name.slice(0, 80))}: ${instead}`);
}

/** @throws ConfigError if a preset is named that there is not. The module must be ready. */
export function assertPreset(name: string | undefined): void {
  if (name !== undefined && name !== "auto" && name !== "none") presetText(name);
}
