import type { OutboxObject } from "./outbox-object.js";
import type { PaceObject } from "./pace-object.js";

/** The variables, bindings and secrets of the Worker. A variable may be text or JSON. */
export interface Env {
  OUTBOX: DurableObjectNamespace<OutboxObject>;
  PACE: DurableObjectNamespace<PaceObject>;
  QUEUE?: Queue;
  /** Cloudflare's rate limiting by client; for `CLIENT_KEY_WEB`, a binding `LIMIT_WEB` replaces it. */
  LIMIT?: RateLimit;
  /** Secret: the service key. */
  SPLIT_API_KEY?: string;
  /** Secret: the key of `/admin` and `/metrics`. Without it both are answered 404. */
  ADMIN_KEY?: string;
  /** The secrets `CLIENT_KEY_NAME`, and the bindings `LIMIT_NAME`. */
  [name: string]: unknown;
}
