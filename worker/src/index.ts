import { consume } from "./deliver/consume.js";
import type { Env } from "./deliver/env.js";
import { route } from "./routes.js";

export type { Env } from "./deliver/env.js";
export { EventOutbox } from "./deliver/event-outbox.js";
export { EventPace } from "./deliver/event-pace.js";

/** The Worker, deployed as `export { default, EventOutbox, EventPace } from "split-events/worker"`. */
export default {
  fetch: (request, env) => route(request, env),
  queue: (batch, env) => consume(batch, env),
} satisfies ExportedHandler<Env>;
