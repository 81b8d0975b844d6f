import type { Env } from "../deliver/env.js";
import { Refusal } from "../problem.js";
import { bodyOf, listBatches, resolveAll, resolveOne } from "./batches.js";
import { assertNoBody } from "./body.js";
import { counts } from "./counts.js";
import { forget, forgetAll, listDead, replay, replayAll } from "./dead.js";
import { health } from "./health.js";
import { metrics } from "./metrics.js";
import { assertParameters, partsOf } from "./query.js";
import { resume } from "./resume.js";

interface Asked {
  request: Request;
  url: URL;
  /** Empty if the path has none. */
  id: string;
  env: Env;
}

interface Route {
  /** The parameters that it takes. */
  takes?: readonly string[];
  /** Whether it takes a body. */
  readsBody?: true;
  answer(asked: Asked): unknown;
}

const body: Route = { answer: ({ id, env }) => bodyOf(id, env) };

/** The routes of an operator, by path and method. HEAD is GET without the body. */
const ROUTES: Record<string, Partial<Record<string, Route>>> = {
  "/metrics": { GET: { answer: ({ env }) => metrics(env) } },
  "/admin/health": { GET: { answer: ({ env }) => health(env) } },
  "/admin/counts": { GET: { answer: ({ env }) => counts(env) } },
  "/admin/resume": { POST: { answer: ({ env }) => resume(env) } },
  "/admin/batches": {
    GET: { takes: ["state", "limit", "after"], answer: ({ url, env }) => listBatches(url, env) },
    POST: {
      takes: ["state"],
      readsBody: true,
      answer: ({ request, url, env }) => resolveAll(request, url, env),
    },
  },
  "/admin/batches/ID": {
    GET: body,
    POST: { readsBody: true, answer: ({ request, id, env }) => resolveOne(request, id, env) },
  },
  "/admin/dead": {
    GET: { takes: ["code", "before", "limit", "after"], answer: ({ url, env }) => listDead(url, env) },
    POST: { takes: ["code", "before", "after"], answer: ({ url, env }) => replayAll(url, env) },
    DELETE: { takes: ["all", "code", "before", "after"], answer: ({ url, env }) => forgetAll(url, env) },
  },
  "/admin/dead/ID": {
    GET: body,
    POST: { answer: ({ id, env }) => replay(id, env) },
    DELETE: { answer: ({ id, env }) => forget(id, env) },
  },
};

export function isAdminPath(pathname: string): boolean {
  return pathname === "/metrics" || pathname.startsWith("/admin/");
}

/** Answers an operator, whose key was checked before. */
export async function admin(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const [path, id] = splitPath(url.pathname);
  const methods = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (!methods) throw new Refusal(404, { detail: "unknown path: docs/WORKER.md lists the paths of /admin" });
  const isHead = request.method === "HEAD";
  const route = methods[isHead ? "GET" : request.method];
  if (!route) {
    const allow = Object.keys(methods).flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
    const detail = `${path} takes ${allow.join(", ")}, not ${request.method}`;
    throw new Refusal(405, { detail }, { allow: allow.join(", ") });
  }
  assertParameters(url, route.takes ?? []);
  if (!route.readsBody) await assertNoBody(request);
  const answer = await route.answer({ request, url, id, env });
  const response = answer instanceof Response ? answer : Response.json(answer);
  return isHead ? new Response(null, response) : response;
}

/** Splits the ID, the third part, off a path. */
function splitPath(pathname: string): [path: string, id: string] {
  const [, ...parts] = partsOf(pathname);
  const [first, second, id, ...more] = parts;
  if (id === undefined) return [pathname, ""];
  return [more.length > 0 ? "" : `/${first}/${second}/ID`, id];
}
