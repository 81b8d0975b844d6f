import { exit } from "../exit.js";
import { printJson, printText, say } from "../output/output.js";
import { visible } from "../output/text.js";
import { ask } from "./ask.js";
import type { SettingProblem } from "./settings.js";

interface Health {
  ok: boolean;
  settings?: Record<string, unknown>;
  problems?: SettingProblem[];
  misspelt?: SettingProblem[];
  /** The names of variables that the Worker does not read. */
  unknown?: string[];
}

/** Shows the settings of a running Worker, or everything that is wrong with them. */
export async function health({ url, json }: { url: string; json?: boolean }): Promise<number> {
  const found = await ask<Health>(url, "GET", "health");
  if (json) printJson(found);
  else printText(found.ok ? settingLines(found.settings ?? {}) : problemLines(found.problems ?? []));
  const { misspelt = [], unknown = [] } = found;
  if (json) return found.ok ? exit.ok : exit.refused;
  for (const { name, problem } of misspelt) say(`${name} ${problem}`);
  if (unknown.length > 0) say(`the Worker does not read these variables: ${unknown.join(", ")}`);
  return found.ok ? exit.ok : exit.refused;
}

function settingLines(settings: Record<string, unknown>): string {
  const width = Math.max(...Object.keys(settings).map((name) => name.length));
  const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return Object.entries(settings)
    .map(([name, value]) => `${name.padEnd(width)}  ${value === null ? "-" : visible(shown(value))}\n`)
    .join("");
}

/** Writes one problem a line, as `SHARDS must be a whole number from 1 to 256`. */
function problemLines(problems: readonly SettingProblem[]): string {
  return problems.map(({ name, problem }) => `${visible(`${name} ${problem}`)}\n`).join("");
}
