import worker, { EventOutbox as Real, EventPace as RealPace } from "split-events/worker";

export default worker;

type Part = Parameters<Real["insert"]>[0][number];

/** Fails in the first call of a request before the insert, and in the second after it. */
export class EventOutbox extends Real {
  readonly #calls = new Map<string, number>();

  override async insert(parts: Part[]) {
    const request = parts[0]?.request ?? "";
    const calls = this.#count(request);
    if (calls === 1) throw new Error("before the insert, as the test says");
    const taken = await super.insert(parts);
    if (calls === 2) throw new Error("behind the insert, as the test says");
    return taken;
  }

  override async keep(...given: Parameters<Real["keep"]>) {
    const calls = this.#count(given[0].request);
    if (calls === 1) throw new Error("before it is kept, as the test says");
    const kept = await super.keep(...given);
    if (calls === 2) throw new Error("behind that, as the test says");
    return kept;
  }

  #count(request: string): number {
    const calls = (this.#calls.get(request) ?? 0) + 1;
    this.#calls.set(request, calls);
    return calls;
  }
}

/** Fails in its first call, so that a turn fails after its alarm has gone off. */
export class EventPace extends RealPace {
  #calls = 0;

  override async lease(...asked: Parameters<RealPace["lease"]>) {
    this.#calls += 1;
    if (this.#calls === 1) throw new Error("at the first lease, as the test says");
    return super.lease(...asked);
  }
}
