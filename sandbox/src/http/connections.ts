import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

/** The TCP sockets of a server. Only they can be reset, and with TLS the socket of a request is not one of them. */
export class Connections {
  readonly #open = new Map<string, Socket>();

  constructor(server: Server) {
    server.on("connection", (socket: Socket) => {
      const name = nameOf(socket);
      this.#open.set(name, socket);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        if (this.#open.get(name) === socket) this.#open.delete(name);
      });
    });
  }

  /** Sends a TCP reset. What was not sent yet is lost. */
  reset(request: IncomingMessage): void {
    this.#open.get(nameOf(request.socket))?.resetAndDestroy();
  }

  /** Ends the connection (FIN). What still comes in is read and thrown away. */
  finish(request: IncomingMessage): void {
    request.socket.end();
    request.resume();
  }

  destroyAll(): void {
    for (const socket of this.#open.values()) socket.destroy();
  }
}

const nameOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;
