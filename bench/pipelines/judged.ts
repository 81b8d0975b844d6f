import { BATCH, type Pipeline, type Ready } from "./pipeline.ts";

/** A validator: returns the event to send, or `undefined` if it is refused. */
export type Judge = (event: unknown) => unknown;

/** Parses the input, judges each event, and writes batches, as a program without this package does. */
export function judged(judge: Judge): Pipeline {
  return (ready, take) => {
    const batches = new Batches(take);
    for (const event of parsed(ready)) batches.add(judge(event));
    batches.finish();
  };
}

/** Writes events in batches. */
export class Batches {
  #take: (body: string) => void;
  #batch: unknown[] = [];

  constructor(take: (body: string) => void) {
    this.#take = take;
  }

  add(event: unknown): void {
    if (event === undefined) return;
    this.#batch.push(event);
    if (this.#batch.length === BATCH) this.finish();
  }

  /** Writes the events that make no whole batch. */
  finish(): void {
    if (this.#batch.length > 0) this.#take(JSON.stringify(this.#batch));
    this.#batch = [];
  }
}

function parsed({ bytes, batches, form }: Ready): Iterable<unknown> {
  if (form === "objects") return each(batches);
  const text = new TextDecoder().decode(bytes);
  return form === "array" ? (JSON.parse(text) as unknown[]) : lines(text);
}

function* each(batches: Ready["batches"]): Generator<unknown> {
  for (const batch of batches) yield* batch;
}

export function* lines(text: string): Generator<unknown> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    yield JSON.parse(text.slice(at, end));
    at = end + 1;
  }
}
