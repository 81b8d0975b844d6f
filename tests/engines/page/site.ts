import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

const built = new URL("../../../www/dist/", import.meta.url);

const TYPES: Record<string, string> = {
  css: "text/css",
  html: "text/html",
  js: "text/javascript",
  wasm: "application/wasm",
};

/**
 * Serves the built page until the test ends, at an origin of its own, and returns its address. The script `before` runs
 * before those of the page.
 */
export async function servePage(before?: string): Promise<string> {
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://page.test");
    const path = pathname === "/" ? "index.html" : pathname.slice(1);
    if (path === "before.js") return void response.setHeader("Content-Type", "text/javascript").end(before);
    try {
      const content = await readFile(new URL(path, built));
      response.setHeader("Content-Type", TYPES[path.split(".").at(-1) ?? ""] ?? "text/plain");
      if (before === undefined || path !== "index.html") return void response.end(content);
      response.end(String(content).replace("<head>", '<head><script src="before.js"></script>'));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
