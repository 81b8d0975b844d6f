import type { Env } from "../env.js";
import { Refusal } from "../problem.js";
import { bodyOf, listBatches, resolveAll, resolveOne } from "./batches.js";
import { counts } from "./counts.js";
import { dead } from "./dead.js";
import { partsOf } from "./query.js";
import { resume } from "./resume.js";

/** What `/admin` has, by method and path behind it. Who asks is known to be the administrator. */
export async function admin(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const [what = "", id, ...more] = partsOf(url.pathname.slice("/admin/".length));
  const route = more.length > 0 ? undefined : `${request.method} ${what}${id === undefined ? "" : "/ID"}`;
  switch (route) {
    case "GET counts":
      return Response.json(await counts(env));
    case "GET batches":
      return Response.json(await listBatches(url, env));
    case "POST batches":
      return Response.json(await resolveAll(request, url, env));
    case "GET batches/ID":
    case "GET dead/ID":
      return bodyOf(id ?? "", env);
    case "POST batches/ID":
      return Response.json(await resolveOne(request, id ?? "", env));
    case "POST resume":
      return Response.json(await resume(env));
    default: {
      const answer = what === "dead" && route !== undefined ? await dead(request, url, id, env) : undefined;
      if (answer === undefined) throw new Refusal(404, { detail: "see docs/WORKER.md for what /admin has" });
      return Response.json(answer);
    }
  }
}
