import { fileURLToPath } from "node:url";
import { preview } from "vite";
import { afterAll, beforeAll } from "vitest";

const root = fileURLToPath(new URL("../../www", import.meta.url));

/** Serves the built page for the tests of a file. */
export function useSite(): { url: () => string } {
  let server: Awaited<ReturnType<typeof preview>>;
  beforeAll(async () => {
    server = await preview({ root, logLevel: "error", preview: { host: "127.0.0.1", port: 4300 } });
  });
  afterAll(() => server?.close());
  return {
    url: () => {
      const [url] = server.resolvedUrls?.local ?? [];
      if (url === undefined) throw new Error("the page is not served at any address");
      return url;
    },
  };
}
