import type { IncomingMessage, ServerResponse } from "node:http";
import { droppedLines, loadChecker } from "./dropped.js";
import { EVENT_PATHS, receive } from "./events.js";
import { Exchange } from "./exchange.js";
import { parseFaults } from "./faults/parse.js";
import { Schedule } from "./faults/schedule.js";
import { answerJson, answerLines, answerText } from "./http/answer.js";
import { readBody } from "./http/body.js";
import type { Connections } from "./http/connections.js";
import { ledgerLines, lines } from "./ledger.js";
import { answerForSdk, isThrownAway } from "./sdk.js";
import type { State } from "./state.js";

/** What a request is answered from: the state of the sandbox when the request comes, and its limits. */
export interface Surroundings {
  state: State;
  connections: Connections;
  maxBodyBytes: number;
  clear: () => void;
}

type Handler = (request: IncomingMessage, response: ServerResponse, around: Surroundings) => void | Promise<void>;

const routes: Record<string, Record<string, Handler>> = {
  ...Object.fromEntries(EVENT_PATHS.map((path) => [path, { POST: receiveEvents }])),
  "/_ledger": { GET: (_, response, { state }) => answerLines(response, ledgerLines(state.takes)) },
  "/_posts": { GET: (_, response, { state }) => answerLines(response, lines(state.posts)) },
  "/_dropped": { GET: answerDropped },
  "/_faults": { GET: (_, response, { state }) => answerJson(response, state.schedule.list()), POST: setFaults },
  "/_state": {
    DELETE: (_, response, { clear }) => {
      clear();
      response.writeHead(204).end();
    },
  },
};

/** One line that lists the requests of the sandbox. */
export const MENU = Object.entries(routes)
  .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
  .join(", ");

export async function route(request: IncomingMessage, response: ServerResponse, around: Surroundings): Promise<void> {
  const path = pathOf(request);
  const method = request.method ?? "";
  const methods = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (methods) {
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (handler) return handler(request, response, around);
    const allowed = Object.keys(methods).join(", ");
    return answerText(response, 405, `${path} takes ${allowed}, not ${method}`, { allow: allowed });
  }
  const forSdk = method === "GET" ? answerForSdk(path) : undefined;
  if (forSdk) return answerJson(response, forSdk);
  if (method === "POST" && isThrownAway(path)) return throwAway(request, response);
  answerText(response, 404, `unknown path; the sandbox answers ${MENU}`);
}

/** Returns the path without the query, which might hold a key. */
const pathOf = (request: IncomingMessage): string => (request.url ?? "").split("?", 1)[0] ?? "";

function receiveEvents(request: IncomingMessage, response: ServerResponse, around: Surroundings): Promise<void> {
  const exchange = new Exchange(request, response, around.state.open(pathOf(request)), around.connections);
  return receive(exchange, around.state, around.maxBodyBytes);
}

async function setFaults(request: IncomingMessage, response: ServerResponse, around: Surroundings): Promise<void> {
  const body = await readBody(request, around.maxBodyBytes);
  if (body.state === "over") return answerText(response, 413, `the list is over ${around.maxBodyBytes} bytes`);
  let list: unknown;
  try {
    list = JSON.parse(body.content.toString());
  } catch {
    return answerText(response, 400, "the list of faults is not JSON");
  }
  try {
    around.state.schedule = new Schedule(parseFaults(list));
    response.writeHead(204).end();
  } catch (error) {
    answerText(response, 400, (error as Error).message);
  }
}

async function answerDropped(_: IncomingMessage, response: ServerResponse, { state }: Surroundings): Promise<void> {
  const checker = await loadChecker().catch(() => undefined);
  if (checker) return answerLines(response, droppedLines(state.takes, checker));
  answerText(response, 503, "events cannot be checked, since the package split-events is not built: run npm run build");
}

async function throwAway(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request, 0);
  if (body.state !== "cut") answerText(response, 200);
}
