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
import { Holding } from "./holding.js";
import { Intake, type Read } from "./intake.js";
import { assertWithinLimit, bearer, type Client, clientOf } from "./keys.js";
import { noEvents } from "./no-events.js";
import { RequestName } from "./request-name.js";

/** How many issues an answer tells; all are counted, and what was refused is kept with its own. */
const ISSUES_MAX = 20;
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/** Makes batches of what a request brings. */
export interface Reader {
  push(chunk: Uint8Array): void;
  finish(): Read;
  free(): void;
}

/** `POST /api/events/bulk` and `/api/events`: 202 when all that can be kept is durable. */
export const takeEvents = taking((settings, holding) => new Intake(settings, holding));

export function taking(
  open: (settings: Settings, holding: Holding) => Reader,
): (request: Request, env: Env) => Promise<Response> {
  return async (request, env) => {
    const settings = settingsOf(env);
    const client = await clientOf(bearer(request), env);
    await assertWithinLimit(client, env);
    const name = nameOf(request, client, settings, idempotencyKey(request));
    const holding = new Holding(request);
    holding.of(client.name);
    const reader = open(settings, holding);
    try {
      for await (const chunk of chunksOf(request, settings, holding)) {
        name.add(chunk);
        reader.push(chunk);
      }
      return await keep(reader.finish(), { client, name, env, settings });
    } finally {
      reader.free();
      holding.release();
    }
  };
}

export function nameOf(request: Request, client: Client, { repeatSeconds }: Settings, key?: string): RequestName {
  const address = request.headers.get("cf-connecting-ip") ?? "";
  return new RequestName({ client: client.name, address, key, repeatSeconds });
}

/** What is known of a request when it was read. */
export interface Given {
  client: Client;
  name: RequestName;
  env: Env;
  settings: Settings;
}

/** Keeps what was read of a request, and answers it. */
export async function keep(
  { report, contents, notKept: overBound }: Read,
  { client, name, env, settings }: Given,
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
        detail: "this Idempotency-Key came with another body before: give each body its own; nothing was kept",
      });
    case "full":
      throw nothingKept("the outbox is full");
    case "withdrawn":
      throw nothingKept("the outbox has failed");
  }
}

function nothingKept(why: string): Refusal {
  return new Refusal(503, { detail: `${why}: nothing was kept, so send all of it again` }, { "retry-after": "5" });
}

/** The same for the same body, so that a repeat is answered as the first was. */
function found({ events, clean, repaired, refused, warned, issueCounts, issues }: Report) {
  return { events, clean, repaired, refused, warned, issueCounts, issues: issues.slice(0, ISSUES_MAX) };
}

export function idempotencyKey(request: Request): string | undefined {
  const key = request.headers.get("idempotency-key")?.trim();
  if (key === undefined || key === "") return undefined;
  // what is not ASCII cannot be told apart: a header's bytes are read as UTF-8, and what is none is one character
  if (IDEMPOTENCY_KEY.test(key)) return key;
  throw new Refusal(400, { detail: "Idempotency-Key must be 1 to 255 printable ASCII characters: nothing was kept" });
}
