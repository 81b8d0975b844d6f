import { BATCH, type Pipeline, type Ready } from "./pipeline.ts";

/** What a validator makes of an event: the one to be sent, or nothing. */
export type Judge = (event: unknown) => unknown;

/** Parse, judge each, write in batches: what a program without a module of ours does. */
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
