import { type Env, SettingsError, settingsOf } from "./env.js";
import { takeBeacon } from "./in/beacon.js";
import { assertOrigin, preflight, withCors } from "./in/cors.js";
import { assertAdmin } from "./in/keys.js";
import { passThrough } from "./in/pass-through.js";
import { takeEvents } from "./in/take.js";
import { log, said } from "./log.js";
import { admin } from "./operate/admin.js";
import { metrics } from "./operate/metrics.js";
import { problem, Refusal } from "./problem.js";

type Handler = (request: Request, env: Env) => Promise<Response>;

/** The paths of an SDK's events URL, all by POST. */
const posts = new Map<string, Handler>([
  ["/api/events/bulk", takeEvents],
  ["/api/events", takeEvents],
  ["/api/events/beacon", takeBeacon],
  ["/api/testImpressions/bulk", passThrough],
  ["/api/testImpressions/count", passThrough],
  ["/api/testImpressions/beacon", passThrough],
  ["/api/testImpressions/count/beacon", passThrough],
]);

export async function route(request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  try {
    if (pathname === "/metrics" || pathname.startsWith("/admin/")) {
      await assertAdmin(request, env);
      return await (pathname === "/metrics" ? metrics(env) : admin(request, env));
    }
    const { origins } = settingsOf(env);
    return withCors(await post(pathname, request, env), request, origins);
  } catch (error) {
    return failed(error, request, pathname);
  }
}

async function post(pathname: string, request: Request, env: Env): Promise<Response> {
  try {
    const handler = posts.get(pathname);
    if (!handler) throw new Refusal(404, { detail: `nothing is here; the Worker has ${[...posts.keys()].join(", ")}` });
    assertOrigin(request, settingsOf(env).origins);
    if (request.method === "OPTIONS") return preflight("POST");
    if (request.method !== "POST") {
      throw new Refusal(405, { detail: `${pathname} takes POST, not ${request.method}` }, { allow: "POST, OPTIONS" });
    }
    if (!env.SPLIT_API_KEY) throw new SettingsError("the secret SPLIT_API_KEY is missing");
    return await handler(request, env);
  } catch (error) {
    return failed(error, request, pathname);
  }
}

function failed(error: unknown, { method }: Request, pathname: string): Response {
  if (error instanceof Refusal) {
    if (error.status >= 500) log("warn", "refused", { status: error.status, detail: error.message });
    return error.response;
  }
  log("error", "failed", { method, path: pathname, error: said(error) });
  return problem(500);
}
