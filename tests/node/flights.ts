import { createWriteStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Event } from "../support/events.js";

interface Flight {
  /** Minutes. */
  delay: number;
  /** Miles. */
  distance: number;
  /** Hours after midnight. */
  time: number;
}

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;
const LINES_AT_ONCE = 1000;

/** Returns the 200,000 flights of vega-datasets as events in the month before `now`. */
export function flights(now: number): Event[] {
  const index = createRequire(import.meta.url).resolve("vega-datasets");
  const file = new URL("../data/flights-200k.json", `file://${index}`);
  const records = JSON.parse(readFileSync(file, "utf8")) as Flight[];
  return records.map(({ delay, distance, time }, i) => ({
    eventTypeId: "flight.delay",
    trafficTypeName: "flight",
    key: `flight-${i}`,
    timestamp: Math.floor(now - MONTH_MS + (i * MONTH_MS) / records.length),
    value: delay,
    properties: { distance, time },
  }));
}

/** Writes the flights as NDJSON. Tests and benchmarks make the file each time. */
export async function writeFlights(path: string, now: number): Promise<Event[]> {
  const events = flights(now);
  await pipeline(Readable.from(lines(events)), createWriteStream(path));
  return events;
}

function* lines(events: readonly Event[]): Generator<string> {
  for (let at = 0; at < events.length; at += LINES_AT_ONCE) {
    yield events
      .slice(at, at + LINES_AT_ONCE)
      .map((event) => `${JSON.stringify(event)}\n`)
      .join("");
  }
}
