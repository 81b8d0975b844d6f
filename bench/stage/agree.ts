import { pipelines } from "../pipelines/all.ts";
import type { Pipeline, Ready } from "../pipelines/pipeline.ts";
import { demand, sent } from "./sent.ts";

/**
 * Compares the results of all pipelines, event by event. Those that repair must send the same events, those that only
 * judge must send the clean ones, and the floor must write everything.
 */
export function agree(ready: Ready): void {
  const { clean, repaired, events } = ready.expected;
  const ours = sent(pipelines.ours, ready);
  demand(ours.length === clean + repaired, `ours: ${ours.length} events sent, expected ${clean + repaired}`);
  const sdk = sent(pipelines.sdk, ready);
  demand(sdk.length === ours.length, `sdk: ${sdk.length} events sent, ours ${ours.length}`);
  for (const [at, event] of sdk.entries()) demand(event === ours[at], `sent: sdk ${event}, ours ${ours[at]}`);
  for (const name of ["ajv", "zod"] as const) {
    const judged = sent(pipelines[name], ready);
    demand(judged.length === clean, `${name}: ${judged.length} events sent, expected ${clean}`);
    let at = 0;
    for (const event of judged) {
      at = ours.indexOf(event, at) + 1;
      demand(at > 0, `${name}: sent ${event}, ours did not`);
    }
  }
  const floor = ready.form === "objects" ? sent(pipelines.floor, ready).length : length(pipelines.floor, ready);
  demand(floor === (ready.form === "objects" ? events : ready.bytes.length), `floor: ${floor} out`);
}

function length(pipeline: Pipeline, ready: Ready): number {
  let sum = 0;
  pipeline(ready, (body) => {
    sum += body.length;
  });
  return sum;
}
