import type { Calls, Told, ToPage, ToThread, Trouble } from "./protocol.js";

/** What a call of the thread rejects with. */
export class ThreadError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.message);
    this.trouble = trouble;
  }
}

type Answer<Call extends keyof Calls> = Promise<ReturnType<Calls[Call]>>;
type Listener = <Kind extends keyof Told>(kind: Kind, now: Told[Kind]) => void;

/** The page's end of the thread. The thread starts with the first call. */
export class Link {
  readonly #start: () => Worker;
  readonly #onTold: Listener;
  readonly #open = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #thread: Worker | undefined;
  #last = 0;

  constructor(start: () => Worker, onTold: Listener) {
    this.#start = start;
    this.#onTold = onTold;
  }

  /** Calls the thread. Rejects with a `ThreadError`. */
  call<Call extends keyof Calls>(call: Call, ...given: Parameters<Calls[Call]>): Answer<Call> {
    this.#thread ??= this.#begin();
    const id = ++this.#last;
    const asked: ToThread = { id, call, given };
    this.#thread.postMessage(asked);
    return new Promise((resolve, reject) => this.#open.set(id, { resolve, reject }));
  }

  #begin(): Worker {
    const thread = this.#start();
    thread.onmessage = ({ data }: MessageEvent<ToPage>) => this.#take(data);
    thread.onerror = (event) => {
      event.preventDefault();
      this.#end(thread, event.message ?? "it could not be loaded");
    };
    return thread;
  }

  #take(said: ToPage): void {
    if ("told" in said) this.#onTold(said.told, said.now);
    else {
      const waiting = this.#open.get(said.id);
      this.#open.delete(said.id);
      if ("trouble" in said) waiting?.reject(new ThreadError(said.trouble));
      else waiting?.resolve(said.value as never);
    }
  }

  /** Ends a thread that failed: the next call starts another. */
  #end(thread: Worker, message: string): void {
    thread.terminate();
    this.#thread = undefined;
    const error = new ThreadError({ kind: "other", code: "thread_failed", message });
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
  }
}
