import type { Env } from "../env.js";
import { Refusal } from "../problem.js";
import { valuesOf } from "../secrets.js";
import { settingsOf } from "../settings.js";
import { readBeacon } from "./beacon.js";
import { wholeBody } from "./body.js";
import { Holding } from "./holding.js";
import { assertWithinLimit, bearer, clientOf } from "./keys.js";

const SERVICE = "https://events.split.io/api/events/bulk";
const HEADERS = [
  "content-type",
  "accept",
  "splitsdkversion",
  "splitsdkmachineip",
  "splitsdkmachinename",
  "splitsdkimpressionsmode",
];
const PATIENCE_MS = 30_000;

/** Impressions go to the service once, with its own key, and its status is the answer. Nothing of them is kept. */
export async function passThrough(request: Request, env: Env): Promise<Response> {
  const settings = settingsOf(env);
  const { pathname } = new URL(request.url);
  const [serviceKey = ""] = valuesOf(env.SPLIT_API_KEY);
  const headers = new Headers();
  for (const name of HEADERS) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const holding = new Holding(request);
  try {
    let body: BodyInit;
    if (pathname.endsWith("/beacon")) {
      const { bytes, token } = await readBeacon(request, env, settings, holding);
      body = new Blob([bytes.subarray(0, token.from), JSON.stringify(serviceKey), bytes.subarray(token.to)]);
    } else {
      const client = await clientOf(bearer(request), env);
      await assertWithinLimit(client, env);
      holding.of(client.name);
      body = await wholeBody(request, settings, holding);
      headers.set("authorization", `Bearer ${serviceKey}`);
    }
    const to = new URL(pathname, settings.upstream ?? SERVICE);
    return await passed(to, { method: "POST", headers, body, redirect: "manual" });
  } finally {
    holding.release();
  }
}

async function passed(to: URL, init: RequestInit): Promise<Response> {
  let status: number;
  try {
    const answer = await fetch(to, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.body?.cancel();
    status = answer.status;
  } catch {
    throw new Refusal(502, { detail: "the service did not answer" });
  }
  if (status >= 200 && status < 300) return new Response(null, { status });
  throw new Refusal(status < 400 ? 502 : status);
}
