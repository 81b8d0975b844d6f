import valid from "ajv-standalone";
import { takes } from "./taker.js";

export { EventOutbox, EventPace } from "split-events/worker";

const MAX_EVENTS = 500;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** As one would write it: parse, look at each event, write what is good. */
export default takes((body) => {
  const events = (JSON.parse(decoder.decode(body)) as object[]).filter((event) => valid(event));
  const batches = [];
  for (let from = 0; from < events.length; from += MAX_EVENTS) {
    const some = events.slice(from, from + MAX_EVENTS);
    batches.push({ events: some.length, body: encoder.encode(JSON.stringify(some)) });
  }
  return batches;
});
