import type { Env } from "../deliver/env.js";
import { withServiceKey } from "../deliver/service-keys.js";
import { log } from "../log.js";
import { problem, Refusal } from "../problem.js";
import { type Settings, settingsOf } from "../settings.js";
import { readBeacon } from "./beacon.js";
import { wholeBody } from "./body.js";
import { Holding } from "./holding.js";
import { assertWithinLimit, bearer, type Client, clientOf } from "./keys.js";

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

/** Impressions go to the service once, with its own key, and its status is the answer, but about that key. Nothing of them is kept. */
export async function passThrough(request: Request, env: Env): Promise<Response> {
  const settings = settingsOf(env);
  const { pathname } = new URL(request.url);
  const holding = new Holding(request);
  try {
    const { client, withKey } = pathname.endsWith("/beacon")
      ? await beaconOf(request, env, settings, holding)
      : await bodyOf(request, env, settings, holding);
    const to = new URL(pathname, settings.upstream ?? SERVICE);
    const answer = await answerTo(env, (key) => {
      const { body, headers } = withKey(key);
      for (const name of HEADERS) {
        const value = request.headers.get(name);
        if (value !== null) headers.set(name, value);
      }
      return fetch(to, { method: "POST", headers, body, redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
    });
    return passed(answer, pathname, client);
  } finally {
    holding.release();
  }
}

/** Whose it is, and what is sent with a key. */
interface Impressions {
  client: Client;
  withKey(key: string): { body: BodyInit; headers: Headers };
}

async function beaconOf(request: Request, env: Env, settings: Settings, holding: Holding): Promise<Impressions> {
  const { bytes, token, client } = await readBeacon(request, env, settings, holding);
  const withKey = (key: string) => ({
    body: new Blob([bytes.subarray(0, token.from), JSON.stringify(key), bytes.subarray(token.to)]),
    headers: new Headers(),
  });
  return { client, withKey };
}

async function bodyOf(request: Request, env: Env, settings: Settings, holding: Holding): Promise<Impressions> {
  const client = await clientOf(bearer(request), env);
  await assertWithinLimit(client, env);
  holding.of(client.name);
  const body = await wholeBody(request, settings, holding);
  return { client, withKey: (key) => ({ body, headers: new Headers({ authorization: `Bearer ${key}` }) }) };
}

async function answerTo(env: Env, send: (key: string) => Promise<Response>): Promise<Response> {
  try {
    const answer = await withServiceKey(env, send);
    await answer.body?.cancel();
    return answer;
  } catch {
    throw new Refusal(502, { detail: "the service did not answer" });
  }
}

/** The service's answer for the client. No Refusal: it is not the Worker that refuses. */
function passed({ status, headers }: Response, path: string, { name }: Client): Response {
  if (status >= 200 && status < 300) return new Response(null, { status });
  log("warn", "service_refused", { status, path, client: name });
  // the client's key is right
  if (status === 401 || status === 403) return problem(502, { detail: "the service refused the Worker's own key" });
  const later = headers.get("retry-after");
  const waits = later !== null && (status === 429 || status === 503);
  return problem(
    status < 400 ? 502 : status,
    { detail: `the service answered ${status}` },
    waits ? { "retry-after": later } : {},
  );
}
