import type { EventOutbox } from "./deliver/event-outbox.js";
import type { EventPace } from "./deliver/event-pace.js";

/** What wrangler.jsonc, the dashboard and secrets give. Variables may be text or JSON. */
export interface Env {
  OUTBOX: DurableObjectNamespace<EventOutbox>;
  PACE: DurableObjectNamespace<EventPace>;
  QUEUE?: Queue;
  /** Cloudflare's rate limiting, by client key; `LIMIT_WEB` goes before it for `CLIENT_KEY_WEB`. */
  LIMIT?: RateLimit;
  /** Secret: the SDK key that events leave with. */
  SPLIT_API_KEY?: string;
  /** Secret: what `/admin` and `/metrics` ask for. Without it they are not there. */
  ADMIN_KEY?: string;
  /** Secrets `CLIENT_KEY_NAME`, and the limits `LIMIT_NAME`. */
  [name: string]: unknown;
}
