import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface Proxy {
  url: string;
  /** The requests it got: `CONNECT host:port`, or the method and the whole URL. */
  asked: string[];
  /** The credentials of each request. */
  credentials: (string | undefined)[];
}

/** Starts a forward proxy on this machine. With `refuse` it answers everything with that status. */
export async function startProxy({ refuse }: { refuse?: number } = {}): Promise<Proxy> {
  const proxy: Proxy = { url: "", asked: [], credentials: [] };
  const sockets = new Set<Socket>();
  const note = (what: string, { headers }: IncomingMessage) => {
    proxy.asked.push(what);
    proxy.credentials.push(headers["proxy-authorization"]);
  };

  const server = createServer((incoming, response) => {
    note(`${incoming.method} ${incoming.url}`, incoming);
    if (refuse) return void response.writeHead(refuse).end();
    const { method, headers, url = "" } = incoming;
    const outgoing = request(url, { method: method ?? "GET", headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  });

  server.on("connect", (incoming: IncomingMessage, client: Socket) => {
    note(`CONNECT ${incoming.url}`, incoming);
    client.on("error", () => {});
    if (refuse) return void client.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
    const { hostname, port } = new URL(`http://${incoming.url}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on("error", () => client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
  });

  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}
