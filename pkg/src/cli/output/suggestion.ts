import type { MappedRecord, Missing, SuggestedPart, Suggestion } from "../../node.js";
import { counted } from "../../words/index.js";
import type { MapFlags } from "../flags/options.js";
import { type Colors, colorsFor, grid } from "./grid.js";
import { fileName, shellWord, visible } from "./text.js";

export interface SuggestionOptions {
  color: boolean;
  columns?: number;
  /** The name of the file. */
  name: string;
  flags: MapFlags;
}

/** How many characters of a record are shown. */
const RECORD = 200;
/** How many paths are shown that nothing becomes of. */
const LEFT_OUT = 12;

/** Draws how events can be made of the records of a file. */
export function renderSuggestion(
  suggestion: Suggestion,
  { color, columns = 100, name, flags }: SuggestionOptions,
): string {
  const colors = colorsFor(color);
  const { parts, missing, first } = suggestion;
  const sections = [
    colors.bold(title(suggestion, name)),
    partTable(parts, suggestion.isTable, columns, colors),
    missing.length > 0 ? missingTable(missing, parts, columns, colors) : "",
    first.map((record) => recordText(record, colors)).join("\n"),
    nextStep(suggestion, name, flags),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function title({ preset, isTable, parts, missing }: Suggestion, name: string): string {
  const what = isTable ? `a table of ${counted(parts.length, "column")}` : `JSON with ${counted(parts.length, "path")}`;
  const how = preset === undefined ? "" : `, read by the preset ${preset}`;
  const left = missing.length === 0 ? "" : `; ${counted(missing.length, "thing")} to say`;
  return `${fileName(name)}: ${what}${how}${left}`;
}

function partTable(parts: readonly SuggestedPart[], isTable: boolean, width: number, colors: Colors): string {
  const used = parts.filter(({ becomes }) => becomes.length > 0);
  const others = parts.filter(({ becomes }) => becomes.length === 0);
  const shown = [...used, ...others.slice(0, LEFT_OUT)];
  const rows = shown.map(({ name, becomes, samples }) => ({
    cells: [
      visible(name),
      becomes.length > 0 ? visible(becomes.join(", ")) : colors.dim("left out"),
      colors.dim(visible(samples.join("  "))),
    ],
  }));
  const more =
    others.length > LEFT_OUT ? `\n${colors.dim(`… and ${others.length - LEFT_OUT} more that are left out`)}` : "";
  return rows.length === 0 ? "" : grid([isTable ? "column" : "path", "becomes", "such as"], rows, width, colors) + more;
}

function missingTable(
  missing: readonly Missing[],
  parts: readonly SuggestedPart[],
  width: number,
  colors: Colors,
): string {
  const rows = missing.map((one) => ({ cells: [colors.yellow(one.field), flagOf(one, parts), one.message] }));
  return grid(["missing", "say it with", ""], rows, width, colors);
}

/** Returns the flag that tells what is missing, with an example of its value. */
function flagOf({ option, field }: Missing, parts: readonly SuggestedPart[]): string {
  if (option === "timestampZone") return "--timestamp-zone UTC";
  if (option === "timestampFormat") return "--timestamp-format dmy";
  if (option === "set") return `--set ${field}=${field === "eventTypeId" ? "page_load" : "user"}`;
  const free = parts.find(({ becomes }) => !becomes.some((target) => !target.startsWith("properties.")));
  return `--map ${shellWord(free?.name ?? "COLUMN")}=${field}`;
}

function recordText({ line, text, events }: MappedRecord, colors: Colors): string {
  const record = text.length > RECORD ? `${text.slice(0, RECORD)}…` : text;
  const made = events.length > 0 ? events.map((event) => visible(JSON.stringify(event))) : [colors.dim("no event")];
  return [`line ${line}: ${colors.dim(visible(record.trimEnd()))}`, ...made.map((event) => `  → ${event}`)].join("\n");
}

function nextStep({ preset, missing }: Suggestion, name: string, flags: MapFlags): string {
  const file = shellWord(name);
  if (flags.write !== undefined) {
    return `The mapping is in ${visible(flags.write)}. To check the file with it:\n    split-events check --mapping ${shellWord(flags.write)} ${file}`;
  }
  const given = givenFlags(flags);
  const told = missing.map((one) => flagOf(one, []));
  const all = [...given, ...told];
  if (preset !== undefined)
    return `To check it:\n    ${["split-events check", `--preset ${preset}`, ...all, file].join(" ")}`;
  return `To keep this mapping in a file:\n    ${["split-events map", ...all, "--write mapping.json", file].join(" ")}`;
}

/** Returns the flags that were given, as they are written in a shell. */
function givenFlags(flags: MapFlags): string[] {
  const { map = {}, set = {}, format, separator, skipRows, decimal, encoding, sheet } = flags;
  const { timestampFormat, timestampUnit, timestampZone } = flags;
  const plain = {
    format,
    separator,
    "skip-rows": skipRows,
    decimal,
    "timestamp-format": timestampFormat,
    "timestamp-unit": timestampUnit,
    "timestamp-zone": timestampZone,
    encoding,
    sheet,
  };
  return [
    ...Object.entries(map).map(([from, field]) => `--map ${shellWord(`${from}=${field}`)}`),
    ...Object.entries(set).map(([field, value]) => `--set ${shellWord(`${field}=${value}`)}`),
    ...Object.entries(plain)
      .filter(([, value]) => value !== undefined)
      .map(([flag, value]) => `--${flag} ${shellWord(String(value))}`),
  ];
}
