import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { encodePart, type Part } from "../../worker/src/part.js";
import { ADMIN_KEY, ask } from "./support.js";

/** The Worker, with a path that hands it messages. */
export const REDELIVER = fileURLToPath(new URL("entries/redeliver.ts", import.meta.url));

export interface Handed {
  acked: string[];
  retried: string[];
}

/** A message was sent once, however often it is delivered. */
const SENT = Date.now();

/** Hands messages to the Worker like a queue that delivers twice. */
export async function handMessages(url: URL, queue: string, messages: Record<string, Uint8Array>): Promise<Handed> {
  const body = Object.entries(messages).map(([id, body]) => ({
    id,
    timestamp: SENT,
    body: Buffer.from(body).toString("base64"),
  }));
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const answer = await ask(url, { path: `/redeliver?queue=${queue}`, headers, body: JSON.stringify(body) });
  return answer.json as unknown as Handed;
}

export function handParts(url: URL, queue: string, parts: readonly Part[]): Promise<Handed> {
  return handMessages(url, queue, Object.fromEntries(parts.map((part) => [randomUUID(), encodePart(part)])));
}
