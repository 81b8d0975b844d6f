import type { Env } from "../deliver/env.js";
import { lookAtSettings, shownSettings } from "../settings.js";

/** Whether the settings are as they must be: those that are, without secrets, or everything that is wrong; and names that nothing reads. */
export function health(env: Env): Response {
  const { settings, problems, misspelt, unknown } = lookAtSettings(env);
  if (problems.length > 0) return Response.json({ ok: false, problems, misspelt, unknown }, { status: 503 });
  return Response.json({ ok: true, settings: shownSettings(settings, env), misspelt, unknown });
}
