import type { Report } from "split-events";
import type { Env } from "split-events/worker";
import ours from "split-events/worker";
import { Holding } from "../../../pkg/dist/worker/receive/holding.js";
import { Intake } from "../../../pkg/dist/worker/receive/intake.js";
import { type Reader, taking } from "../../../pkg/dist/worker/receive/take.js";
import { type Batches, EVENTS } from "./ways.js";

/** Makes our Worker with another way from a body to batches. */
export function takes(batches: Batches) {
  const take = taking(() => reader(batches));
  return {
    fetch: (request, env) =>
      new URL(request.url).pathname === "/api/events/bulk" ? take(request, env) : ours.fetch(request, env),
    queue: (batch, env) => ours.queue(batch, env),
  } satisfies ExportedHandler<Env>;
}

/** Returns the function that reads a request: the other way, or ours. */
export function reader(batches: Batches | "ours"): Reader {
  if (batches === "ours") return counted();
  const chunks: Uint8Array[] = [];
  return {
    push: (chunk) => void chunks.push(chunk),
    finish: () => {
      const contents = batches(joined(chunks)).map((one) => ({ kind: "batch" as const, ...one }));
      return { report, contents, notKept: 0 };
    },
    free: () => {},
  };
}

function counted(): Reader {
  const holding = new Holding(new Request("http://bench"));
  const intake = new Intake(settings, holding);
  return {
    push: (chunk) => intake.push(chunk),
    finish: () => intake.finish(),
    free: () => {
      intake.free();
      holding.release();
    },
  };
}

const settings = { check: {}, deadRequestBytes: 1_000_000 };
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
