import { type Bar, type Case, CHUNK, type Input, SEED, today } from "./case.ts";
import type { Event } from "./event.ts";
import { Random } from "./random.ts";
import { cyrillic, plain, type Row, varied } from "./rows.ts";

const SAMPLE = 2000;
const FIELDS = ["eventTypeId", "trafficTypeName", "key", "timestamp", "value"] as const;
const PROPERTIES = ["country", "plan", "note"];
const HEADER = [...FIELDS, ...PROPERTIES.map((name) => `properties.${name}`)];

/** How a table is written. */
interface Style {
  row?: Row;
  separator?: string;
  lineEnd?: string;
  /** Every cell is in quotes. */
  quoted?: boolean;
  /** What stands behind the text of each cell. */
  behind?: string;
  time?: (timestamp: number) => string;
}

const iso = (timestamp: number) => new Date(timestamp).toISOString();

const againstOthers: readonly Bar[] = [
  { against: "papaparse", title: "PapaParse, ajv, JSON.stringify", atLeast: 16 },
  { against: "csvParse", title: "csv-parse, ajv, JSON.stringify", atLeast: 36 },
  { against: "beside", title: "ours, the same events as NDJSON", atMost: 1.4 },
];
const againstPlain: readonly Bar[] = [{ against: "beside", title: "ours, the same rows as case csv", atLeast: 0.5 }];

export const tables: readonly Case[] = [
  compared("csv", "8 columns, 5 % of one quoted", {}),
  compared("csv-varied", "8 columns, empty and odd cells", { row: varied }),
  kind("csv-iso", "ISO times", { time: iso }, "repaired"),
  kind("csv-crlf", "CRLF", { lineEnd: "\r\n" }),
  kind("csv-spaces", "a space behind each cell", { behind: " " }, "repaired"),
  kind("csv-semicolon", "separated by ;", { separator: ";" }),
  kind("csv-quoted", "all cells quoted", { quoted: true }),
  kind("csv-cyrillic", "Cyrillic", { row: cyrillic }),
];

function compared(name: string, title: string, style: Style): Case {
  const make = (size: number) => {
    const events = [...generate(style.row ?? plain, size)];
    return { ...table(events, style), beside: ndjson(events) };
  };
  return { name, title, make, bars: againstOthers };
}

function kind(name: string, title: string, style: Style, verdict: "clean" | "repaired" = "clean"): Case {
  const make = (size: number) => {
    const usual = [...generate(plain, size)];
    const events = style.row ? usual.map((_, at) => (style.row as Row)(new Random(SEED), at, today())) : usual;
    return { ...table(events, style, verdict), beside: table(usual, {}) };
  };
  return { name, title, make, bars: againstPlain };
}

function* generate(row: Row, size: number): Generator<Event, void> {
  const random = new Random(SEED);
  const now = today();
  for (let at = 0, length = 0; length < size; at += 1) {
    const event = row(random, at, now);
    length += line(event, {}).length;
    yield event;
  }
}

function ndjson(events: readonly Event[]): Input {
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join("");
  return { ...input(text, events, "clean"), form: "ndjson" };
}

function table(events: readonly Event[], style: Style, verdict: "clean" | "repaired" = "clean"): Input {
  const { behind = "" } = style;
  const header = cells(HEADER, { ...style, behind: "" });
  const text = header + events.map((event) => line(event, style)).join("");
  const spaced = behind === "" ? events : events.slice(0, SAMPLE).map((event) => withTextsEnding(event, behind));
  return input(text, spaced, verdict, events.length);
}

function input(
  text: string,
  events: readonly Event[],
  verdict: "clean" | "repaired",
  count: number = events.length,
): Input {
  return {
    bytes: new TextEncoder().encode(text),
    form: "table",
    chunk: CHUNK,
    expected: { events: count, clean: 0, repaired: 0, refused: 0, [verdict]: count },
    sample: events.slice(0, SAMPLE),
    judged: count,
  };
}

/** A space behind a property's text belongs to it; around a field it is taken off. */
function withTextsEnding(event: Event, behind: string): Event {
  const properties = Object.entries(event.properties ?? {}).map(([name, value]) => [
    name,
    typeof value === "string" ? value + behind : value,
  ]);
  return { ...event, properties: Object.fromEntries(properties) };
}

function line(event: Event, style: Style): string {
  const { time = String } = style;
  const fields = FIELDS.map((name) => (name === "timestamp" ? time(event.timestamp) : (event[name] ?? "")));
  return cells([...fields, ...PROPERTIES.map((name) => event.properties?.[name] ?? "")].map(String), style);
}

function cells(
  texts: readonly string[],
  { separator = ",", lineEnd = "\n", quoted = false, behind = "" }: Style,
): string {
  return texts.map((text) => cell(text + behind, separator, quoted)).join(separator) + lineEnd;
}

function cell(text: string, separator: string, quoted: boolean): string {
  const needed = quoted || text.includes('"') || text.includes(separator);
  return needed ? `"${text.replaceAll('"', '""')}"` : text;
}
