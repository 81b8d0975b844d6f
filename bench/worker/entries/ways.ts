import valid from "ajv-standalone";

/** The number of events in each request. */
export const EVENTS = 500;

/** A way from a body to batches. */
export type Batches = (body: Uint8Array) => { events: number; body: Uint8Array }[];

/** Takes the body as the batch, without looking at it. */
export const passThrough: Batches = (body) => [{ events: EVENTS, body }];

const MAX_EVENTS = 500;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Parses the body, looks at each event and writes the good ones, as plain JavaScript. */
export const plain: Batches = (body) => {
  const events = (JSON.parse(decoder.decode(body)) as object[]).filter((event) => valid(event));
  const batches = [];
  for (let from = 0; from < events.length; from += MAX_EVENTS) {
    const some = events.slice(from, from + MAX_EVENTS);
    batches.push({ events: some.length, body: encoder.encode(JSON.stringify(some)) });
  }
  return batches;
};
