import type { Env } from "./env.js";
import { consume } from "./out/consume.js";
import { route } from "./routes.js";

export type { Env } from "./env.js";
export { EventOutbox } from "./out/event-outbox.js";
export { EventPace } from "./out/event-pace.js";

/** The Worker: `export { default, EventOutbox, EventPace } from "split-events/worker"`. */
export default {
  fetch: (request, env) => route(request, env),
  queue: (batch, env) => consume(batch, env),
} satisfies ExportedHandler<Env>;
