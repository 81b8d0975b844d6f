import type { Report } from "split-events";
import type { Env } from "../deliver/env.js";
import { shardOf } from "../deliver/objects.js";
import { put as putParts } from "../deliver/put.js";
import type { WholeRequest } from "../deliver/requests.js";
import { log } from "../log.js";
import type { Part } from "../part.js";
import { Refusal } from "../problem.js";
import { type Settings, settingsOf } from "../settings.js";
import { chunksOf } from "./body.js";
import { type CheckedBody, Intake } from "./intake.js";
import { assertWithinLimit, bearer, type Client, clientOf } from "./keys.js";
import { RequestMemory } from "./memory.js";
import { noEvents } from "./no-events.js";
import { RequestName } from "./request-name.js";

/** The most issues in an answer. All are counted, and refused events are kept with theirs. */
const ISSUES_MAX = 20;
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/** Makes batches of a body. */
export interface Reader {
  push(chunk: Uint8Array): void;
  finish(): CheckedBody;
  free(): void;
}

/** Answers `POST /api/events/bulk` and `/api/events`: with 202 once everything that is kept is durable. */
export const takeEvents = taking((settings, memory) => new Intake(settings, memory));

export function taking(
  open: (settings: Settings, memory: RequestMemory) => Reader,
): (request: Request, env: Env) => Promise<Response> {
  return async (request, env) => {
    const settings = settingsOf(env);
    const client = await clientOf(bearer(request), env);
    await assertWithinLimit(client, env);
    const name = nameOf(request, client, settings, idempotencyKey(request));
    const memory = new RequestMemory(request);
    memory.ofClient(client.name);
    const reader = open(settings, memory);
    try {
      for await (const chunk of chunksOf(request, settings, memory)) {
        name.add(chunk);
        reader.push(chunk);
      }
      return await keep(reader.finish(), { client, name, env, settings });
    } finally {
      reader.free();
      memory.release();
    }
  };
}

export function nameOf(request: Request, client: Client, { repeatSeconds }: Settings, key?: string): RequestName {
  const address = request.headers.get("cf-connecting-ip") ?? "";
  return new RequestName({ client: client.name, address, key, repeatSeconds });
}

/** What is known of a request besides its events. */
export interface Context {
  client: Client;
  name: RequestName;
  env: Env;
  settings: Settings;
}

/** Keeps a checked body, and answers the request. */
export async function keep(
  { report, contents, notKept: overBound }: CheckedBody,
  { client, name, env, settings }: Context,
): Promise<Response> {
  const wrong = noEvents(report);
  if (wrong !== undefined) throw new Refusal(400, { detail: wrong, ...found(report) });
  const { request, post, body } = await name.finish();
  const shard = shardOf(request, settings.shards);
  const at = Date.now();
  const parts = contents.map((content, part): Part => ({ shard, request, at, part, client: client.name, ...content }));
  const bytes = parts.reduce((sum, { kind, body }) => (kind === "batch" ? sum + body.length : sum), 0);
  const whole: WholeRequest = { shard, request, post, at, bytes };
  if (body !== undefined) whole.body = body;
  if (request.startsWith("d")) whole.repeatMs = settings.repeatSeconds * 1000;
  const put = await putParts(whole, parts, env, settings);
  const { events, refused } = report;
  const notKept = overBound + ("notKept" in put ? put.notKept : 0);
  log(put.state === "full" ? "warn" : "info", put.state, {
    shard,
    bytes,
    client: client.name,
    request,
    events,
    refused,
    notKept,
    parts: parts.length,
    by: put.by,
  });
  switch (put.state) {
    case "kept":
    case "repeated": {
      const more = { ...(put.state === "repeated" && { repeated: true }), ...(notKept > 0 && { notKept }) };
      return Response.json({ ...found(report), request, ...more }, { status: 202 });
    }
    case "conflict":
      throw new Refusal(422, {
        detail: "this Idempotency-Key was used with another body: use a new key for each body; nothing was kept",
      });
    case "full":
      throw nothingKept("the shard is full");
    case "withdrawn":
      throw nothingKept("the shard failed");
  }
}

function nothingKept(why: string): Refusal {
  return new Refusal(503, { detail: `${why}: nothing was kept; send the request again` }, { "retry-after": "5" });
}

/** Returns the answer's part that is the same for the same body, so that a repeat is answered as the first was. */
function found({ events, clean, repaired, refused, warned, issueCounts, issues }: Report) {
  return { events, clean, repaired, refused, warned, issueCounts, issues: issues.slice(0, ISSUES_MAX) };
}

export function idempotencyKey(request: Request): string | undefined {
  const key = request.headers.get("idempotency-key")?.trim();
  if (key === undefined || key === "") return undefined;
  // other keys cannot be told apart: a header is read as UTF-8, and all bytes that are not become one character
  if (IDEMPOTENCY_KEY.test(key)) return key;
  throw new Refusal(400, { detail: "Idempotency-Key must be 1 to 255 printable ASCII characters; nothing was kept" });
}
