import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Batcher, type BatcherOptions } from "split-events";
import { record } from "./record.ts";
import { expected, type Sender, type Sent, senders } from "./senders.ts";

const { values, positionals } = parseArgs({
  options: { record: { type: "boolean" }, python: { type: "string", default: "python3" } },
  allowPositionals: true,
});
const fixtures = fileURLToPath(new URL("../fixtures/senders/", import.meta.url));

let failed = 0;
let passed = 0;
for (const sender of senders) {
  const name = `${sender.sdk}-${sender.language}`;
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  try {
    const bodies = await record(sender, values.python);
    const events = expected(sender, bodies);
    assert(events.length > 0, "no event was sent");
    if (values.record) keep(name, sender, bodies, events);
    else assert.deepEqual(mapped(sender, bodies, events), { events, skipped: sender.skipped });
    passed += 1;
    console.log(`${name}: ${events.length} events`);
  } catch (error) {
    failed += 1;
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

/** Returns what the preset makes of the bodies. */
function mapped({ preset, adds }: Sender, bodies: readonly string[], wanted: readonly Sent[]) {
  const set = { trafficTypeName: "user" };
  const options = (preset === null ? {} : { preset, set }) as BatcherOptions;
  const batcher = new Batcher(options);
  const batches = [...batcher.push(bodies.join("\n")), ...batcher.finish()];
  const events: Sent[] = batches.flatMap(({ body }) => JSON.parse(new TextDecoder().decode(body)));
  const compared = adds ? events.map((event, number) => only(event, wanted[number])) : events;
  return { events: compared.map(plain), skipped: (batcher.report as { skipped?: number }).skipped ?? 0 };
}

/** Returns an event without the properties that the other does not have. */
function only(event: Sent, other: Sent | undefined): Sent {
  const properties = Object.entries(event.properties).filter(([name]) => name in (other?.properties ?? {}));
  return { ...event, properties: Object.fromEntries(properties) };
}

/** Returns an event without what its SDK writes as null. */
function plain(event: Sent): Sent {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null)) as unknown as Sent;
}

/** Writes the bodies and the events as a fixture. */
function keep(name: string, sender: Sender, bodies: readonly string[], events: readonly Sent[]) {
  const lines = events.map((event) => `    ${JSON.stringify(event)}`).join(",\n");
  const file = `${name}.json`;
  const { preset, skipped, recognised, adds } = sender;
  const flags = preset === null ? [] : ["--set", "trafficTypeName=user"];
  const signs = recognised === false ? { recognised } : {};
  const partial = adds ? { partial: true } : {};
  const head = { file, preset, ...signs, flags, ...partial, records: events.length + skipped, skipped };
  const members = Object.entries(head).map(([member, value]) => `  "${member}": ${JSON.stringify(value)}`);
  writeFileSync(join(fixtures, file), bodies.map((body) => `${body.trim()}\n`).join(""));
  const text = `{\n${members.join(",\n")},\n  "events": [\n${lines}\n  ],\n  "refused": []\n}\n`;
  writeFileSync(join(fixtures, `${name}.expected.json`), text);
}
