import type { Env } from "../deliver/env.js";
import { Refusal } from "../problem.js";
import { type Settings, settingsOf } from "../settings.js";
import { wholeBody } from "./body.js";
import { Intake } from "./intake.js";
import { assertWithinLimit, type Client, clientOf } from "./keys.js";
import { type Member, membersOf, textIn } from "./members.js";
import { RequestMemory } from "./memory.js";
import { idempotencyKey, keep, nameOf } from "./take.js";

/** The most bytes of a beacon, as in browsers: its key is inside, so that this much is read before the key is known. */
const BEACON_MAX = 65_536;
const OPEN_ARRAY = 0x5b;

export interface Beacon {
  bytes: Uint8Array<ArrayBuffer>;
  members: Member[];
  token: Member;
  client: Client;
}

/** Reads a beacon, `{"entries":[...],"token":KEY,"sdk":VERSION}`, and finds the client whose key it has. */
export async function readBeacon(
  request: Request,
  env: Env,
  settings: Settings,
  memory: RequestMemory,
): Promise<Beacon> {
  const bytes = await wholeBody(request, { ...settings, maxBodyBytes: BEACON_MAX }, memory);
  const members = membersOf(bytes) ?? [];
  const [token, ...others] = members.filter(({ name }) => name === "token");
  // of two tokens another reader might take the other one
  const key = token && others.length === 0 ? textIn(bytes, token.from, token.to) : undefined;
  const client = await clientOf(key, env);
  if (!token) throw new Refusal(401);
  memory.ofClient(client.name);
  await assertWithinLimit(client, env);
  return { bytes, members, token, client };
}

/** Answers `POST /api/events/beacon`. The entries are taken as they are. */
export async function takeBeacon(request: Request, env: Env): Promise<Response> {
  const settings = settingsOf(env);
  const memory = new RequestMemory(request);
  let intake: Intake | undefined;
  try {
    const { bytes, members, client } = await readBeacon(request, env, settings, memory);
    const [entries, ...others] = members.filter(({ name }) => name === "entries");
    if (!entries || others.length > 0 || bytes[entries.from] !== OPEN_ARRAY) {
      throw new Refusal(400, { detail: "entries must be one array of events" });
    }
    const name = nameOf(request, client, settings, idempotencyKey(request));
    name.add(bytes);
    intake = new Intake(settings, memory);
    intake.push(bytes.subarray(entries.from, entries.to));
    return await keep(intake.finish(), { client, name, env, settings });
  } finally {
    intake?.free();
    memory.release();
  }
}
