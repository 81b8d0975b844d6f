import { log } from "../log.js";
import { allows, type Origins } from "../origins.js";
import { Refusal } from "../problem.js";

/** What is asked of a preflight that names none: what split-synchronizer's proxy takes, and our own. */
const HEADERS =
  "Origin,Content-Length,Content-Type,Content-Encoding,Idempotency-Key,Splitsdkmachinename,Splitsdkmachineip," +
  "Splitsdkversion,Splitsdkimpressionsmode,Authorization";

/** May be sent: whatever headers are asked for, as tracing adds its own. */
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

/** Pages of other origins are turned away before anything is read; who sends no Origin is no page. */
export function assertOrigin(request: Request, origins: Origins | undefined): void {
  const origin = request.headers.get("origin");
  if (origin === null || allows(origins, origin)) return;
  tell(origin);
  throw new Refusal(403, { detail: "ORIGINS does not have this origin" });
}

/** Who is no browser may send any number of origins, and anything in them. */
const TOLD_MAX = 20;
const told = new Set<string>();

/** Once an isolate for each origin. */
function tell(given: string): void {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const origin = url ? `${url.protocol}//${url.host}`.slice(0, 200) : given === "null" ? given : "no origin";
  if (told.has(origin) || told.size >= TOLD_MAX) return;
  told.add(origin);
  log("warn", "origin_refused", { origin });
}

/** On bad answers too, or a page could not read what is wrong. Only a named origin may come with credentials, as beacons do. */
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
