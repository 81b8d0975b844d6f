import { Batcher, check, codes, KnownKeys, type Outcome, send, submit } from "split-events";
import { inputCases } from "../../support/input-contract.ts";

/** Calls every function of the package once, and prints one line of JSON. */
const [endpoint = "", text = ""] = process.argv.slice(2);
const delivery = { apiKey: "sdk-key-2b9e-must-never-show", endpoint };

const report = await check(text);
const known = await check(text, { knownKeys: await KnownKeys.read("user-0\n") });

const batcher = new Batcher({ maxEvents: 2 });
const outcomes: Outcome[] = [];
const bytes = new TextEncoder().encode(text);
for (const part of [bytes.subarray(0, 100), bytes.subarray(100)]) {
  for (const batch of batcher.push(part)) outcomes.push(await submit(batch, delivery));
}
for (const batch of batcher.finish()) outcomes.push(await submit(batch, delivery));

const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
const receipt = await send(stream, { ...delivery, maxEvents: 2 });
const objects = await send(
  [
    { eventTypeId: "a b" },
    ...text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ],
  delivery,
);
const inputs: string[] = [];
for (const { name, run } of inputCases) {
  await run().catch((error: Error) => inputs.push(`${name}: ${error.message}`));
}
const error = await send(text, { ...delivery, apiKey: "" }).catch((error: Error) => error);

console.log(
  JSON.stringify({
    report,
    matches: known.keyMatches,
    states: outcomes.map(({ state }) => state),
    receipt,
    objects,
    inputs,
    codes: codes().length,
    error: error instanceof Error ? `${error.name}: ${error.message}` : error,
  }),
);
