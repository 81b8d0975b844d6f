import { takes } from "./taker.js";
import { plain } from "./ways.js";

export { EventOutbox, EventPace } from "split-events/worker";

export default takes(plain);
