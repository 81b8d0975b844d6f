import { Batcher } from "../check/batcher.js";
import { check } from "../check/check.js";
import { assertPreset, presetMapping } from "../check/presets.js";
import type { Input } from "../input/sources.js";
import { init } from "../module/module.js";
import { withErrors } from "../module/thrown.js";
import { checked, withDefaults } from "../options/checked.js";
import type { EventMapping, Mapping } from "../options/mapping.js";
import { recognition } from "../options/recognition.js";
import type { Options, OptionsOf } from "../options/table.js";
import { suggestMapping as suggest } from "../wasm/split_events.js";
import { type Overlay, overlaid } from "./overlay.js";
import { type Sample, sampleOf } from "./sample.js";
import { missingFields, targetsOf } from "./targets.js";

/** What is known of the input, and laid over the mapping. */
export interface SuggestOptions extends OptionsOf<"suggestMapping">, Options {}

/** How events can be made of the records of an input. */
export interface Suggestion {
  /** The preset of the export that was recognised or named; missing if the mapping is a proposal by names and values. */
  preset?: string;
  /** Whether the input is a table. */
  isTable: boolean;
  /** The mapping, with the options laid over it. */
  mapping: Mapping;
  /** The columns of the table, or the paths of the JSON, in their order. */
  parts: SuggestedPart[];
  /** What has to be said before the mapping makes events. */
  missing: Missing[];
  /**
   * The first records, and the events that the mapping makes of them: with `user`, `page_load` and UTC for a missing
   * traffic type, event type and zone.
   */
  first: MappedRecord[];
}

/** A column of a table, or a path in JSON. */
export interface SuggestedPart {
  /** The name of the column, or the JSON Pointer. */
  name: string;
  /** Some of its values. */
  samples: string[];
  /** The fields and properties that it becomes, as `key` or `properties.plan`; none if it is left out. */
  becomes: string[];
}

/** Something that the input does not tell. */
export interface Missing {
  /** The option that tells it. */
  option: "set" | "map" | "timestampZone" | "timestampFormat";
  /** The field that it is about. */
  field: string;
  /** What is missing, in one line. */
  message: string;
}

/** A record, and its events. */
export interface MappedRecord {
  /** The line on which it begins. */
  line: number;
  /** Its text, cut at 1,000 characters. */
  text: string;
  events: object[];
}

/** What the module returns. */
interface Found {
  isTable: boolean;
  /** The fields that were found: field, column or path, and the member that says how it is read, with its value. */
  fields: [field: string, from: string, member: string, value: string][];
  /** The path of the object that holds the properties. */
  properties?: string | null;
  /** Whether members of a record are objects. */
  isNested: boolean;
  parts: [name: string, samples: string[]][];
  asksZone: boolean;
  asksOrder: boolean;
  records: [line: number, text: string][];
}

const MESSAGES: Record<string, string> = {
  eventTypeId: "no part of a record is the name of its event",
  trafficTypeName: "no part of a record is the traffic type of its key",
  key: "no part of a record is the key that getTreatment() was given",
  timestamp: "no part of a record is the time of its event",
  timestampZone: "the times name no zone",
  timestampFormat: "the dates may begin with the day or with the month",
};

/**
 * Proposes a mapping for an input by its first megabyte: that of the preset, if the input is recognised as an export of
 * a system, else one by the names and values of its parts.
 *
 * ```js
 * const { mapping, missing } = await suggestMapping(file, { set: { trafficTypeName: "user" } });
 * if (missing.length === 0) await send(file, { apiKey, mapping });
 * ```
 *
 * @throws ConfigError if an option is wrong.
 * @throws InputError if the input is of a wrong type or its stream fails.
 */
