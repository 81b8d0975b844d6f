import { flights } from "../../tests/node/flights.ts";
import { type Case, CHUNK, type Expected, type Input, SEED, today } from "./case.ts";
import { type Made, soil } from "./dirt.ts";
import { event, foreign, four, type Look, twenty, varied } from "./event.ts";
import { Random } from "./random.ts";
import { records } from "./records.ts";
import { tables } from "./tables.ts";

export const cases: readonly Case[] = [
  { name: "p4", title: "4 properties", make: (size) => input(generate(four, size)) },
  { name: "p20", title: "20 properties", make: (size) => input(generate(twenty, size)) },
  { name: "unicode", title: "30 % of strings not ASCII", make: (size) => input(generate(foreign, size)) },
  { name: "pretty", title: "pretty-printed", make: (size) => input(generate(four, size), { indent: 2 }) },
  { name: "ndjson", title: "NDJSON", make: (size) => input(generate(four, size), { form: "ndjson" }) },
  { name: "varied", title: "shapes vary", make: (size) => input(generate(varied, size)) },
  { name: "long", title: "4 properties, one whole buffer", make: (size) => input(generate(four, size), { chunk: 0 }) },
  { name: "dirty", title: "10 % repaired, 1 % refused", make: (size) => input(generate(four, size, soil)) },
  { name: "objects", title: "objects by 500", make: (size) => input(generate(four, size), { form: "objects" }) },
  { name: "flights", title: "flights, NDJSON", make: (size) => input(flown(size), { form: "ndjson" }) },
  ...tables,
  ...records,
];

function clean(_: Random, event: unknown): Made {
  return { verdict: "clean", event };
}

type Soil = typeof soil;

function* generate(look: Look, size: number, made: Soil = clean): Generator<Made, void> {
  const random = new Random(SEED);
  const now = today();
  for (let at = 0; at < size; ) {
    const next = made(random, event(random, look, now));
    at += JSON.stringify(next.event).length + 1;
    yield next;
  }
}

function* flown(size: number): Generator<Made, void> {
  let at = 0;
  for (const event of flights(today())) {
    if (at >= size) return;
    at += JSON.stringify(event).length + 1;
    yield { verdict: "clean", event };
  }
}

function input(
  made: Iterable<Made>,
  { form = "array", chunk = CHUNK, indent = 0 }: { form?: Input["form"]; chunk?: number; indent?: number } = {},
): Input {
  const expected: Expected = { events: 0, clean: 0, repaired: 0, refused: 0 };
  const texts: string[] = [];
  for (const { verdict, event } of made) {
    expected.events += 1;
    expected[verdict] += 1;
    texts.push(written(event, indent));
  }
  const text = form === "array" ? array(texts, indent) : `${texts.join("\n")}\n`;
  return { bytes: new TextEncoder().encode(text), form, chunk, expected };
}

/** Writes events as `JSON.stringify` writes them in an array. */
function written(event: unknown, indent: number): string {
  if (indent === 0) return JSON.stringify(event);
  const pad = " ".repeat(indent);
  return `${pad}${JSON.stringify(event, null, indent).replaceAll("\n", `\n${pad}`)}`;
}

function array(texts: readonly string[], indent: number): string {
  return indent === 0 ? `[${texts.join(",")}]` : `[\n${texts.join(",\n")}\n]`;
}
