import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Sandbox } from "split-events-sandbox";
import { onTestFinished, vi } from "vitest";

export const KEY = "sdk-key-never-to-be-shown";
export const EVENT = {
  eventTypeId: "page_load",
  trafficTypeName: "user",
  key: "Ava",
  timestamp: 1645557824000,
  value: 1,
};

/** Repeats an expectation until it holds. */
export const eventually = (expectation: () => unknown): Promise<unknown> =>
  vi.waitFor(expectation, { timeout: 10_000, interval: 5 });

interface PostOptions {
  path?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Posts events, or a text or bytes as the body. */
export function post(sandbox: Sandbox, body: unknown, options: PostOptions = {}): Promise<Response> {
  const { path = "/api/events/bulk", headers = { authorization: `Bearer ${KEY}` }, signal } = options;
  return fetch(sandbox.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
    redirect: "manual",
    signal: signal ?? null,
  });
}

export async function statusOf(answer: Promise<Response>): Promise<number> {
  const response = await answer;
  await response.arrayBuffer();
  return response.status;
}

export async function linesOf(sandbox: Sandbox, path: string): Promise<string[]> {
  const text = await (await fetch(sandbox.url + path)).text();
  return text.split("\n").slice(0, -1);
}

export function setFaults(sandbox: Sandbox, faults: unknown): Promise<Response> {
  return fetch(`${sandbox.url}/_faults`, {
    method: "POST",
    body: typeof faults === "string" ? faults : JSON.stringify(faults),
  });
}

/** Returns the text of a request as it is sent. */
export function requestText(body: string, headers: Record<string, string> = {}, path = "/api/events/bulk"): string {
  const all = {
    host: "sandbox",
    authorization: `Bearer ${KEY}`,
    "content-length": Buffer.byteLength(body),
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${head.join("")}\r\n${body}`;
}

/** A TCP connection: what it received, and how it ended. */
export class Wire {
  received = "";
  /** How it ended: `end` if the peer sent a FIN, else the code of the error. */
  readonly ended: Promise<"end" | string>;

  private constructor(readonly socket: Socket) {
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.received += text;
    });
    this.ended = new Promise((resolve) => {
      socket.once("end", () => resolve("end"));
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  }

  static async open(sandbox: Pick<Sandbox, "url" | "port">): Promise<Wire> {
    const isTls = sandbox.url.startsWith("https:");
    const options = { host: "127.0.0.1", port: sandbox.port };
    const socket = isTls ? connectTls({ ...options, rejectUnauthorized: false }) : connect(options);
    const wire = new Wire(socket);
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once(isTls ? "secureConnect" : "connect", resolve));
    return wire;
  }

  async has(text: string): Promise<void> {
    const closed = once(this.socket, "close").then(() => {
      if (!this.received.includes(text)) throw new Error(`closed before ${JSON.stringify(text)} came`);
    });
    while (!this.received.includes(text)) await Promise.race([once(this.socket, "data"), closed]);
    closed.catch(() => undefined);
  }
}
