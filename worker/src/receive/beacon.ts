import type { Env } from "../deliver/env.js";
import { Refusal } from "../problem.js";
import { type Settings, settingsOf } from "../settings.js";
import { wholeBody } from "./body.js";
import { Holding } from "./holding.js";
import { Intake } from "./intake.js";
import { assertWithinLimit, type Client, clientOf } from "./keys.js";
import { type Member, membersOf, textIn } from "./members.js";
import { idempotencyKey, keep, nameOf } from "./take.js";

/** What the beacons of a page share. More is not read before the key is known, which stands in it. */
const BEACON_MAX = 65_536;
const OPEN_ARRAY = 0x5b;

export interface Beacon {
  bytes: Uint8Array<ArrayBuffer>;
  members: Member[];
  token: Member;
  client: Client;
}

/** Reads a beacon, `{"entries":[...],"token":KEY,"sdk":VERSION}` as text, and finds whose it is. */
export async function readBeacon(request: Request, env: Env, settings: Settings, holding: Holding): Promise<Beacon> {
  const bytes = await wholeBody(request, { ...settings, maxBodyBytes: BEACON_MAX }, holding);
  const members = membersOf(bytes) ?? [];
  const [token, ...others] = members.filter(({ name }) => name === "token");
  // a token that stands twice is no key: who reads it otherwise would find another
  const key = token && others.length === 0 ? textIn(bytes, token.from, token.to) : undefined;
  const client = await clientOf(key, env);
  if (!token) throw new Refusal(401);
  holding.of(client.name);
  await assertWithinLimit(client, env);
  return { bytes, members, token, client };
}

/** `POST /api/events/beacon`: its entries are taken as they stand. */
export async function takeBeacon(request: Request, env: Env): Promise<Response> {
  const settings = settingsOf(env);
  const holding = new Holding(request);
  let intake: Intake | undefined;
  try {
    const { bytes, members, client } = await readBeacon(request, env, settings, holding);
    const [entries, ...others] = members.filter(({ name }) => name === "entries");
    if (!entries || others.length > 0 || bytes[entries.from] !== OPEN_ARRAY) {
      throw new Refusal(400, { detail: "entries must be one array of events" });
    }
    const name = nameOf(request, client, settings, idempotencyKey(request));
    name.add(bytes);
    intake = new Intake(settings, holding);
    intake.push(bytes.subarray(entries.from, entries.to));
    return await keep(intake.finish(), { client, name, env, settings });
  } finally {
    intake?.free();
    holding.release();
  }
}
