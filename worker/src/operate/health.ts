import type { Env } from "../deliver/env.js";
import { inspectSettings, shownSettings } from "../settings.js";

/** Answers with the settings, without secrets, or with everything that is wrong with them; and with unknown names. */
export function health(env: Env): Response {
  const { settings, problems, misspelt, unknown } = inspectSettings(env);
  if (problems.length > 0) return Response.json({ ok: false, problems, misspelt, unknown }, { status: 503 });
  return Response.json({ ok: true, settings: shownSettings(settings, env), misspelt, unknown });
}
