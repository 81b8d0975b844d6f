import type { Report } from "split-events";
import { type Env, type Settings, settingsOf } from "../env.js";
import { log } from "../log.js";
import { put } from "../out/put.js";
import { shardOf } from "../out/shards.js";
import type { Part } from "../part.js";
import { Refusal } from "../problem.js";
import { chunksOf } from "./body.js";
import { Intake, type Read } from "./intake.js";
import { assertWithinLimit, bearer, type Client, clientOf } from "./keys.js";
import { RequestDigest } from "./request-digest.js";

/** How many issues an answer tells; all are counted, and what was refused is kept with its own. */
const ISSUES_MAX = 20;
/** The beacons of a page share 64 KiB; its token stands inside, so the body is read before the key is known. */
const BEACON_MAX = 262_144;
const KEY_MAX = 255;

/** Makes batches of what a request brings. */
export interface Reader {
  push(chunk: Uint8Array): void;
  finish(): Read;
  free(): void;
}

/** `POST /api/events/bulk` and `/api/events`: 202 when all that can be kept is durable. */
export const takeEvents = taking((settings) => new Intake(settings));

export function taking(open: (settings: Settings) => Reader): (request: Request, env: Env) => Promise<Response> {
  return async (request, env) => {
    const settings = settingsOf(env);
    const client = await clientOf(bearer(request), env);
    await assertWithinLimit(client, env);
    const key = idempotencyKey(request);
    const digest = new RequestDigest(client.name, key);
    const reader = open(settings);
    try {
      for await (const chunk of chunksOf(request, settings)) {
        digest.add(chunk);
        reader.push(chunk);
      }
      const read = reader.finish();
      return await keep(read, { client, keyed: key !== undefined, request: await digest.finish(), env, settings });
    } finally {
      reader.free();
    }
  };
}

/** `POST /api/events/beacon`: `{"entries":[...],"token":KEY,"sdk":VERSION}` as text. */
export async function takeBeacon(request: Request, env: Env): Promise<Response> {
  const settings = settingsOf(env);
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(request, { ...settings, maxBodyBytes: BEACON_MAX })) chunks.push(chunk);
  const bytes = new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  const beacon = parse(bytes);
  const client = await clientOf(typeof beacon?.token === "string" ? beacon.token : undefined, env);
  await assertWithinLimit(client, env);
  if (!Array.isArray(beacon?.entries)) throw new Refusal(400, { detail: "entries must be an array of events" });
  const digest = new RequestDigest(client.name, undefined);
  digest.add(bytes);
  const intake = new Intake(settings);
  try {
    // what is no object is refused as such, where it stands
    intake.push(new TextEncoder().encode(JSON.stringify(beacon.entries)));
    return await keep(intake.finish(), { client, keyed: false, request: await digest.finish(), env, settings });
  } finally {
    intake.free();
  }
}

interface Given {
  client: Client;
  keyed: boolean;
  request: string;
  env: Env;
  settings: Settings;
}

async function keep({ report, contents }: Read, given: Given): Promise<Response> {
  const { client, keyed, request, env, settings } = given;
  if (report.events === 0 && report.issues.some(({ severity }) => severity === "error")) {
    throw new Refusal(400, { detail: "there are no events in the body: see issues", ...found(report) });
  }
  const shard = shardOf(request, settings.shards);
  const at = Date.now();
  const parts = contents.map((content, part): Part => ({ shard, request, keyed, at, part, ...content }));
  const by = await put(parts, env, settings);
  const { events, refused } = report;
  log("info", "taken", { client: client.name, request, events, refused, parts: parts.length, by });
  return Response.json({ ...found(report), request }, { status: 202 });
}

/** The same for the same body, so that a repeat is answered as the first was. */
function found({ events, clean, repaired, refused, warned, issueCounts, issues }: Report) {
  return { events, clean, repaired, refused, warned, issueCounts, issues: issues.slice(0, ISSUES_MAX) };
}

function idempotencyKey(request: Request): string | undefined {
  const key = request.headers.get("idempotency-key")?.trim();
  if (key === undefined || key === "") return undefined;
  if (key.length > KEY_MAX) throw new Refusal(400, { detail: `Idempotency-Key may have ${KEY_MAX} characters` });
  return key;
}

function parse(bytes: Uint8Array): { entries?: unknown; token?: unknown } | undefined {
  try {
    const beacon = JSON.parse(new TextDecoder().decode(bytes));
    return typeof beacon === "object" && beacon !== null ? beacon : undefined;
  } catch {
    return undefined;
  }
}
