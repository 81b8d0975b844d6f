import { type ChildProcess, fork } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const SERVE = "--serve";

/** The answer to what the SDK asks for before it tracks: an environment without flags. */
const NO_FLAGS = JSON.stringify({ ff: { d: [], s: 1, t: 1 }, rbs: { d: [], s: 1, t: 1 } });

/** A server in a process of its own. It reads each POST, answers 202, and counts the events later. */
export class Server {
  readonly url: string;
  readonly #process: ChildProcess;

  static async start(): Promise<Server> {
    const child = fork(fileURLToPath(import.meta.url), [SERVE]);
    const port = await new Promise<number>((resolve, reject) => child.once("message", resolve).once("error", reject));
    return new Server(`http://127.0.0.1:${port}`, child);
  }

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#process = child;
  }

  /** Resolves when `events` events were answered. */
  async answered(events: number): Promise<void> {
    await this.#ask({ wait: events });
  }

  /** Counts the events that came, by parsing each body, and forgets them. */
  count(): Promise<number> {
    return this.#ask({ wait: 0 });
  }

  stop(): void {
    this.#process.kill();
  }

  #ask(question: { wait: number }): Promise<number> {
    return new Promise((resolve) => {
      this.#process.once("message", resolve);
      this.#process.send(question);
    });
  }
}

function serve(): void {
  let bodies: Buffer[][] = [];
  let answered = 0;
  let waiting: number | undefined;
  const look = () => {
    if (waiting === undefined || answered < waiting) return;
    waiting = undefined;
    process.send?.(answered);
  };
  const server = createServer((request, response) => {
    if (request.method !== "POST") return void response.end(NO_FLAGS);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.url?.endsWith("/events/bulk")) {
        bodies.push(chunks);
        for (const chunk of chunks) answered += eventsIn(chunk);
      }
      response.writeHead(202).end(look);
    });
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
  process.on("message", ({ wait }: { wait: number }) => {
    if (wait > 0) {
      waiting = wait;
      return look();
    }
    const events = bodies.reduce((sum, body) => sum + JSON.parse(Buffer.concat(body).toString()).length, 0);
    bodies = [];
    answered = 0;
    process.send?.(events);
  });
}

/** Counts the events of a chunk by a character that each event has exactly once, in its key. */
function eventsIn(chunk: Buffer): number {
  let found = 0;
  for (let at = chunk.indexOf(0x7e); at >= 0; at = chunk.indexOf(0x7e, at + 1)) found += 1;
  return found;
}

if (process.argv[2] === SERVE) serve();
