import type { IncomingMessage } from "node:http";
import type { Verdict } from "./exchange.js";
import type { Body } from "./http/body.js";
import { children, type Span } from "./json-spans.js";

/** The answer to a POST of events. `spans` are the events in the body, if it is a list of events. */
export interface Judgement extends Verdict {
  spans?: Span[];
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const NO_KEY = 'no SDK key: expected the header "Authorization: Bearer KEY"';
const NO_ARRAY = "the body is not a JSON array of events";
const NO_BEACON = 'the body is not a beacon: expected {"entries":[...],"token":KEY,"sdk":VERSION}';
const NO_TOKEN = 'no SDK key: expected it as the beacon\'s "token"';

/** Returns the answer of the service, which does not look at the events. */
export function judge(request: IncomingMessage, body: Body, limit: number, isBeacon: boolean): Judgement {
  const hasKey = isBeacon || /^Bearer +\S+$/i.test(request.headers.authorization ?? "");
  if (!hasKey) return { status: 401, text: NO_KEY };
  if (body.state === "over") return { status: 413, text: `the body is over the limit of ${limit} bytes` };
  return isBeacon ? judgeBeacon(body.content) : judgeBulk(body.content);
}

function judgeBulk(body: Buffer): Judgement {
  if (!Array.isArray(parsed(body))) return { status: 400, text: NO_ARRAY };
  return { status: 202, spans: children(body, body.indexOf("[")) };
}

function judgeBeacon(body: Buffer): Judgement {
  const beacon = parsed(body);
  if (typeof beacon !== "object" || beacon === null || Array.isArray(beacon)) return { status: 400, text: NO_BEACON };
  const { entries, token } = beacon as Record<string, unknown>;
  if (typeof token !== "string" || token === "") return { status: 401, text: NO_TOKEN };
  if (!Array.isArray(entries)) return { status: 400, text: NO_BEACON };
  return { status: 202, spans: children(body, startOfEntries(body)) };
}

/** Returns where the value of `entries` begins. If the name comes twice, the last one counts, as in `JSON.parse`. */
function startOfEntries(body: Buffer): number {
  const members = children(body, body.indexOf("{"));
  let start = 0;
  members.forEach(({ from, to }, index) => {
    const isName = index % 2 === 0;
    if (isName && JSON.parse(body.toString("utf8", from, to)) === "entries") start = members[index + 1]?.from ?? 0;
  });
  return start;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(body));
  } catch {
    return undefined;
  }
}
