import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Event } from "../support/events.js";

export interface Post {
  /** The key it came with. */
  key: string;
  /** Those of its events. */
  keys: string[];
}

export interface Said {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A service that answers as a test says, for what the sandbox has no fault. */
export class Service {
  readonly posts: Post[] = [];
  readonly accepted: string[] = [];

  private constructor(
    readonly upstream: string,
    public answer: (post: Post) => Said | Promise<Said>,
  ) {}

  static async start(answer: (post: Post) => Said | Promise<Said>): Promise<Service> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const sent = JSON.parse(Buffer.concat(chunks).toString()) as Event[];
      const key = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
      const post = { key, keys: sent.map(({ key }) => key) };
      service.posts.push(post);
      const { status, headers, body } = await service.answer(post);
      if (status < 300) service.accepted.push(...post.keys);
      response.writeHead(status, headers).end(body);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const service = new Service(`http://127.0.0.1:${port}/api/events/bulk`, answer);
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return service;
  }
}
