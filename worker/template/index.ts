export { default, EventOutbox, EventPace } from "split-events/worker";
