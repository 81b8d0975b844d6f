import type { Report } from "split-events";
import type { Env } from "split-events/worker";
import ours from "split-events/worker";
import { taking } from "../../../pkg/dist/worker/in/take.js";

/** Every request of the bench has so many. */
export const EVENTS = 500;

type Batches = (body: Uint8Array) => { events: number; body: Uint8Array }[];

/** Our Worker, with another way from a body to batches. */
export function takes(batches: Batches) {
  const take = taking(() => {
    const chunks: Uint8Array[] = [];
    return {
      push: (chunk) => void chunks.push(chunk),
      finish: () => ({ report, contents: batches(joined(chunks)).map((one) => ({ kind: "batch" as const, ...one })) }),
      free: () => {},
    };
  });
  return {
    fetch: (request, env) =>
      new URL(request.url).pathname === "/api/events/bulk" ? take(request, env) : ours.fetch(request, env),
    queue: (batch, env) => ours.queue(batch, env),
  } satisfies ExportedHandler<Env>;
}

const report = { events: EVENTS, issues: [] } as unknown as Report;

function joined(chunks: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
