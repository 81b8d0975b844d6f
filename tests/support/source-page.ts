import { readFileSync } from "node:fs";

/** What the tables of docs/sources show of a mapping file. */
interface Mapping {
  records?: string;
  events: EventMapping[];
}

interface Source {
  from?: string | string[];
  value?: unknown;
  clean?: boolean;
  type?: string;
  unit?: string;
  zone?: string;
  decimal?: string;
}

interface EventMapping {
  each?: string;
  when?: Condition[];
  /** Where a whole event stands. */
  event?: string | string[];
  ownNames?: boolean;
  properties?: Properties;
  [field: string]: unknown;
}

interface Condition {
  path: string;
  in?: unknown[];
  notIn?: unknown[];
  exists?: boolean;
  beginsWith?: string[];
  notBeginsWith?: string[];
}

interface Properties {
  from?: string | string[];
  rest?: boolean;
  drop?: string[];
  pairs?: { from: string; name: string; value: (string | Source)[] };
  add?: Record<string, Source>;
}

const FIELDS = ["eventTypeId", "trafficTypeName", "key", "timestamp", "value"] as const;
const UNITS: Record<string, string> = { s: "seconds", ms: "milliseconds", us: "microseconds", ns: "nanoseconds" };
/** What a table stands below. Its name is that of a preset. */
const MARK = /^<!-- preset (\S+) -->\n\n(?:\|.*\n)*/gm;

/** Returns the names of the presets that a page has a table of. */
export function presetsOf(page: string): string[] {
  return [...page.matchAll(MARK)].map(([, name]) => name as string);
}

/** Returns the page with its tables as the mapping files have them. */
export function withTables(page: string, presets: URL): string {
  return page.replace(MARK, (_, name: string) => {
    const mapping: Mapping = JSON.parse(readFileSync(new URL(`${name}.json`, presets), "utf8"));
    return `<!-- preset ${name} -->\n\n${table(mapping)}`;
  });
}

function table({ records, events }: Mapping): string {
  const rows = events.flatMap((event) => rowsOf(event, records));
  return ["| of the event | from |", "|---|---|", ...rows.map((row) => `| ${row.join(" | ")} |`)]
    .join("\n")
    .concat("\n");
}

function rowsOf(event: EventMapping, records: string | undefined): string[][] {
  const each = event.each ?? records;
  const what = each ? `each of ${code(each)}` : "each record";
  const when = (event.when ?? []).map(condition).join(" and ");
  const made = ["**the event**", when ? `${what} whose ${when}` : what];
  if (event.event)
    return [made, ["all fields", `the event in ${[event.event].flat().map(code).join(", else ")}, as it is`]];
  if (event.ownNames) return [made, ["all fields", "the member or column of the same name"]];
  const fields = FIELDS.map((field) => [code(field), fieldOf(field, event[field] as Source | undefined)]);
  return [made, ...fields, ["`properties`", properties(event.properties ?? {})]];
}

function condition({ path, ...test }: Condition): string {
  const name = code(path);
  if (test.in) return `${name} is ${list(test.in, "or")}`;
  if (test.notIn) return `${name} is none of ${list(test.notIn, "and")}`;
  if (test.beginsWith) return `${name} begins with ${list(test.beginsWith, "or")}`;
  if (test.notBeginsWith) return `${name} does not begin with ${list(test.notBeginsWith, "or")}`;
  return test.exists ? `${name} is there` : `${name} is missing`;
}

function fieldOf(field: string, source: Source | undefined): string {
  if (source) return sourceOf(source);
  return field === "trafficTypeName" ? "`--set trafficTypeName=NAME`: the source has none" : "none";
}

function sourceOf({ from, value, clean, type, unit, zone, decimal }: Source): string {
  const place = from === undefined ? `always ${code(value)}` : [from].flat().map(code).join(", else ");
  const further = [
    unit && `in ${UNITS[unit]}`,
    zone && `in ${zone} if it names no zone`,
    decimal && `with a decimal ${decimal}, if it is a text`,
    type && `as ${type}`,
    clean && "cleaned",
  ];
  return [place, ...further.filter((one) => one)].join(", ");
}

function properties({ from, rest, drop, pairs, add }: Properties): string {
  const parts = [
    ...(from ? [`the members of ${[from].flat().map(code).join(" and of ")}`] : []),
    ...(rest ? ["all other columns"] : []),
    ...(pairs
      ? [`each of ${code(pairs.from)}: name in ${code(pairs.name)}, value in ${pairs.value.map(pair).join(", else ")}`]
      : []),
  ];
  const all = drop ? [`${parts.join("; ")}, without ${list(drop, "and")}`] : parts;
  const added = Object.entries(add ?? {}).map(([name, source]) => `${code(name)} from ${sourceOf(source)}`);
  return [...all, ...added].join("; ") || "none";
}

function pair(source: string | Source): string {
  return typeof source === "string" ? code(source) : sourceOf(source);
}

function list(values: readonly unknown[], last: "and" | "or"): string {
  const codes = values.map(code);
  return codes.length < 2 ? codes.join("") : `${codes.slice(0, -1).join(", ")} ${last} ${codes.at(-1)}`;
}

function code(value: unknown): string {
  return `\`${value}\``;
}
