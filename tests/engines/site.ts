import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";

export interface Site {
  /** A page with the script: what it has is there when the page is loaded. More paths are more pages. */
  url(path?: string): string;
  /** The same on another origin. */
  other(path?: string): string;
  /** A page of the same origin without the script. */
  blank(): string;
  /** The package's module, as it is built. */
  module(): Buffer;
  /** Answers requests for this path from now on; both origins do, for pages of any. */
  serve(path: string, answer: Served): void;
  /** Headers of every page from now on, such as a policy. */
  headers(headers: Record<string, string>): void;
}

export interface Served {
  status?: number;
  type?: string;
  body?: string | Uint8Array;
}

/** Serves pages with the script of this file in the folder, bundled with the package as it is built, and its module. */
export function useSite(entry: string): Site {
  let servers: Server[] = [];
  let headers: Record<string, string> = {};
  let wasm: Buffer;
  const served = new Map<string, Served>();
  beforeAll(async () => {
    const path = fileURLToPath(new URL(entry, import.meta.url));
    const result = await build({ entryPoints: [path], bundle: true, write: false, format: "esm", platform: "browser" });
    const script = result.outputFiles[0]?.text as string;
    wasm = await readFile(fileURLToPath(new URL("../../pkg/dist/wasm/split_events_bg.wasm", import.meta.url)));
    const listen = async () => {
      const server = createServer(({ url = "/" }, response) => {
        const type = (name: string) => response.setHeader("Content-Type", name);
        const given = served.get(url);
        if (given) {
          const { status = 200, type: name = "application/wasm", body = wasm } = given;
          return void response
            .writeHead(status, { "Access-Control-Allow-Origin": "*", "Content-Type": name })
            .end(body);
        }
        if (url.endsWith(".js")) return void type("text/javascript").end(script);
        if (url.endsWith(".wasm")) return void type("application/wasm").end(wasm);
        if (url === "/favicon.ico") return void response.writeHead(404).end();
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        const tag = url.startsWith("/blank") ? "" : '<script type="module" src="/page.js"></script>';
        type("text/html").end(`<!doctype html><title>${url}</title>${tag}`);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    };
    servers = [await listen(), await listen()];
  });
  afterAll(() => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  });
  const at = (index: number, path: string) => {
    const { port } = (servers[index] as Server).address() as AddressInfo;
    return `http://127.0.0.1:${port}${path}`;
  };
  return {
    url: (path = "/") => at(0, path),
    other: (path = "/") => at(1, path),
    blank: () => at(0, "/blank"),
    module: () => wasm,
    serve: (path, answer) => void served.set(path, answer),
    headers: (more) => {
      headers = more;
    },
  };
}
