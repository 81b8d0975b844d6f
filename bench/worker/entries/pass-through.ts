import { EVENTS, takes } from "./taker.js";

export { EventOutbox, EventPace } from "split-events/worker";

/** Looks at nothing: the body is the batch. */
export default takes((body) => [{ events: EVENTS, body }]);
