import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

const built = new URL("../../../www/dist/", import.meta.url);

const TYPES: Record<string, string> = {
  css: "text/css",
  html: "text/html",
  js: "text/javascript",
  wasm: "application/wasm",
};

/** Runs before the page: its thread, which begins with a blob, tells of its requests by a channel of this name. */
const watch = (before: string) => `{
  const asked = ${JSON.stringify(before)} +
    'new BroadcastChannel("requests").onmessage = ({ target }) =>' +
    ' target.postMessage(performance.getEntriesByType("resource").map(({ name }) => name));' +
    'new BroadcastChannel("code").onmessage = ({ target }) => {' +
    ' try { new Function("return 1")(); target.postMessage("allowed"); }' +
    ' catch (error) { target.postMessage(error.name); } };';
  const Plain = Blob;
  globalThis.Blob = class Blob extends Plain {
    constructor(parts, options) {
      super(String(parts?.[0]).startsWith("import ") ? [asked, ...parts] : parts, options);
    }
    static [Symbol.hasInstance](value) {
      return value instanceof Plain;
    }
  };
}
`;

/**
 * Serves the built page until the test ends, at an origin of its own and in a folder of it, and returns its address.
 * The script `before` runs before those of the page.
 */
export async function servePage(before?: string, folder = "/"): Promise<string> {
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://page.test");
    const path = pathname === folder ? "index.html" : pathname.slice(folder.length);
    if (path === "before.js")
      return void response.setHeader("Content-Type", "text/javascript").end(watch(before ?? "") + (before ?? ""));
    try {
      const content = await readFile(new URL(path, built));
      response.setHeader("Content-Type", TYPES[path.split(".").at(-1) ?? ""] ?? "text/plain");
      if (path !== "index.html" && path !== "sw.js") return void response.end(content);
      // only tests have a service of this name
      const page = String(content).replace("http://localhost:*", "http://localhost:* http://service.test:*");
      response.end(page.replace("<head>", '<head><script src="before.js"></script>'));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  servers.set(origin, server);
  onTestFinished(() => stopServing(origin));
  return `${origin}${folder}`;
}

const servers = new Map<string, Server>();

/** Ends the server of a page, as a network that is gone. */
export function stopServing(origin: string): void {
  const server = servers.get(origin);
  servers.delete(origin);
  server?.close();
  server?.closeAllConnections();
}
