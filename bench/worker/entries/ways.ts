import valid from "ajv-standalone";

/** Every request of the bench has so many. */
export const EVENTS = 500;

/** A way from a body to batches. */
export type Batches = (body: Uint8Array) => { events: number; body: Uint8Array }[];

/** Looks at nothing: the body is the batch. */
export const passThrough: Batches = (body) => [{ events: EVENTS, body }];

const MAX_EVENTS = 500;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** As one would write it: parse, look at each event, write what is good. */
export const plain: Batches = (body) => {
  const events = (JSON.parse(decoder.decode(body)) as object[]).filter((event) => valid(event));
  const batches = [];
  for (let from = 0; from < events.length; from += MAX_EVENTS) {
    const some = events.slice(from, from + MAX_EVENTS);
    batches.push({ events: some.length, body: encoder.encode(JSON.stringify(some)) });
  }
  return batches;
};
