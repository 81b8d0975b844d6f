import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";

/**
 * Serves a page that runs a script of the tests, for the tests of a file, and returns its port. A server in earnest: from a
 * page that none has served, Chromium asks before it sends anything to this machine.
 */
export function useScriptPage(script: URL): { port: () => number } {
  let server: Server;
  beforeAll(async () => {
    const entryPoints = [fileURLToPath(script)];
    const result = await build({ entryPoints, bundle: true, write: false, format: "esm", platform: "browser" });
    const text = result.outputFiles[0]?.text as string;
    const wasm = await readFile(fileURLToPath(new URL("../../pkg/dist/wasm/split_events_bg.wasm", import.meta.url)));
    server = createServer((request, response) => {
      if (request.url?.endsWith(".js")) response.setHeader("Content-Type", "text/javascript").end(text);
      else if (request.url?.endsWith(".wasm")) response.setHeader("Content-Type", "application/wasm").end(wasm);
      else response.setHeader("Content-Type", "text/html").end('<script type="module" src="page.js"></script>');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => void server?.close());
  return { port: () => (server.address() as AddressInfo).port };
}
