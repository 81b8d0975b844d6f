import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Page } from "./engine.js";
import { engine, newProfile } from "./engines.js";
import { useSite } from "./site.js";

const site = useSite("pages/module.ts");

/** What happens to the POST when the server has read all of it. */
const troubles = {
  "a reset": (response: ServerResponse) => void response.socket?.resetAndDestroy(),
  "a close": (response: ServerResponse) => void response.socket?.end(),
  "408": (response: ServerResponse) => void response.writeHead(408).end(),
  "421": (response: ServerResponse) => void response.writeHead(421).end(),
};
type Trouble = keyof typeof troubles;

/** How often the server reads a POST that the page sends once, and what the page sees; the second time the answer is 202. */
async function read(page: Page, trouble: Trouble, connection: "fresh" | "used"): Promise<string> {
  let posts = 0;
  const server = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    request.resume().on("end", () => {
      if (request.url === "/warm") return void response.writeHead(202).end();
      posts += 1;
      if (posts === 1) troubles[trouble](response);
      else response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const seen = await page.evaluate(
    async (address, warm) => {
      // no headers that the browser would ask about before
      const post = (path: string) => fetch(`${address}${path}`, { method: "POST", body: "one event" });
      if (warm) await (await post("/warm")).text();
      return post("/events").then(
        ({ status }) => `${status}`,
        (error) => (error as Error).name,
      );
    },
    address,
    connection === "used",
  );
  return `${posts === 1 ? "once" : "twice"}, ${seen}`;
}
/** What docs/DELIVERY.md says of each. WebKit is WebKitGTK, whose network is not that of Safari. */
const expected: Record<string, Record<string, string>> = {
  Chromium: {
    "a reset on a fresh connection": "once, TypeError",
    "a reset on a used connection": "twice, 202",
    "a close on a fresh connection": "once, TypeError",
    "a close on a used connection": "twice, 202",
    "408 on a fresh connection": "once, 408",
    "408 on a used connection": "twice, 202",
    "421 on a fresh connection": "twice, 202",
    "421 on a used connection": "twice, 202",
  },
  Firefox: {
    "a reset on a fresh connection": "once, TypeError",
    "a reset on a used connection": "twice, 202",
    "a close on a fresh connection": "once, TypeError",
    "a close on a used connection": "twice, 202",
    "408 on a fresh connection": "once, 408",
    "408 on a used connection": "once, 408",
    "421 on a fresh connection": "twice, 202",
    "421 on a used connection": "twice, 202",
  },
  WebKit: {
    "a reset on a fresh connection": "once, TypeError",
    "a reset on a used connection": "once, TypeError",
    "a close on a fresh connection": "once, TypeError",
    "a close on a used connection": "once, TypeError",
    "408 on a fresh connection": "once, 408",
    "408 on a used connection": "once, 408",
    "421 on a fresh connection": "twice, 202",
    "421 on a used connection": "twice, 202",
  },
};

test("repeats a POST by itself where the documents say so, and nowhere else", async () => {
  const browser = await newProfile().start();
  const page = await browser.open(site.url());
  const seen: Record<string, string> = {};
  for (const trouble of Object.keys(troubles) as Trouble[]) {
    for (const connection of ["fresh", "used"] as const) {
      seen[`${trouble} on a ${connection} connection`] = await read(page, trouble, connection);
    }
  }
  expect(seen).toEqual(expected[engine.name]);
});