export async function suggestMapping(input: Input, options?: SuggestOptions): Promise<Suggestion> {
  const own = checked("suggestMapping", options);
  recognition(own, "use");
  await init();
  assertPreset(own.preset);
  const sample = await sampleOf(input, own);
  const { preset, base, found } = await mappingOf(sample, own);
  const mapping = overlaid(base, own);
  const names = found.parts.map(([name]) => name);
  const asks = preset === undefined && own.mapping === undefined ? asked(found) : [];
  const unsaid = [
    ...missingFields(mapping, names).map((field) => missing(EXAMPLES[field] === undefined ? "map" : "set", field)),
    ...asks.filter((option) => own[option] === undefined).map((option) => missing(option, "timestamp")),
  ];
  return {
    ...(preset !== undefined && { preset }),
    isTable: found.isTable,
    mapping,
    parts: found.parts.map(([name, samples]) => ({ name, samples, becomes: targetsOf(mapping, name) })),
    missing: unsaid,
    first: firstEvents(sample, found, overlaid(mapping, examplesFor(unsaid)), own),
  };
}

/** Values for what is missing, with which the first events are shown. */
const EXAMPLES: Record<string, string> = { eventTypeId: "page_load", trafficTypeName: "user" };

function examplesFor(unsaid: readonly Missing[]): Overlay {
  const set: Record<string, string> = {};
  for (const { option, field } of unsaid) if (option === "set") set[field] = EXAMPLES[field] ?? "";
  return { set, ...(unsaid.some(({ option }) => option === "timestampZone") && { timestampZone: "UTC" }) };
}

async function mappingOf(
  sample: Sample,
  own: SuggestOptions,
): Promise<{ preset?: string; base: Mapping; found: Found }> {
  const look = (options: SuggestOptions) =>
    withErrors<Found>(() => suggest(sample.bytes, withDefaults("suggestMapping", options)));
  if (own.mapping !== undefined) return { base: JSON.parse(own.mapping as string) as Mapping, found: look(own) };
  const isNamed = own.preset !== undefined && own.preset !== "auto" && own.preset !== "none";
  const preset = isNamed ? own.preset : own.preset === "none" ? undefined : await recognised(sample, own);
  const found = look({ ...own, preset: preset ?? "none" });
  return preset === undefined ? { base: proposed(found), found } : { preset, base: presetMapping(preset), found };
}

/** Returns the mapping of a proposal. */
function proposed({ isTable, fields, properties, isNested }: Found): Mapping {
  const event: EventMapping = isTable ? { ownNames: true } : {};
  for (const [field, from, member, value] of fields) {
    event[field] = { from, ...(member !== "" && { [member]: value === "true" ? true : value }) };
  }
  if (isTable) return { events: [event] };
  const within = fields.map(([, from]) => from).filter((from) => from.startsWith(`${properties}/`));
  const drop = within.map((from) => from.slice(`${properties}/`.length)).filter((name) => !name.includes("/"));
  event.properties = properties
    ? { from: properties, ...(drop.length > 0 && { drop }) }
    : { rest: true, ...(isNested && { flatten: true }) };
  return { events: [event] };
}

function asked({ asksZone, asksOrder }: Found): ("timestampZone" | "timestampFormat")[] {
  return [...(asksZone ? (["timestampZone"] as const) : []), ...(asksOrder ? (["timestampFormat"] as const) : [])];
}

async function recognised({ bytes }: Sample, own: SuggestOptions): Promise<string | undefined> {
  const { sheet: _, ...reading } = own;
  return (await check(bytes, reading)).preset;
}

/** Returns the first records with their events. Those of a record that the mapping skips are none. */
function firstEvents({ bytes }: Sample, found: Found, mapping: Mapping, own: SuggestOptions): MappedRecord[] {
  const reading = { ...own };
  // they are in the mapping
  for (const name of ["preset", "map", "set", "sheet"] as const) delete reading[name];
  const batcher = new Batcher({ ...reading, mapping, maxEvents: 1 });
  try {
    const batches = [...batcher.push(bytes), ...batcher.finish()];
    return found.records.map(([line, text]) => ({
      line,
      text,
      events: batches
        .filter(({ from }) => from.line === line)
        .flatMap(({ body }) => JSON.parse(new TextDecoder().decode(body)) as object[]),
    }));
  } finally {
    batcher.free();
  }
}

function missing(option: Missing["option"], field: string): Missing {
  const message = MESSAGES[option.startsWith("timestamp") ? option : field] ?? "";
  return { option, field, message };
}
