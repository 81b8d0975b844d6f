import { takes } from "./taker.js";
import { passThrough } from "./ways.js";

export { EventOutbox, EventPace } from "split-events/worker";

export default takes(passThrough);
