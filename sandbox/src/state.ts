import type { IncomingHttpHeaders } from "node:http";
import { Schedule } from "./faults/schedule.js";
import { joinLines, type Span } from "./json-spans.js";

/** The status that was answered, or why there was none. */
export type Ending = number | "reset" | "close" | "hang" | "aborted";

/** One POST of events, as the sandbox counted it. */
export interface PostRecord {
  /** From 1, in the order in which the headers came. */
  post: number;
  path: string;
  /** `null` until it is decided. `aborted`: the client went away first. */
  status: Ending | null;
  /** Bytes of the body that came. */
  bytes: number;
  /** `null` where the body was no list of events, or too long, or not read. */
  events: number | null;
  /** Whether the events stand in the ledger. */
  taken: boolean;
  /** When its headers came, in epoch milliseconds. */
  at: number;
  /** When its end was decided. */
  answeredAt: number | null;
  /** Until when its `Retry-After` asks for a pause. */
  pauseUntil: number | null;
}

/** The events of one POST: the body as it came and where in it each event lies. */
export interface Take {
  post: number;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  spans: Span[];
}

/**
 * All that is remembered. Clearing it means a new one: a POST that is still under way goes on with the one that it
 * began with, and leaves no trace in the new.
 */
export class State {
  readonly posts: PostRecord[] = [];
  readonly takes: Take[] = [];
  schedule = new Schedule();

  open(path: string): PostRecord {
    const record: PostRecord = {
      post: this.posts.length + 1,
      path,
      status: null,
      bytes: 0,
      events: null,
      taken: false,
      at: Date.now(),
      answeredAt: null,
      pauseUntil: null,
    };
    this.posts.push(record);
    return record;
  }

  take(record: PostRecord, headers: IncomingHttpHeaders, body: Buffer, spans: Span[]): void {
    joinLines(body);
    this.takes.push({ post: record.post, path: record.path, headers: withoutKeys(headers), body, spans });
    record.taken = true;
  }
}

function withoutKeys(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { authorization, "proxy-authorization": proxyAuthorization, cookie, ...rest } = headers;
  return rest;
}
