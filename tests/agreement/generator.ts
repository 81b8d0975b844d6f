import type { Random } from "./random.ts";

/** What a JSON text may hold where a field is expected, as JSON text. */
const ODD = ["null", "true", "false", "0", "-0", "1", "[]", "{}", '""', '" "', "1e400", "-1e400", '"NaN"', '["a"]'];
const NUMBERS = [
  "0",
  "-0",
  "-0.0",
  "1",
  "3.85",
  "-2e3",
  "1E5",
  "1e21",
  "1e-7",
  "123456789012345678901234567890",
  "0.1",
];
const HUGE = ["1e308", "1e309", "-1e999", "5e-324", "1e-400", "2.2250738585072011e-308", "9007199254740993"];
const NUMERIC_TEXTS = ["1", " 3.85 ", "1e3", "-.5", "+5", "", " ", "0x10", "1_000", "1e400", "NaN", "Infinity", "3,85"];
const CHARACTERS = [
  "a",
  "Z",
  "7",
  "-",
  "_",
  ".",
  ":",
  " ",
  "ä",
  "İ",
  "ß",
  "😀",
  "\ufeff",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\u200b",
];
const LARGE_KEYS = [
  "9007199254740991",
  "9007199254740992",
  "-636507967185264641",
  "12345678901234567890.5",
  `1${"0".repeat(250)}`,
];
const DOUBTFUL_KEYS = ["null", "#N/A", "42.0", "1.2E+15", "'00123", '="00123"', "A\u200bva", "A\u007fva"];
const HOSTILE = ["\0", "\u001f", '"', "\\", "/", "\ud800", "\udc00", "\u2060", "\uffff", "\u180e"];
const KEYS = ["country", "plan", "a.b", "", "ключ", "__proto__", "constructor", "toString", "length", "toJSON", "0"];

export type Kind = "valid" | "dirty" | "hostile";

/** One event as JSON text on one line. `id` stands in `environmentName`, which the service keeps and the SDK does not know. */
export function eventText(random: Random, id: string): { text: string; kind: Kind } {
  const kind = random.of(["valid", "valid", "dirty", "dirty", "hostile"] as const);
  const dirt = { valid: 0, dirty: 0.12, hostile: 0.3 }[kind];
  const field = (name: string, good: () => string) => {
    const odd = random.chance(dirt);
    if (odd && random.chance(0.2)) return [];
    return [`"${name}":${odd ? oddValue(random) : good()}`];
  };
  const fields = [
    ...field("eventTypeId", () => (random.chance(dirt) ? string(random, random.of([1, 5, 79, 80, 81])) : name(random))),
    ...field("trafficTypeName", () =>
      random.chance(dirt) ? string(random, 4) : random.of(['"user"', '"User"', '"ACCOUNT"', '"ünit"']),
    ),
    ...field("key", () => key(random, dirt)),
    ...field("timestamp", () => String(1_700_000_000_000 + random.below(1e9))),
    ...(random.chance(0.7) ? field("value", () => value(random, dirt)) : []),
    ...(random.chance(0.7) ? field("properties", () => properties(random, dirt)) : []),
    `"environmentName":${environment(random, id, dirt)}`,
  ];
  if (random.chance(dirt / 4)) fields.splice(random.below(fields.length), 0, `"extra":${oddValue(random)}`);
  if (random.chance(dirt / 8)) fields.splice(random.below(fields.length), 0, random.of(fields.slice(0, -1)));
  return { text: `{${fields.join(random.of([",", ", "]))}}`, kind };
}

/** The text with a few of its units dropped, doubled or replaced. */
export function mutated(random: Random, text: string): string {
  const units = text.split("");
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    const at = random.below(units.length);
    units.splice(
      at,
      random.below(2),
      ...random.of([[], [units[at] ?? ""], [random.of(['"', "{", "}", ",", ":", "\\", "0", "e", "\t"])]]),
    );
  }
  return units.join("");
}

function environment(random: Random, id: string, dirt: number): string {
  return JSON.stringify(random.chance(dirt / 4) ? random.of([` ${id}\u200b`, "", " \u2060"]) : id);
}

function name(random: Random): string {
  return random.of(['"page_load"', '"page.view"', '"a"', '"A:b-c.d_e"', `"${"n".repeat(random.of([63, 64, 80]))}"`]);
}

function key(random: Random, dirt: number): string {
  if (!random.chance(dirt * 2)) return `"user-${random.below(1e6)}"`;
  return random.of([
    () => random.of([...NUMBERS, ...HUGE]),
    () => random.of(LARGE_KEYS),
    () => JSON.stringify(random.of(DOUBTFUL_KEYS)),
    () => string(random, random.of([1, 3, 249, 250, 251])),
    () => `"  ${"k".repeat(random.of([1, 250, 251]))}\\t"`,
    () => `{"matchingKey":${string(random, 3)},"bucketingKey":"b"}`,
    () => oddValue(random),
  ])();
}

function value(random: Random, dirt: number): string {
  if (random.chance(dirt)) return random.chance(0.5) ? JSON.stringify(random.of(NUMERIC_TEXTS)) : random.of(HUGE);
  return random.chance(0.5) ? random.of(NUMBERS) : String(random.unit() * 1000);
}

function properties(random: Random, dirt: number): string {
  const count = random.chance(dirt / 20) ? random.of([299, 300, 301]) : random.below(6);
  const members = Array.from({ length: count }, (_, at) => {
    const name = random.chance(dirt) ? random.of(KEYS) : `p${at}`;
    return `${JSON.stringify(name)}:${property(random, dirt)}`;
  });
  if (random.chance(dirt / 20)) members.push(`"large":"${"x".repeat(15_867 - random.below(40))}"`);
  return `{${members.join(",")}}`;
}

function property(random: Random, dirt: number): string {
  if (random.chance(dirt)) return random.chance(0.3) ? nested(random) : oddValue(random);
  return random.of([
    () => random.of(NUMBERS),
    () => random.of(["true", "false", "null"]),
    () => string(random, random.below(8)),
    () => JSON.stringify("v".repeat(random.of([1, 10, 256, 257]))),
  ])();
}

function nested(random: Random): string {
  const depth = random.of([1, 2, 29, 30, 31, 32, 40]);
  return random.chance(0.5) ? "[".repeat(depth) + "]".repeat(depth) : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
}

function oddValue(random: Random): string {
  return random.chance(0.3) ? string(random, random.below(5)) : random.of([...ODD, ...NUMBERS, ...HUGE]);
}

function string(random: Random, length: number): string {
  let text = "";
  while (text.length < length) text += random.chance(0.03) ? random.of(HOSTILE) : random.of(CHARACTERS);
  return random.chance(0.5) ? JSON.stringify(text) : escaped(text);
}

function escaped(text: string): string {
  return `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`;
}
