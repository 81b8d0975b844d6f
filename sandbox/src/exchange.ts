import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connections } from "./http/connections.js";
import type { Ending, PostRecord } from "./state.js";

/** The answer of the service. `text` is for people. */
export interface Verdict {
  status: number;
  text?: string;
}

/** One POST of events, and every way in which it can end. Each way records itself in `record`. */
export class Exchange {
  /** The usual answer; 202 until the request has been judged. */
  verdict: Verdict = { status: 202 };
  readonly #gone = new AbortController();

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly record: PostRecord,
    private readonly connections: Connections,
  ) {
    response.on("error", () => undefined);
    response.once("close", () => this.#gone.abort());
  }

  get isOpen(): boolean {
    return !this.#gone.signal.aborted;
  }

  /** Waits `ms` milliseconds, or until the client leaves. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#gone.signal }).catch(() => undefined);
  }

  answerAsUsual(headers?: OutgoingHttpHeaders, body?: string): void {
    const { status, text } = this.verdict;
    this.answer(status, headers, body ?? (text === undefined ? "" : `${text}\n`));
  }

  answer(status: number, headers: OutgoingHttpHeaders = {}, body: string | Buffer = ""): void {
    this.#end(status);
    this.#head(status, Buffer.byteLength(body), body === "" ? {} : TEXT, headers).end(body);
  }

  /** Sends the status at once, then `size` bytes of body, one every `interval` milliseconds. */
  async trickle(
    status: number,
    headers: OutgoingHttpHeaders | undefined,
    size: number,
    interval: number,
  ): Promise<void> {
    this.#end(status);
    this.#head(status, size, TEXT, headers ?? {}).flushHeaders();
    for (let sent = 0; sent < size && this.isOpen; sent += 1) {
      await this.pause(interval);
      this.response.write(" ");
    }
    this.response.end();
  }

  /** Sends half of the promised `size` bytes, then ends the connection. */
  answerHalf(status: number, headers: OutgoingHttpHeaders | undefined, size: number): void {
    this.#end(status);
    this.#head(status, size, TEXT, headers ?? {}).write(" ".repeat(Math.floor(size / 2)), () =>
      this.connections.finish(this.request),
    );
  }

  reset(): void {
    this.#end("reset");
    this.connections.reset(this.request);
  }

  close(): void {
    this.#end("close");
    this.connections.finish(this.request);
  }

  hang(): void {
    this.#end("hang");
  }

  /** Records that the client left before it was answered. */
  abandon(): void {
    this.#end("aborted");
  }

  #head(status: number, length: number, ...headers: OutgoingHttpHeaders[]): ServerResponse {
    const framing: OutgoingHttpHeaders = status === 204 || status === 304 ? {} : { "content-length": length };
    const all: OutgoingHttpHeaders = Object.assign(framing, ...headers);
    this.record.pauseUntil = pauseEnd(all, this.record.answeredAt ?? 0);
    return this.response.writeHead(status, all);
  }

  #end(how: Ending): void {
    this.record.status = how;
    this.record.answeredAt = Date.now();
  }
}

/** Returns when the pause of `Retry-After` ends. It may hold several seconds and dates: the longest counts. */
function pauseEnd(headers: OutgoingHttpHeaders, now: number): number | null {
  const asked = Object.entries(headers).find(([name]) => name.toLowerCase() === "retry-after")?.[1];
  if (typeof asked !== "string") return null;
  const dates = (asked.match(/[A-Z][a-z]{2}, [^,]+/g) ?? []).map((date) => Date.parse(date));
  const numbers = asked.split(",").filter((text) => /^\s*\d+(\.\d+)?\s*$/.test(text));
  const ends = [...dates, ...numbers.map((seconds) => now + Number(seconds) * 1000)].filter(
    (end) => !Number.isNaN(end),
  );
  return ends.length === 0 ? null : Math.max(...ends);
}

const TEXT = { "content-type": "text/plain; charset=utf-8" };
