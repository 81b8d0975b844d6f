import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { extname, join, normalize } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { start } from "../../scripts/lib/child.mjs";
import { Failure } from "../../scripts/lib/say.mjs";
import { environmentOf } from "./install.ts";

const HOST = "127.0.0.1";
const PATIENCE = 90_000;

const TYPES: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** An address, and how its server is ended. `output` returns what the server has printed. */
export interface Served {
  url: string;
  output(): string;
  close(): Promise<void>;
}

/** Serves the files of a folder. */
export async function serveFiles(folder: string): Promise<Served> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = normalize(decodeURIComponent(pathname));
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(bytes);
    } catch {
      response.writeHead(404, { "content-type": "text/html" }).end("<!doctype html><p>no such file");
    }
  });
  server.listen(0, HOST);
  await once(server, "listening");
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    output: () => "",
    close: () => closed(server),
  };
}

/** Starts a command that serves at `$PORT`, and waits until it answers. */
export async function serveBy(command: string, folder: string): Promise<Served> {
  const port = await freePort();
  const url = `http://${HOST}:${port}`;
  const child = start("sh", ["-c", command], { cwd: folder, env: { ...environmentOf(folder), PORT: `${port}` } });
  const ended = once(child, "close");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // The whole group has ended already.
      }
      await ended;
    }
  };
  for (const from = Date.now(); !(await answers(url)); await sleep(100)) {
    const late = Date.now() - from > PATIENCE;
    if (!late && child.exitCode === null && child.signalCode === null) continue;
    await end();
    throw new Failure(`${command} ${late ? "does not answer" : "has ended"}`, output);
  }
  return { url, output: () => output, close: end };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createSocketServer().listen(0, HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}
