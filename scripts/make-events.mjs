import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

// Writes clean events as NDJSON for measurements, the same for the same arguments.
const usage = "usage: node scripts/make-events.mjs BYTES [FILE], as in: 1e9 /tmp/events.ndjson";
const [size, file] = process.argv.slice(2);
const bytes = Number(size);
if (!Number.isFinite(bytes) || bytes <= 0) {
  console.error(usage);
  process.exit(2);
}

const FIRST = 1_700_000_000_000;
const COUNTRIES = ["CA", "DE", "Österreich", "日本", "BR", "US"];
const LINES_AT_ONCE = 1000;

/** @param {number} i */
function line(i) {
  return `${JSON.stringify({
    eventTypeId: i % 3 === 0 ? "page_load" : "page_latency",
    trafficTypeName: "user",
    key: `user-${(i * 7919) % 1_000_003}`,
    timestamp: FIRST + i * 10,
    value: ((i * 31) % 10_000) / 100,
    properties: { country: COUNTRIES[i % COUNTRIES.length], page: `/products/${i % 977}`, loggedIn: i % 2 === 0 },
  })}\n`;
}

const out = file === undefined ? process.stdout : createWriteStream(file);
for (let written = 0, i = 0; written < bytes; ) {
  let text = "";
  for (const end = i + LINES_AT_ONCE; i < end && written < bytes; i += 1) {
    const next = line(i);
    written += Buffer.byteLength(next);
    text += next;
  }
  if (!out.write(text)) await once(out, "drain");
}
if (file !== undefined) {
  out.end();
  await finished(out);
}
