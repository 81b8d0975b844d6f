import type { Report } from "split-events";
import { joined } from "split-events/internal/joined";
import type { Env } from "split-events/worker";
import ours from "split-events/worker";
import { Intake } from "../../../pkg/build/worker/receive/intake.js";
import { RequestMemory } from "../../../pkg/build/worker/receive/memory.js";
import { type Reader, taking } from "../../../pkg/build/worker/receive/take.js";
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
  const memory = new RequestMemory(new Request("http://bench"));
  const intake = new Intake(settings, memory);
  return {
    push: (chunk) => intake.push(chunk),
    finish: () => intake.finish(),
    free: () => {
      intake.free();
      memory.release();
    },
  };
}

const settings = { check: {}, deadRequestBytes: 1_000_000 };
const report = { events: EVENTS, issues: [] } as unknown as Report;
