import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "Authorization,Content-Type",
  "access-control-expose-headers": "Retry-After",
  connection: "close",
};

/**
 * Stands before a server, answers the preflights, and ends each connection after one answer. Over a connection that was
 * used before, Chromium and Firefox repeat a POST by themselves when it is cut; over a fresh one they tell the page.
 */
export async function startFront(endpoint: string): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    if (incoming.method === "OPTIONS") return void outgoing.writeHead(204, CORS).end();
    const { method = "POST", url, headers } = incoming;
    const onward = request(new URL(url ?? "/", endpoint), { method, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...CORS });
      answer.pipe(outgoing);
    });
    onward.on("error", () => incoming.socket.resetAndDestroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(endpoint).pathname}`;
}
