import { printJson, printText } from "../output.js";
import { visible } from "../text.js";
import { exit } from "../verdict.js";
import { ask } from "./ask.js";
import type { SettingProblem } from "./settings.js";

interface Health {
  ok: boolean;
  settings?: Record<string, unknown>;
  problems?: SettingProblem[];
}

/** Says which settings a running Worker has, or everything that is wrong with them. */
export async function health({ url, json }: { url: string; json?: boolean }): Promise<number> {
  const found = await ask<Health>(url, "GET", "health");
  if (json) printJson(found);
  else printText(found.ok ? settingLines(found.settings ?? {}) : problemLines(found.problems ?? []));
  return found.ok ? exit.ok : exit.refused;
}

function settingLines(settings: Record<string, unknown>): string {
  const width = Math.max(...Object.keys(settings).map((name) => name.length));
  const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return Object.entries(settings)
    .map(([name, value]) => `${name.padEnd(width)}  ${value === null ? "-" : visible(shown(value))}\n`)
    .join("");
}

/** One a line, as `SHARDS must be a whole number from 1 to 256`. */
export function problemLines(problems: readonly SettingProblem[]): string {
  return problems.map(({ name, problem }) => `${name} ${visible(problem)}\n`).join("");
}
