import type { Exchange } from "./exchange.js";
import { happen, takes } from "./faults/happen.js";
import { readBody } from "./http/body.js";
import { judge } from "./judge.js";
import type { State } from "./state.js";

export const EVENT_PATHS: readonly string[] = ["/api/events/bulk", "/api/events", "/api/events/beacon"];

/** Reads, judges, takes and answers one POST of events, unless a fault says otherwise. */
export async function receive(exchange: Exchange, state: State, limit: number): Promise<void> {
  const { request, record } = exchange;
  const early = state.schedule.atHeaders(record.post);
  if (early) return happen(early, exchange);

  const body = await readBody(request, limit);
  record.bytes = body.bytes;
  if (body.state === "cut") return exchange.abandon();

  const { spans, ...verdict } = judge(request, body, limit, record.path.endsWith("/beacon"));
  record.events = spans?.length ?? null;
  exchange.verdict = verdict;

  const fault = state.schedule.atBody(record.post, body);
  if (spans && (!fault || takes(fault))) state.take(record, request.headers, body.content, spans);
  if (fault) return happen(fault, exchange);
  exchange.answerAsUsual();
}
