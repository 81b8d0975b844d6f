import { BATCH, type Pipeline, type Ready } from "./pipeline.ts";

/** A validator: returns the event to send, or `undefined` if it is refused. */
export type Judge = (event: unknown) => unknown;

/** Parses the input, judges each event, and writes batches, as a program without this package does. */
export function judged(judge: Judge): Pipeline {
  return (ready, take) => {
    let batch: unknown[] = [];
    for (const event of parsed(ready)) {
      const sent = judge(event);
      if (sent === undefined) continue;
      batch.push(sent);
      if (batch.length < BATCH) continue;
      take(JSON.stringify(batch));
      batch = [];
    }
    if (batch.length > 0) take(JSON.stringify(batch));
  };
}

function parsed({ bytes, batches, form }: Ready): Iterable<unknown> {
  if (form === "objects") return each(batches);
  const text = new TextDecoder().decode(bytes);
  return form === "array" ? (JSON.parse(text) as unknown[]) : lines(text);
}

function* each(batches: Ready["batches"]): Generator<unknown> {
  for (const batch of batches) yield* batch;
}

function* lines(text: string): Generator<unknown> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    yield JSON.parse(text.slice(at, end));
    at = end + 1;
  }
}
