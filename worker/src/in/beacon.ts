import { type Env, settingsOf } from "../env.js";
import { Refusal } from "../problem.js";
import { chunksOf } from "./body.js";
import { Intake } from "./intake.js";
import { assertWithinLimit, clientOf } from "./keys.js";
import { keep, nameOf } from "./take.js";

/** The beacons of a page share 64 KiB; its token stands inside, so the body is read before the key is known. */
const BEACON_MAX = 262_144;

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
  const name = nameOf(request, client, settings);
  name.add(bytes);
  const intake = new Intake(settings);
  try {
    // what is no object is refused as such, where it stands
    intake.push(new TextEncoder().encode(JSON.stringify(beacon.entries)));
    return await keep(intake.finish(), { client, name, env, settings });
  } finally {
    intake.free();
  }
}

function parse(bytes: Uint8Array): { entries?: unknown; token?: unknown } | undefined {
  try {
    const beacon = JSON.parse(new TextDecoder().decode(bytes));
    return typeof beacon === "object" && beacon !== null ? beacon : undefined;
  } catch {
    return undefined;
  }
}
