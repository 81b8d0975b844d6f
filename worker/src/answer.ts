import type { Receipt } from "split-events";
import { problem } from "./problem.js";

/** What a receipt means in HTTP; the README's table says the same for those who call. */
export function answer(receipt: Receipt): Response {
  const { events, accepted, unknown, unsent, refusedBy, complete } = receipt;
  const bad = (status: number, detail: string) => problem(status, { detail, ...receipt });

  if (accepted + unknown > 0) {
    if (!complete) return bad(502, `the body broke off; of the ${events} events before, see batches`);
    if (unknown + unsent === 0) return settled(receipt);
    return bad(502, `of ${events} events ${unknown} may have been taken or not, ${unsent} were not sent: see batches`);
  }
  if (!complete) return bad(400, "the body broke off, and none of its events was taken");
  if (events === 0)
    return isBroken(receipt) ? bad(400, "there are no events in the body: see issues") : settled(receipt);
  if (refusedBy.check === events) return bad(422, `none of ${events} events passed the check: see issues`);

  const status = lastStatus(receipt) ?? 0;
  return bad(status >= 400 ? status : 502, `none of ${events} events was taken: see batches`);
}

function settled(receipt: Receipt): Response {
  return Response.json(receipt, { status: 202 });
}

/** An empty array has no events and is in order; what holds none and has an error is no list of events. */
function isBroken({ issues }: Receipt): boolean {
  return issues.some(({ severity }) => severity === "error");
}

/** Until the service has taken something one request follows the other, so the last is the one that ended the run. */
function lastStatus({ batches }: Receipt): number | undefined {
  const last = batches.flatMap(({ attempts }) => attempts).at(-1);
  return last && "status" in last ? last.status : undefined;
}
