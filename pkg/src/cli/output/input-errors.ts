import { presetMapping, presets } from "../../check/presets.js";
import { missingFields } from "../../mapping/targets.js";
import type { Issue, Report } from "../../node.js";
import { count, inputErrors } from "../../words/index.js";
import { inFlags } from "../flags/names.js";
import { say, sayCommand } from "./output.js";
import { fileName, shellWord } from "./text.js";

const MOST_LINES = 10;

/** Names each input that could not be read, or not to its end, and says why; one line each. */
export function sayInputErrors(report: Report): void {
  const lines = new Set(inputErrors(report).map(lineOf));
  for (const line of [...lines].slice(0, MOST_LINES)) say(line);
  if (lines.size > MOST_LINES) say(`… and ${count(lines.size - MOST_LINES)} more like these`);
}

/** Prints the command that sends what was recognised as an export, since `send` wants its preset to be named. */
export function sayPreset(report: Report, args: readonly string[]): void {
  const preset = inputErrors(report).find(({ code }) => code === NOT_NAMED)?.got;
  if (preset === undefined) return;
  const needs = missingFields(presetMapping(preset)).map((field) => `--set ${field}=${EXAMPLES[field] ?? "..."}`);
  const title = presets().find(({ name }) => name === preset)?.title ?? preset;
  say(`nothing was sent; this sends it as an export of ${title}:`);
  sayCommand(["split-events send", `--preset ${preset}`, ...needs, ...args.map(shellWord)].join(" "));
}

/** The code of the error that an export was recognised and its preset not named. */
const NOT_NAMED: string = "preset_not_named";
const EXAMPLES: Record<string, string> = { trafficTypeName: "user" };

function lineOf({ file, line, message, hint }: Issue): string {
  const name = fileName(file ?? "-");
  return `${line === null || line === 1 ? name : `${name}:${line}`}: ${inFlags(`${message}; ${hint}`)}`;
}
