import worker, { EventOutbox as Real } from "split-events/worker";

export { EventPace } from "split-events/worker";
export default worker;

/** Fails in each call about a request, by its number of events: 1 before it is kept, 2 after that, 3 also when it is withdrawn. */
export class EventOutbox extends Real {
  readonly #events = new Map<string, number>();

  override async keep(...given: Parameters<Real["keep"]>) {
    const [{ request }, parts] = given;
    const events = Array.isArray(parts) ? (parts[0]?.events ?? 0) : 0;
    this.#events.set(request, events);
    if (events === 1 || events === 3) throw new Error("before it is kept, as the test says");
    const kept = await super.keep(...given);
    if (events === 2) throw new Error("behind that, as the test says");
    return kept;
  }

  override async withdraw(...given: Parameters<Real["withdraw"]>) {
    if (this.#events.get(given[0].request) === 3) throw new Error("where it is given up, as the test says");
    return super.withdraw(...given);
  }
}
