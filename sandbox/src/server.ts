import { createServer as createHttpServer, type Server, type ServerOptions } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Fault, FaultState } from "./faults/fault.js";
import { parseFaults } from "./faults/parse.js";
import { Schedule } from "./faults/schedule.js";
import { answerText } from "./http/answer.js";
import { Connections } from "./http/connections.js";
import { cors } from "./http/cors.js";
import { entries, type LedgerEntry } from "./ledger.js";
import { route } from "./routes.js";
import { type PostRecord, State } from "./state.js";

export type { Fault, FaultState } from "./faults/fault.js";
export { FaultError } from "./faults/parse.js";
export type { LedgerEntry } from "./ledger.js";
export { MENU } from "./routes.js";
export type { Ending, PostRecord } from "./state.js";

export interface SandboxOptions {
  /** The port to listen on; default 0, any free port. */
  port?: number;
  /** The address to listen on; default 127.0.0.1. */
  host?: string;
  /** Larger bodies are answered 413; default 10,000,000 bytes. Those of the official JavaScript SDK reach 5 MiB. */
  maxBodyBytes?: number;
  /** `false` ends each connection with its answer, so that none is used twice. Default `true`. */
  keepAlive?: boolean;
  /** The headers that pages of other origins can read, such as `retry-after`. Default: none. */
  exposeHeaders?: readonly string[];
  /** The key and certificate to serve https with, both in PEM. */
  tls?: { key: string | Buffer; cert: string | Buffer };
}

export interface Sandbox {
  readonly url: string;
  readonly port: number;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
  /** Returns the events that were taken. */
  ledger(): LedgerEntry[];
  posts(): PostRecord[];
  faults(): FaultState[];
  /** Replaces all faults. Throws a {@link FaultError} if one is wrong. */
  setFaults(faults: readonly Fault[]): void;
  /** Clears the ledger, the POSTs and their count, and the faults. */
  reset(): void;
}

export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_MAX_BODY_BYTES = 10_000_000;

// A server that ended idle or slow connections by itself would look like a fault.
const PATIENT: ServerOptions = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };

/** Starts a sandbox. Rejects if it cannot listen. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = DEFAULT_HOST, maxBodyBytes = DEFAULT_MAX_BODY_BYTES, tls } = options;
  const { keepAlive = true, exposeHeaders = [] } = options;
  const server: Server = tls ? createHttpsServer({ ...PATIENT, ...tls }) : createHttpServer(PATIENT);
  const connections = new Connections(server);
  let state = new State();
  const clear = () => {
    state = new State();
  };

  server.on("request", (request, response) => {
    response.shouldKeepAlive &&= keepAlive;
    if (cors(request, response, exposeHeaders)) return;
    route(request, response, { state, connections, maxBodyBytes, clear }).catch(() => {
      if (response.headersSent) response.destroy();
      else answerText(response, 500, "the sandbox failed on this request: please report it");
    });
  });
  await listen(server, port, host);

  const address = server.address() as AddressInfo;
  const shownHost = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    url: `${tls ? "https" : "http"}://${shownHost}:${address.port}`,
    port: address.port,
    close: () => close(server, connections),
    ledger: () => entries(state.takes),
    posts: () => structuredClone(state.posts),
    faults: () => state.schedule.list(),
    setFaults: (faults) => {
      state.schedule = new Schedule(parseFaults(faults));
    },
    reset: clear,
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function close(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    connections.destroyAll();
  });
}
