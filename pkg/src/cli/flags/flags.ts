import { type Command, InvalidArgumentError, Option } from "commander";
import { didYouMean, FIELDS, isMapField, isSetField } from "../../options/fields.js";
import { type Row, rowsFor } from "../../options/rows.js";
import type { Taker } from "../../options/table.js";

/** A number without a unit below this was probably meant in seconds. */
const MS_BARE_MIN = 100;
const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Adds the flags of the options that a function takes; with `names`, only of those. `helps` replaces the help of the table.
 */
export function addFlags(
  command: Command,
  taker: Taker,
  helps: Record<string, string> = {},
  names?: readonly string[],
): Command {
  const rows = rowsFor(taker).flatMap((row) => (row.name === "knownKeys" ? [row, ...rowsFor("KnownKeys.read")] : row));
  for (const row of rows) {
    if (names && !names.includes(row.name)) continue;
    if (row.flag === undefined || command.options.some(({ flags }) => flags === row.flag)) continue;
    const option = new Option(row.flag, helps[row.name] ?? help(row));
    const parse = parserOf(row);
    command.addOption(parse ? option.argParser<unknown>(parse) : option);
  }
  return command;
}

function help({ name, type, flag, doc, help = doc, default: usual }: Row): string {
  if (name === "retry.attempts") return `${help}; default ${(usual as number) - 1}`;
  if (usual === undefined || !(type === "whole" || type === "number" || type === "word") || !flag?.includes("<")) {
    return help;
  }
  return `${help}; default ${isSpan(flag) ? spanText(usual as number) : usual}`;
}

function isSpan(flag: string | undefined): boolean {
  return flag?.endsWith("<span>") === true;
}

function parserOf({
  name,
  type,
  flag,
  least = 0,
  most = 0,
  above,
}: Row): ((text: string, before: unknown) => unknown) | undefined {
  if (name === "retry.attempts") return (text) => wholeNumber(text, { from: 0, to: most - 1 });
  if (isSpan(flag)) return span;
  if (type === "whole") return (text) => wholeNumber(text, { from: least, to: most });
  if (type === "number") return (text) => number(text, above ? `above ${least}` : "");
  if (type === "clock") return clock;
  if (type === "columns") return mapped;
  if (type === "fields") return set;
  return type === "texts" ? list : undefined;
}

/** Reads a time such as `30s` as milliseconds. */
function span(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError("takes a time, as 500ms, 30s, 2m or 1h");
  const number = Number(digits);
  if (unit === undefined && number > 0 && number < MS_BARE_MIN) {
    throw new InvalidArgumentError(`${digits} would be ${digits} milliseconds: did you mean ${digits}s?`);
  }
  return number * (UNITS[unit ?? "ms"] as number);
}

function spanText(ms: number): string {
  const unit = ["h", "m", "s"].find((unit) => ms % (UNITS[unit] as number) === 0) ?? "ms";
  return `${ms / (UNITS[unit] as number)}${unit}`;
}

/** Reads digits as a whole number in a range. */
export function wholeNumber(text: string, { from, to }: { from: number; to: number }): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= from && number <= to) return number;
  throw new InvalidArgumentError(`takes a whole number from ${from} to ${to}`);
}

function number(text: string, range: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError(`takes a number ${range}`.trim());
  return Number(text);
}

function clock(text: string): number | false {
  if (text === "off") return false;
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("takes Unix time in milliseconds, or off");
  return Number(text);
}

/** Takes one of these words. */
export function oneOf(words: readonly string[]): (text: string) => string {
  return (text) => {
    if (words.includes(text)) return text;
    throw new InvalidArgumentError(`takes ${words.slice(0, -1).join(", ")} or ${words.at(-1)}`);
  };
}

/** Cuts at the last `=`: a column's name may hold one, a field's does not. */
function mapped(text: string, given: unknown): Record<string, string> {
  const before = (given ?? {}) as Record<string, string>;
  const at = text.lastIndexOf("=");
  const [from, field] = [text.slice(0, at).trim(), text.slice(at + 1)];
  if (at < 0) throw new InvalidArgumentError("takes FROM=FIELD, as in user_id=key");
  if (from === "") throw new InvalidArgumentError("names no column or path before the =, as in user_id=key");
  if (!isMapField(field)) throw noField(field, " and - to leave it out");
  if (Object.hasOwn(before, from)) throw new InvalidArgumentError(`is given twice for ${from}: give each column once`);
  return { ...before, [from]: field };
}

/** Cuts at the first `=`: a value may hold one, a field's name does not. */
function set(text: string, given: unknown): Record<string, Value> {
  const before = (given ?? {}) as Record<string, Value>;
  const at = text.indexOf("=");
  if (at < 0) throw new InvalidArgumentError("takes FIELD=VALUE, as in trafficTypeName=user");
  const [, field = "", kind] = /^(.*?)(:text|:number)?$/s.exec(text.slice(0, at).trim()) ?? [];
  const value = text.slice(at + 1).trim();
  if (!isSetField(field)) throw noField(field);
  if (value === "") throw new InvalidArgumentError(`gives no value: write it behind the =, as in ${field}=...`);
  if (Object.hasOwn(before, field)) throw new InvalidArgumentError(`is given twice for ${field}: give each field once`);
  if (kind === ":number" && !Number.isFinite(Number(value)))
    throw new InvalidArgumentError("takes a number behind :number");
  return { ...before, [field]: kind === ":text" ? value : typed(field, value) };
}

type Value = string | number | boolean;

/** Reads a number or a boolean as such, where a field may have one. */
function typed(field: string, value: string): Value {
  if (!/^(value|timestamp|properties\..*)$/s.test(field)) return value;
  if (value === "true" || value === "false") return value === "true";
  return String(Number(value)) === value && Number.isFinite(Number(value)) ? Number(value) : value;
}

function noField(field: string, more = ""): InvalidArgumentError {
  const names = FIELDS.filter((name) => more !== "" || name !== "properties").join(", ");
  const what = field === "" ? "names no field" : `names no field ${JSON.stringify(field)}`;
  return new InvalidArgumentError(`${what}; fields are ${names}, properties.NAME${more}${didYouMean(field)}`);
}

/** Reads texts with commas between them. */
function list(text: string): string[] {
  const items = text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
  if (items.length === 0) throw new InvalidArgumentError("takes names with commas between them, as in user,account");
  return items;
}
