import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** What JSON can carry. */
export type Serializable = string | number | boolean | null | undefined | Serializable[] | { [key: string]: unknown };

/** No call of the harness lasts longer. */
const LIMIT_MS = 30_000;

/** Rejects if the promise has not settled in time. */
export async function within<T>(what: string, promise: Promise<T>, ms = LIMIT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const error = new Error(`${what}: no end after ${ms / 1000} s`); // made here, it says where
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(error), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls `look` until it returns neither `undefined` nor `false`. It may throw, as pages do while they change. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  limitMs = LIMIT_MS,
): Promise<T> {
  let last: unknown;
  const end = Date.now() + limitMs;
  while (Date.now() < end) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      last = error;
    }
    await sleep(20);
  }
  throw new Error(`${what}: not after ${limitMs / 1000} s`, { cause: last });
}

/** The expression of a promise of JSON, for engines that take text. */
export function asExpression(action: (...args: never[]) => unknown, args: Serializable[]): string {
  return `(async () => JSON.stringify(await (${action})(...${JSON.stringify(args)})))()`;
}

export const parsed = <R>(json: string | undefined): R => (json === undefined ? undefined : JSON.parse(json)) as R;

/** A child in a process group of its own, which ends as a whole. */
export class Child {
  readonly process: ChildProcess;
  readonly gone: Promise<unknown>;
  #said = "";

  constructor(command: string, args: string[], env: NodeJS.ProcessEnv = process.env) {
    this.process = spawn(command, args, { detached: true, stdio: ["pipe", "pipe", "pipe"], env });
    this.gone = Promise.race([once(this.process, "exit"), once(this.process, "error")]);
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-100_000);
    });
    process.once("exit", this.#end);
    this.gone.then(
      () => process.off("exit", this.#end),
      () => {},
    );
  }

  /** What the pattern finds in its standard error. */
  async says(pattern: RegExp): Promise<string> {
    const found = until(`${this.process.spawnfile} to say ${pattern}`, async () => pattern.exec(this.#said)?.[1]);
    return Promise.race([found.catch(this.fail), this.gone.then(() => this.fail("it has ended"))]);
  }

  /** Throws with what it said. */
  readonly fail = (what: unknown): never => {
    throw new Error(`${what}; ${this.process.spawnfile} said: ${this.#said.slice(-2000)}`);
  };

  /** Resolves when all of its processes have ended by themselves; those that do not are killed after all. */
  async ended(): Promise<void> {
    try {
      await within(`ending ${this.process.spawnfile}`, this.gone);
      await until(`the end of ${this.process.spawnfile}'s children`, async () => !this.#signal(0));
    } finally {
      await this.kill();
    }
  }

  async kill(): Promise<void> {
    this.#signal("SIGKILL");
    await this.gone;
  }

  #signal(signal: "SIGKILL" | 0): boolean {
    try {
      return this.process.pid !== undefined && process.kill(-this.process.pid, signal);
    } catch {
      return false; // the group has ended
    }
  }

  readonly #end = () => void this.#signal("SIGKILL");
}

type Answer = { id?: number; result?: unknown; error?: unknown; message?: string } & Partial<Event>;

/** What a browser tells by itself. */
export interface Event {
  method: string;
  params: { [name: string]: unknown };
  /** Chromium's name of the page. */
  sessionId?: string;
}

/** Commands and their answers as JSON over a WebSocket: both WebDriver BiDi and Chromium's own protocol are that. */
export class Commands {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve(result: never): void; reject(error: Error): void }>();
  readonly #listeners: ((event: Event) => void)[] = [];
  #count = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#settle(JSON.parse(data)));
    socket.addEventListener("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the browser has gone"));
      this.#waiting.clear();
    });
  }

  static async connect(url: string): Promise<Commands> {
    const socket = new WebSocket(url);
    await within(
      `connecting to ${url}`,
      new Promise((resolve, reject) => {
        socket.addEventListener("open", resolve);
        socket.addEventListener("error", () => reject(new Error(`no connection to ${url}`)));
      }),
    );
    return new Commands(socket);
  }

  async send<T = Record<string, never>>(method: string, params: object = {}, more: object = {}): Promise<T> {
    if (this.#socket.readyState !== WebSocket.OPEN) throw new Error("the browser has gone");
    this.#count += 1;
    const id = this.#count;
    const answer = new Promise<T>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#socket.send(JSON.stringify({ id, method, params, ...more }));
    return within(method, answer).finally(() => this.#waiting.delete(id));
  }

  listen(listener: (event: Event) => void): void {
    this.#listeners.push(listener);
  }

  #settle({ id, result, error, message, ...event }: Answer): void {
    if (id === undefined) for (const listener of this.#listeners) listener(event as Event);
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (error === undefined) waiting?.resolve(result as never);
    else waiting?.reject(new Error(message ?? JSON.stringify(error)));
  }
}
