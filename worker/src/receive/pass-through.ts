import type { Env } from "../deliver/env.js";
import { withServiceKey } from "../deliver/service-keys.js";
import { log } from "../log.js";
import { problem, Refusal } from "../problem.js";
import { type Settings, settingsOf } from "../settings.js";
import { readBeacon } from "./beacon.js";
import { wholeBody } from "./body.js";
import { assertWithinLimit, bearer, type Client, clientOf } from "./keys.js";
import { RequestMemory } from "./memory.js";

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

/** Sends impressions to the service once, with the service key, and answers with its status. Keeps no part of them. */
export async function passThrough(request: Request, env: Env): Promise<Response> {
  const settings = settingsOf(env);
  const { pathname } = new URL(request.url);
  const memory = new RequestMemory(request);
  try {
    const { client, withKey } = pathname.endsWith("/beacon")
      ? await beaconOf(request, env, settings, memory)
      : await bodyOf(request, env, settings, memory);
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
    memory.release();
  }
}

/** A request of impressions: its client, and what is sent for it with a service key. */
interface Impressions {
  client: Client;
  withKey(key: string): { body: BodyInit; headers: Headers };
}

async function beaconOf(request: Request, env: Env, settings: Settings, memory: RequestMemory): Promise<Impressions> {
  const { bytes, token, client } = await readBeacon(request, env, settings, memory);
  const withKey = (key: string) => ({
    body: new Blob([bytes.subarray(0, token.from), JSON.stringify(key), bytes.subarray(token.to)]),
    headers: new Headers(),
  });
  return { client, withKey };
}

async function bodyOf(request: Request, env: Env, settings: Settings, memory: RequestMemory): Promise<Impressions> {
  const client = await clientOf(bearer(request), env);
  await assertWithinLimit(client, env);
  memory.ofClient(client.name);
  const body = await wholeBody(request, settings, memory);
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

/** Returns the service's answer for the client. Not a Refusal, since the Worker refuses no request here. */
function passed({ status, headers }: Response, path: string, { name }: Client): Response {
  if (status >= 200 && status < 300) return new Response(null, { status });
  log("warn", "service_refused", { status, path, client: name });
  // the service key is meant, not the client key
  if (status === 401 || status === 403)
    return problem(502, { detail: "the service refused the service key of this Worker" });
  const later = headers.get("retry-after");
  const waits = later !== null && (status === 429 || status === 503);
  return problem(
    status < 400 ? 502 : status,
    { detail: `the service answered ${status}` },
    waits ? { "retry-after": later } : {},
  );
}
