import type { Event } from "../cases/event.ts";
import { BATCH, type Body, type Pipeline, type Ready } from "../pipelines/pipeline.ts";

/** Returns the events of the bodies, each as a text. Equal events have equal texts. */
export function sent(pipeline: Pipeline, ready: Ready): string[] {
  const events: string[] = [];
  pipeline(ready, (body) => {
    const batch = JSON.parse(text(body)) as Event[];
    demand(batch.length <= BATCH, `${batch.length} events in a batch`);
    for (const event of batch) events.push(canonical(event));
  });
  return events;
}

export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function text(body: Body): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}

/** Makes an absent field null, which is the same for the service. */
export function canonical({ eventTypeId, trafficTypeName, key, timestamp, value, properties }: Event): string {
  return JSON.stringify([eventTypeId, trafficTypeName, key, timestamp, value ?? null, properties ?? null]);
}
