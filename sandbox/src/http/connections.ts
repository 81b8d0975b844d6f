import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

/** The TCP sockets below a server: only they can be reset, and under TLS the request's own socket is not one. */
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

  /** Sends a TCP reset: what was not yet sent is lost. */
  reset(request: IncomingMessage): void {
    this.#open.get(nameOf(request.socket))?.resetAndDestroy();
  }

  /** Says that nothing more will be sent (FIN). What still comes in is read and thrown away. */
  finish(request: IncomingMessage): void {
    request.socket.end();
    request.resume();
  }

  destroyAll(): void {
    for (const socket of this.#open.values()) socket.destroy();
  }
}

const nameOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;
