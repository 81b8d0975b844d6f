import { type Env, settingsOf } from "../env.js";
import { Refusal } from "../problem.js";
import { chunksOf } from "./body.js";
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
  const isBeacon = pathname.endsWith("/beacon");
  const key = bearer(request);
  const client = isBeacon ? undefined : await clientOf(key, env);
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(request, settings)) chunks.push(chunk);
  let body: BodyInit = new Blob(chunks as Uint8Array<ArrayBuffer>[]);
  if (isBeacon) {
    const beacon = parse(await body.text());
    await assertWithinLimit(await clientOf(typeof beacon.token === "string" ? beacon.token : undefined, env), env);
    body = JSON.stringify({ ...beacon, token: env.SPLIT_API_KEY });
  } else if (client) {
    await assertWithinLimit(client, env);
  }

  const headers = new Headers();
  for (const name of HEADERS) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (!isBeacon) headers.set("authorization", `Bearer ${env.SPLIT_API_KEY}`);
  try {
    const to = new URL(pathname, settings.upstream ?? SERVICE);
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const { status, body: answered } = await fetch(to, { method: "POST", headers, body, signal, redirect: "manual" });
    await answered?.cancel();
    return status >= 200 && status < 300
      ? new Response(null, { status })
      : Promise.reject(new Refusal(status < 400 ? 502 : status));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(502, { detail: "the service did not answer" });
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const beacon: unknown = JSON.parse(text);
    if (typeof beacon === "object" && beacon !== null) return beacon as Record<string, unknown>;
  } catch {
    // answered below
  }
  throw new Refusal(401);
}
