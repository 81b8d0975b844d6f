import type { Peer } from "../cases/case.ts";
import { beside } from "../pipelines/beside.ts";
import { byHand } from "../pipelines/by-hand.ts";
import { csvParse } from "../pipelines/csv-parse.ts";
import { ours } from "../pipelines/ours.ts";
import { papaparse } from "../pipelines/papaparse.ts";
import type { Pipelines, Ready } from "../pipelines/pipeline.ts";
import { canonical, demand, sent } from "./sent.ts";

/** Those that read tables or map records. */
export const peers = { ours, papaparse, csvParse, byHand, beside } satisfies Pipelines;

/** Compares the events of ours with the sample, and those of each peer with ours, in their order. */
export function agreeWith(names: readonly Peer[], ready: Ready): void {
  const { expected, judged = expected.clean } = ready;
  const events = sent(ours, ready);
  const due = expected.clean + expected.repaired;
  demand(events.length === due, `ours: ${events.length} events sent, expected ${due}`);
  for (const [at, event] of (ready.sample ?? []).entries()) {
    demand(canonical(event) === events[at], `sample: ${canonical(event)}, ours ${events[at]}`);
  }
  for (const name of names) {
    if (name === "beside") continue;
    const others = sent(peers[name], ready);
    demand(others.length === judged, `${name}: ${others.length} events sent, expected ${judged}`);
    let at = 0;
    for (const event of others) {
      at = events.indexOf(event, at) + 1;
      demand(at > 0, `${name}: sent ${event}, ours did not`);
    }
  }
}
