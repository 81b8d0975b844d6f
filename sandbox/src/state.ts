import type { IncomingHttpHeaders } from "node:http";
import { Schedule } from "./faults/schedule.js";
import { joinLines, type Span } from "./json-spans.js";

/** The status of the answer, or why there was none. */
export type Ending = number | "reset" | "close" | "hang" | "aborted";

/** What is recorded of a POST of events. */
export interface PostRecord {
  /** Its number, from 1, in the order in which the headers came. */
  post: number;
  path: string;
  /** How it ended; `null` until then. `aborted`: the client left first. */
  status: Ending | null;
  /** Bytes of the body that came. */
  bytes: number;
  /** `null` if the body was not a list of events, was too large, or was not read. */
  events: number | null;
  /** Whether the events are in the ledger. */
  taken: boolean;
  /** When its headers came, in epoch milliseconds. */
  at: number;
  /** When it ended, in epoch milliseconds. */
  answeredAt: number | null;
  /** When the pause ends that its `Retry-After` asks for, in epoch milliseconds. */
  pauseUntil: number | null;
}

/** The events of one POST: the body, and the bytes of each event in it. */
export interface Take {
  post: number;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  spans: Span[];
}

/**
 * Everything that the sandbox remembers. To clear it, a new one takes its place: a POST that is under way keeps the old
 * one, and leaves no trace in the new.
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
