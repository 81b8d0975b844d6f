import type { Env } from "../env.js";
import { withServiceKey } from "../out/service-keys.js";
import { Refusal } from "../problem.js";
import { type Settings, settingsOf } from "../settings.js";
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
  const holding = new Holding(request);
  try {
    const withKey = pathname.endsWith("/beacon")
      ? await beaconOf(request, env, settings, holding)
      : await bodyOf(request, env, settings, holding);
    const to = new URL(pathname, settings.upstream ?? SERVICE);
    return await passed(env, (key) => {
      const { body, headers } = withKey(key);
      for (const name of HEADERS) {
        const value = request.headers.get(name);
        if (value !== null) headers.set(name, value);
      }
      return fetch(to, { method: "POST", headers, body, redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
    });
  } finally {
    holding.release();
  }
}

/** What is sent with a key. */
type WithKey = (key: string) => { body: BodyInit; headers: Headers };

async function beaconOf(request: Request, env: Env, settings: Settings, holding: Holding): Promise<WithKey> {
  const { bytes, token } = await readBeacon(request, env, settings, holding);
  return (key) => ({
    body: new Blob([bytes.subarray(0, token.from), JSON.stringify(key), bytes.subarray(token.to)]),
    headers: new Headers(),
  });
}

async function bodyOf(request: Request, env: Env, settings: Settings, holding: Holding): Promise<WithKey> {
  const client = await clientOf(bearer(request), env);
  await assertWithinLimit(client, env);
  holding.of(client.name);
  const body = await wholeBody(request, settings, holding);
  return (key) => ({ body, headers: new Headers({ authorization: `Bearer ${key}` }) });
}

async function passed(env: Env, send: (key: string) => Promise<Response>): Promise<Response> {
  let status: number;
  try {
    const answer = await withServiceKey(env, send);
    await answer.body?.cancel();
    status = answer.status;
  } catch {
    throw new Refusal(502, { detail: "the service did not answer" });
  }
  if (status >= 200 && status < 300) return new Response(null, { status });
  throw new Refusal(status < 400 ? 502 : status);
}
