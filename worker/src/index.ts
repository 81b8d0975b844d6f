import { preflight, withCors } from "./cors.js";
import type { Env } from "./env.js";
import { forward } from "./forward.js";
import { problem } from "./problem.js";

type Handler = (request: Request, env: Env, context: ExecutionContext) => Promise<Response>;

const routes = new Map<string, Record<string, Handler>>([["/api/events/bulk", { POST: forward }]]);

export default {
  async fetch(request, env, context) {
    return withCors(await route(request, env, context));
  },
} satisfies ExportedHandler<Env>;

async function route(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  const { pathname } = new URL(request.url);
  const methods = routes.get(pathname);
  if (!methods) return problem(404, { detail: `nothing is here; the Worker has ${[...routes.keys()].join(", ")}` });
  const names = Object.keys(methods).join(", ");
  if (request.method === "OPTIONS") return preflight(names);
  const handler = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
  if (!handler) {
    const detail = `${pathname} takes ${names}, not ${request.method}`;
    return problem(405, { detail }, { allow: `${names}, OPTIONS` });
  }
  try {
    return await handler(request, env, context);
  } catch (error) {
    console.error(`${request.method} ${pathname} failed: ${error instanceof Error ? error.message : error}`);
    return problem(500);
  }
}
