import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface TestProxy {
  readonly url: string;
  /** Whether it breaks off what comes. */
  setOffline(offline: boolean): void;
  close(): void;
}

/** An HTTP proxy by which `service.test` is this machine, for an engine without a setting for that. */
export async function startProxy(): Promise<TestProxy> {
  let isOffline = false;
  const server = createServer((incoming, outgoing) => {
    if (isOffline) return void incoming.socket.destroy();
    const { hostname, port, pathname, search } = new URL(incoming.url ?? "");
    if (hostname !== "service.test") return void outgoing.writeHead(502).end();
    const { method = "GET", headers } = incoming;
    const to = { host: "127.0.0.1", port, path: pathname + search, method, headers, agent: false };
    const onward = request(to, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => incoming.socket.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setOffline(offline) {
      isOffline = offline;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
