import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { InputError, send } from "split-events";

/** An event as `write.py` says that it must arrive. Whole numbers and decimals are texts. */
type Expected = Record<string, unknown> & { properties: Record<string, unknown> };

/** What differs between the file and what arrived. */
interface Difference {
  file: string;
  expected: unknown;
  arrived: unknown;
}

/** The columns of the file that a format cannot hold. */
const WITHOUT: [file: RegExp, columns: string[]][] = [
  [/\.xlsx$/, ["id", "price", "small"]],
  [/^fastavro/, ["id", "price", "small", "plan", "ok", "value"]],
];

/** The files whose times have no zone. */
const NO_ZONE = /\.xlsx$|int96/;

/** Sends a file that `write.py` has written. Returns what arrived otherwise than it must, if anything did. */
export async function difference(path: string, content: Blob | Uint8Array): Promise<Difference | undefined> {
  const file = basename(path);
  const expected: Expected[] = JSON.parse(readFileSync(join(path, "../expected.json"), "utf8"));
  const without = WITHOUT.find(([name]) => name.test(file))?.[1] ?? [];
  const wanted = expected.map((event) => inOrder(event, without));
  const arrived = (await sent(content, file)).map((event) => inOrder(event, without));
  // members of a zip file come in their order, and rows in theirs
  const at = wanted.findIndex((event, at) => event !== arrived[at]);
  if (at < 0 && arrived.length === wanted.length) return undefined;
  return { file, expected: wanted[Math.max(at, 0)], arrived: at < 0 ? `${arrived.length} events` : arrived[at] };
}

async function sent(content: Blob | Uint8Array, file: string): Promise<Expected[]> {
  const events: Expected[] = [];
  const fetch = async (_: string, init?: RequestInit) => {
    const body = new TextDecoder().decode(init?.body as Uint8Array);
    // long numbers as texts, so that JSON.parse rounds none
    events.push(...JSON.parse(body.replace(/"(id|price)":(-?[\d.]+)/g, '"$1":"$2"')));
    return new Response(null, { status: 202 });
  };
  try {
    const zone = NO_ZONE.test(file) ? { timestampZone: "UTC" } : {};
    await send(content, { apiKey: "formats", concurrency: 1, now: false, fetch, ...zone });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new Error(`${error.message}: ${error.cause instanceof Error ? error.cause.message : ""}`);
  }
  return events;
}

/** Writes an event with its names in order, without what a format cannot hold. */
function inOrder(event: Expected, without: string[]): string {
  const { eventTypeId, key, timestamp, value, properties } = event;
  const names = Object.keys(properties).filter((name) => properties[name] !== null && !without.includes(name));
  const kept = Object.fromEntries(names.sort().map((name) => [name, alike(properties[name])]));
  return JSON.stringify([eventTypeId, key, timestamp, ...(without.includes("value") ? [] : [value]), kept]);
}

/** Returns a value as all formats hold it. Some write a number of 32 bits as the number of 64 bits that it is. */
function alike(value: unknown): unknown {
  if (typeof value === "number") return Math.fround(value);
  // CSV keeps the zeros of a decimal
  return typeof value === "string" && /^-?\d+\.\d*0$/.test(value) ? value.replace(/\.?0+$/, "") : value;
}
