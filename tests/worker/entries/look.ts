import worker, { type Env, EventOutbox as RealOutbox, EventPace as RealPace } from "split-events/worker";
import { lines } from "./logs.js";

const sick = new Map<number, string>();

/** Answers no operator if a test has made it sick. */
export class EventOutbox extends RealOutbox {
  override async counts() {
    await this.#beSick();
    return super.counts();
  }

  override async resume() {
    await this.#beSick();
    this.#beDeaf();
    return super.resume();
  }

  override async goOn(resumes: number) {
    this.#beDeaf();
    return super.goOn(resumes);
  }

  #beDeaf(): void {
    if (this.#how === "is deaf") throw new Error("deaf, as the test says");
  }

  get #how(): string | undefined {
    return sick.get(Number(this.ctx.id.name?.slice("shard-".length)));
  }

  async #beSick(): Promise<void> {
    const how = this.#how;
    if (how === "throws") throw new Error("sick, as the test says");
    if (how === "hangs") await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
}

let asked = 0;

/** Waits until every shard that a test told to wait is asked. */
async function allAreAsked(): Promise<void> {
  asked += 1;
  const all = [...sick.values()].filter((how) => how === "waits for all").length;
  while (asked < all) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** All other calls of an operator to one shard. */
const ASKED = [
  "list",
  "body",
  "resolve",
  "resolveAll",
  "deadLetters",
  "replay",
  "replayLetters",
  "forget",
  "forgetLetters",
] as const;
for (const name of ASKED) {
  const real = RealOutbox.prototype[name] as (...given: unknown[]) => unknown;
  const asked = async function (this: { ctx: DurableObjectState }, ...given: unknown[]) {
    const how = sick.get(Number(this.ctx.id.name?.slice("shard-".length)));
    if (how === "hangs") await new Promise((resolve) => setTimeout(resolve, 60_000));
    if (how === "throws" || how === "hangs") throw new Error("sick, as the test says");
    if (how === "waits for all" && name === "resolveAll") await allAreAsked();
    if (how === "is full" && name === "replayLetters") {
      return { letters: 0, sent: 0, refused: 0, stays: 0, after: given[0], isDone: false, isFull: true };
    }
    return real.apply(this, given);
  };
  Object.defineProperty(EventOutbox.prototype, name, { value: asked });
}

/** Whether the pace answers only the shards' turns. */
let isPaceSick = false;

/** While true, what a turn tells the pace is held up. */
let endsLate = false;

export class EventPace extends RealPace {
  override async hold(...told: Parameters<RealPace["hold"]>): Promise<void> {
    while (endsLate) await new Promise((resolve) => setTimeout(resolve, 10));
    return super.hold(...told);
  }

  override async done(...told: Parameters<RealPace["done"]>): Promise<void> {
    while (endsLate) await new Promise((resolve) => setTimeout(resolve, 10));
    return super.done(...told);
  }

  override async state() {
    if (isPaceSick) throw new Error("the pace is sick, as the test says");
    return super.state();
  }

  override async know(shard: number) {
    if (isPaceSick) throw new Error("the pace is sick, as the test says");
    return super.know(shard);
  }

  override async resume() {
    if (isPaceSick) throw new Error("the pace is sick, as the test says");
    return super.resume();
  }

  /** Stores a pause as an earlier version did. */
  async keepOldPause(until: number): Promise<void> {
    await this.ctx.storage.put("until", until);
  }
}

/** A queue that does not tell what waits in it. */
function silent(queue: Queue | undefined): Queue {
  return { ...queue, metrics: () => Promise.reject(new Error("not here")) } as Queue;
}

/** Makes a part of a request fail, as a test says. */
function failing<R extends Request>(what: string | null, request: R, env: Env): [R, Env] {
  const fail = () => {
    throw new Error(`${what} failed, as the test says`);
  };
  switch (what) {
    case "limit":
      return [request, { ...env, LIMIT: { limit: fail } }];
    case "body":
      return [Object.defineProperty(new Request(request) as R, "body", { get: fail }), env];
    case "outbox":
      return [request, { ...env, OUTBOX: { getByName: fail } as unknown as Env["OUTBOX"] }];
    case "queue":
      return [request, { ...env, QUEUE: silent(env.QUEUE) }];
    default:
      return [request, env];
  }
}

type Objects = { PACE: DurableObjectNamespace<EventPace> };

/** Answers what was logged, and makes shards sick. */
export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/logs":
        return Response.json(lines.map((line) => JSON.parse(line)));
      case "/sick":
        sick.set(Number(searchParams.get("shard")), searchParams.get("how") ?? "");
        return new Response();
      case "/sick-pace":
        isPaceSick = searchParams.has("is");
        return new Response();
      case "/known":
        return Response.json((await (env as unknown as Objects).PACE.getByName("pace").state()).shards);
      case "/hold": {
        const [shard, ms, reason] = ["shard", "ms", "reason"].map((name) => searchParams.get(name) ?? "");
        const pace = (env as unknown as Objects).PACE.getByName("pace");
        await pace.hold(Number(shard), { resumes: 0 }, { ms: Number(ms), reason: reason as string });
        return new Response();
      }
      case "/turns":
        endsLate = searchParams.get("end") === "late";
        return new Response();
      case "/old-pause":
        await (env as unknown as Objects).PACE.getByName("pace").keepOldPause(Number(searchParams.get("until")));
        return new Response();
      default:
        return worker.fetch(...failing(request.headers.get("x-fails"), request, env));
    }
  },
  queue: (batch, env) => worker.queue(batch, env),
} satisfies ExportedHandler<Env>;
