import { Refusal } from "../problem.js";

/** The request headers are those of split-synchronizer's proxy, which the official SDKs send, and our own. */
const PREFLIGHT = {
  "access-control-allow-headers":
    "Origin,Content-Length,Content-Type,Content-Encoding,Idempotency-Key,Splitsdkmachinename,Splitsdkmachineip," +
    "Splitsdkversion,Splitsdkimpressionsmode,Authorization",
  "access-control-max-age": "43200",
};

export function preflight(methods: string): Response {
  return new Response(null, { status: 204, headers: { ...PREFLIGHT, "access-control-allow-methods": methods } });
}

/** Pages of other origins are turned away before anything is read; who sends no Origin is no page. */
export function assertOrigin(request: Request, origins: ReadonlySet<string> | undefined): void {
  const origin = request.headers.get("origin");
  if (origin !== null && origins && !origins.has(origin)) throw new Refusal(403);
}

/** On bad answers too, or a page could not read what is wrong. */
export function withCors(response: Response, request: Request, origins: ReadonlySet<string> | undefined): Response {
  const origin = request.headers.get("origin");
  if (!origins) {
    response.headers.set("access-control-allow-origin", "*");
    return response;
  }
  response.headers.append("vary", "Origin");
  if (origin !== null && origins.has(origin)) response.headers.set("access-control-allow-origin", origin);
  return response;
}
