import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A server that reads every POST, and answers none of them until it is released. */
export class HeldServer {
  readonly endpoint: string;
  readonly bodies: string[] = [];
  readonly #held: ServerResponse[] = [];
  #status: number | undefined;
  #arrived = () => {};

  static async start(): Promise<HeldServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return new HeldServer(server);
  }

  private constructor(server: ReturnType<typeof createServer>) {
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/events/bulk`;
    server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.bodies.push(Buffer.concat(chunks).toString());
      this.#held.push(response);
      if (this.#status !== undefined) this.answer(this.#status);
      this.#arrived();
    });
  }

  /** Waits until this number of POSTs has come. */
  async posts(n: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#arrived = () => {
        if (this.bodies.length >= n) resolve();
      };
      this.#arrived();
    });
  }

  answer(status: number): void {
    this.#status = status;
    for (const response of this.#held.splice(0)) response.writeHead(status).end();
  }
}
