import { createReadStream } from "node:fs";
import { Batcher } from "split-events";

// Pushes a file through a Batcher, chunk by chunk, and drops the batches.
const [file = "", options = "{}"] = process.argv.slice(2);
const batcher = new Batcher(JSON.parse(options));
let events = 0;
for await (const chunk of createReadStream(file)) {
  for (const batch of batcher.push(chunk)) events += batch.events;
}
for (const batch of batcher.finish()) events += batch.events;
if (events === 0) throw new Error(`${file}: no event was sent`);
