import type { Event } from "../cases/event.ts";
import { pipelines } from "../pipelines/all.ts";
import { BATCH, type Body, type Name, type Ready } from "../pipelines/pipeline.ts";

/**
 * Compares the results of all pipelines, event by event. Those that repair must send the same events, those that only
 * judge must send the clean ones, and the floor must write everything.
 */
export function agree(ready: Ready): void {
  const { clean, repaired, events } = ready.expected;
  const ours = sent("ours", ready);
  demand(ours.length === clean + repaired, `ours: ${ours.length} events sent, expected ${clean + repaired}`);
  const sdk = sent("sdk", ready);
  demand(sdk.length === ours.length, `sdk: ${sdk.length} events sent, ours ${ours.length}`);
  for (const [at, event] of sdk.entries()) demand(event === ours[at], `sent: sdk ${event}, ours ${ours[at]}`);
  for (const name of ["ajv", "zod"] as const) {
    const judged = sent(name, ready);
    demand(judged.length === clean, `${name}: ${judged.length} events sent, expected ${clean}`);
    let at = 0;
    for (const event of judged) {
      at = ours.indexOf(event, at) + 1;
      demand(at > 0, `${name}: sent ${event}, ours did not`);
    }
  }
  const floor = ready.form === "objects" ? sent("floor", ready).length : length("floor", ready);
  demand(floor === (ready.form === "objects" ? events : ready.bytes.length), `floor: ${floor} out`);
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** Returns the events of the bodies, each as a text. Equal events have equal texts. */
function sent(name: Name, ready: Ready): string[] {
  const events: string[] = [];
  pipelines[name](ready, (body) => {
    const batch = JSON.parse(text(body)) as Event[];
    demand(batch.length <= BATCH, `${name}: ${batch.length} events in a batch`);
    for (const event of batch) events.push(canonical(event));
  });
  return events;
}

function length(name: Name, ready: Ready): number {
  let sum = 0;
  pipelines[name](ready, (body) => {
    sum += body.length;
  });
  return sum;
}

function text(body: Body): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}

/** Makes an absent field null, which is the same for the service. */
function canonical({ eventTypeId, trafficTypeName, key, timestamp, value, properties }: Event): string {
  return JSON.stringify([eventTypeId, trafficTypeName, key, timestamp, value ?? null, properties ?? null]);
}
