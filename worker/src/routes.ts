import type { Env } from "./deliver/env.js";
import { errorText, log } from "./log.js";
import { admin, isAdminPath } from "./operate/admin.js";
import { problem, Refusal } from "./problem.js";
import { takeBeacon } from "./receive/beacon.js";
import { assertOrigin, isPreflight, preflight, withCors } from "./receive/cors.js";
import { assertAdmin } from "./receive/keys.js";
import { passThrough } from "./receive/pass-through.js";
import { isOtherSdkPath, ONLY_EVENTS } from "./receive/sdk-paths.js";
import { takeEvents } from "./receive/take.js";
import { inspectSettings, type Settings } from "./settings.js";

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

const FAILED = "the Worker failed: its log says why";
const FAILED_BEFORE = "the Worker failed, and nothing was kept: send the request again; the Worker's log says why";
const SETTING_WRONG = "a setting of this Worker is wrong: its log and /admin/health name it";

export async function route(request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  const { settings, problems } = inspectSettings(env);
  try {
    if (problems.length > 0 && pathname !== "/admin/health") {
      return withCors(problem(503, { detail: SETTING_WRONG }, { "retry-after": "60" }), request, settings.origins);
    }
    if (isAdminPath(pathname)) {
      await assertAdmin(request, env);
      return await admin(request, env);
    }
    return withCors(await post(pathname, request, env, settings), request, settings.origins);
  } catch (error) {
    return failed(error, request, pathname) ?? problem(500, { detail: FAILED });
  }
}

async function post(pathname: string, request: Request, env: Env, { origins }: Settings): Promise<Response> {
  try {
    if (isOtherSdkPath(pathname)) {
      // otherwise a page could not read the answer
      if (isPreflight(request)) return preflight(request, "GET, POST");
      throw new Refusal(404, { detail: ONLY_EVENTS });
    }
    const handler = posts.get(pathname);
    if (!handler) throw new Refusal(404, { detail: `unknown path: the Worker has ${[...posts.keys()].join(", ")}` });
    assertOrigin(request, origins);
    if (request.method === "OPTIONS") return preflight(request, "POST");
    if (request.method !== "POST") {
      throw new Refusal(405, { detail: `${pathname} takes POST, not ${request.method}` }, { allow: "POST, OPTIONS" });
    }
    return await handler(request, env);
  } catch (error) {
    // a failure while the request is kept, or later, is a Refusal of `put`
    return failed(error, request, pathname) ?? problem(503, { detail: FAILED_BEFORE }, { "retry-after": "5" });
  }
}

/** Returns the answer of a refusal. Logs any other error, and returns `undefined`. */
function failed(error: unknown, { method }: Request, pathname: string): Response | undefined {
  if (error instanceof Refusal) {
    if (error.status >= 500) log("warn", "refused", { status: error.status, detail: error.message });
    return error.response;
  }
  log("error", "failed", { method, path: pathname, error: errorText(error) });
  return undefined;
}
