import { openAsBlob, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parquetReadObjects } from "hyparquet/src/index.js";
import { type Mapping, send } from "split-events";
import { createSandbox } from "split-events/sandbox";

/** What must arrive of a record. */
interface Expected {
  key: string;
  timestamp: number;
  value: number;
}

/** A public table, the mapping for it, and what must arrive, in order. */
interface Table {
  name: string;
  mapping: Mapping;
  expected(): Promise<Expected[]>;
}

const data = new URL("../data/", `file://${createRequire(import.meta.url).resolve("vega-datasets")}`);
const path = (name: string) => new URL(name, data);
/** The most events that a sandbox is to keep. */
const LEDGER_MAX = 500_000;
const NOON = Date.UTC(2026, 10, 20, 12);

const tables: Table[] = [
  {
    name: "flights-200k.json",
    mapping: {
      events: [
        {
          eventTypeId: { value: "flight.delay" },
          trafficTypeName: { value: "flight" },
          key: { from: "distance" },
          timestamp: { value: NOON },
          value: { from: "delay" },
        },
      ],
    },
    async expected() {
      const flights = JSON.parse(readFileSync(path("flights-200k.json"), "utf8"));
      return flights.map(({ delay, distance }: Record<string, number>) => {
        return { key: String(distance), timestamp: NOON, value: delay };
      });
    },
  },
  {
    name: "birdstrikes.csv",
    mapping: {
      events: [
        {
          eventTypeId: { from: "Phase of flight", clean: true, prefix: "strike.", default: "unknown" },
          trafficTypeName: { value: "airport" },
          key: { from: "Airport Name" },
          timestamp: { from: "Flight Date", format: "ymd", zone: "UTC" },
          value: { from: "Cost Total $" },
        },
      ],
    },
    async expected() {
      const [, ...lines] = readFileSync(path("birdstrikes.csv"), "utf8").trimEnd().split(/\r?\n/);
      return lines.map((line) => {
        const cells = (line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []).map((cell) => cell.replace(/,$/, ""));
        const [airport = "", , , day = ""] = cells.map((cell) => cell.replace(/^"|"$/g, ""));
        return { key: airport, timestamp: Date.parse(`${day}T00:00:00Z`), value: Number(cells[12]) };
      });
    },
  },
  {
    name: "flights-3m.parquet",
    mapping: {
      events: [
        {
          eventTypeId: { value: "flight.delay" },
          trafficTypeName: { value: "route" },
          key: { template: "{origin}-{destination}" },
          timestamp: { from: "date", format: "iso", zone: "UTC" },
          value: { from: "delay" },
        },
      ],
    },
    async expected() {
      const bytes = readFileSync(path("flights-3m.parquet"));
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
      const { compressors } = await import("hyparquet-compressors");
      const rows = await parquetReadObjects({ file, compressors });
      return rows.map(({ date, delay, origin, destination }) => {
        return { key: `${origin}-${destination}`, timestamp: date.getTime(), value: Number(delay) };
      });
    },
  },
];

const [only] = process.argv.slice(2);
for (const table of tables.filter(({ name }) => only === undefined || name === only)) {
  const expected = await table.expected();
  const wrong = await difference(table, expected);
  const count = expected.length.toLocaleString("en-US");
  console.log(
    `${table.name}: ${wrong ? `differs: ${JSON.stringify(wrong)}` : `${count} records arrived, each as it must`}`,
  );
  if (wrong) process.exitCode = 1;
}

/** Sends a table to a sandbox. Returns what arrived otherwise than it must, if anything did. */
async function difference({ name, mapping }: Table, expected: Expected[]): Promise<unknown> {
  const isLarge = expected.length > LEDGER_MAX;
  const sandbox = isLarge ? undefined : await createSandbox();
  let at = 0;
  let wrong: unknown;
  const post = async (address: string, init?: RequestInit) => {
    for (const event of JSON.parse(new TextDecoder().decode(init?.body as Uint8Array))) {
      const { key, timestamp, value } = event;
      const wanted = expected[at++];
      const isSame = key === wanted?.key && timestamp === wanted?.timestamp && value === wanted?.value;
      if (!isSame) wrong ??= { event, wanted, record: at };
    }
    return sandbox ? fetch(address, init) : new Response(null, { status: 202 });
  };
  try {
    const endpoint = sandbox && { endpoint: `${sandbox.url}/api/events/bulk` };
    const options = { apiKey: "real", concurrency: 1, now: false as const, fetch: post, mapping, ...endpoint };
    const { events, accepted } = await send(await openAsBlob(path(name)), options);
    const kept = sandbox?.ledger().length ?? accepted;
    const counts = { expected: expected.length, events, accepted, kept };
    if (Object.values(counts).some((count) => count !== expected.length)) wrong ??= counts;
  } finally {
    await sandbox?.close();
  }
  return wrong;
}
