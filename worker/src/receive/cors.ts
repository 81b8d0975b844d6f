import { log } from "../log.js";
import { allows, type Origins } from "../origins.js";
import { Refusal } from "../problem.js";

/** The headers that are allowed if a preflight names none: those of split-synchronizer's proxy, and the Worker's own. */
const HEADERS =
  "Origin,Content-Length,Content-Type,Content-Encoding,Idempotency-Key,Splitsdkmachinename,Splitsdkmachineip," +
  "Splitsdkversion,Splitsdkimpressionsmode,Authorization";

/** Answers a preflight. Allows all headers that it asks for, since tracing adds its own. */
export function preflight(request: Request, methods: string): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-headers": request.headers.get("access-control-request-headers") ?? HEADERS,
      "access-control-allow-methods": methods,
      "access-control-max-age": "43200",
      vary: "Access-Control-Request-Headers",
    },
  });
}

export function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("access-control-request-method");
}

/** Refuses pages of other origins before the body is read. A request without an Origin is not a page's. */
export function assertOrigin(request: Request, origins: Origins | undefined): void {
  const origin = request.headers.get("origin");
  if (origin === null || allows(origins, origin)) return;
  logOnce(origin);
  throw new Refusal(403, { detail: "pages of this origin may not post: it is not in the setting ORIGINS" });
}

/** The most origins that are logged: senders other than browsers may make up any number of them. */
const LOGGED_MAX = 20;
const logged = new Set<string>();

/** Logs a refused origin once in this isolate. */
function logOnce(given: string): void {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const origin = url ? `${url.protocol}//${url.host}`.slice(0, 200) : given === "null" ? given : "no origin";
  if (logged.has(origin) || logged.size >= LOGGED_MAX) return;
  logged.add(origin);
  log("warn", "origin_refused", { origin });
}

/** Lets pages read an answer, errors too. Only pages of a listed origin may send credentials, as beacons do. */
export function withCors(response: Response, request: Request, origins: Origins | undefined): Response {
  const { headers } = response;
  const origin = request.headers.get("origin");
  headers.set("access-control-expose-headers", "Retry-After");
  if (!origins) {
    headers.set("access-control-allow-origin", "*");
    return response;
  }
  headers.set("vary", ["Origin", headers.get("vary")].filter(Boolean).join(", "));
  if (origin !== null && allows(origins, origin)) {
    headers.set("access-control-allow-origin", origin);
    headers.set("access-control-allow-credentials", "true");
  }
  return response;
}
