import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createSandbox, type Fault, type SandboxOptions } from "split-events-sandbox";
import { closedPort } from "../support/closed-port.ts";

/** A server to post to, and what came to it. */
export interface Somewhere {
  endpoint: string;
  /** The POSTs whose headers were read and whose events were taken, and whether the client left before the answer. */
  seen(): { posts: number; taken: number; left: boolean };
  close(): Promise<void>;
}

const PATH = "/api/events/bulk";
const unseen = () => ({ posts: 0, taken: 0, left: false });

/** An address without a server. */
export async function at(origin: string): Promise<Somewhere> {
  return { endpoint: `${origin}${PATH}`, seen: unseen, close: async () => {} };
}

/** Returns an address on which nothing listens. */
export async function nobody(): Promise<Somewhere> {
  return at(`http://127.0.0.1:${await closedPort()}`);
}

/** Starts a sandbox with these faults. `host` is another name of this machine. */
export async function sandbox(faults: Fault[], options: SandboxOptions = {}, host?: string): Promise<Somewhere> {
  const sandbox = await createSandbox({ keepAlive: false, ...options });
  sandbox.setFaults(faults);
  return {
    endpoint: `${host ? sandbox.url.replace("127.0.0.1", host) : sandbox.url}${PATH}`,
    seen: () => {
      const posts = sandbox.posts();
      const left = posts.some(({ status }) => status === "aborted");
      return { posts: posts.length, taken: posts.filter(({ taken }) => taken).length, left };
    },
    close: () => sandbox.close(),
  };
}

/** Starts a server that ends each connection when the TLS handshake begins. */
export function handshake(end: "end" | "resetAndDestroy"): Promise<Somewhere> {
  return serve(
    "https",
    createServer((socket) => {
      socket.on("error", () => undefined).once("data", () => socket[end]());
    }),
    unseen,
  );
}

const HOLE = `const server = require("node:net").createServer();
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(server.address().port));`;
const CONNECTS_WITHIN_MS = 500;

/** Starts a server to which no connection succeeds: its process is suspended, and its queue is full. */
export async function hole(): Promise<Somewhere> {
  const child = spawn(process.execPath, ["-e", HOLE], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  child.kill("SIGSTOP");
  const queue: Socket[] = [];
  for (let full = false; !full; ) {
    const socket = connect(Number(port), "127.0.0.1").on("error", () => undefined);
    queue.push(socket);
    full = await Promise.race([once(socket, "connect").then(() => false), sleep(CONNECTS_WITHIN_MS, true)]);
  }
  return {
    ...(await at(`http://127.0.0.1:${Number(port)}`)),
    close: async () => {
      for (const socket of queue) socket.destroy();
      child.kill("SIGKILL");
      await once(child, "close");
    },
  };
}

/** Starts a server that reads the request and answers with text that is not HTTP. */
export function nonsense(): Promise<Somewhere> {
  let posts = 0;
  let taken = 0;
  const allowed = {
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "authorization,content-type",
    connection: "close",
  };
  const server = createHttpServer((request, response) => {
    if (request.method === "OPTIONS") return void response.writeHead(204, allowed).end();
    posts += 1;
    request.resume().once("end", () => {
      taken += 1;
      request.socket.end("220 mail.example ESMTP\r\n");
    });
  });
  return serve("http", server, () => ({ posts, taken, left: false }));
}

async function serve(scheme: string, server: Server, seen: Somewhere["seen"]): Promise<Somewhere> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`,
    seen,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
