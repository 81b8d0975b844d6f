import type { eventText } from "../input/objects.js";

/** An event that was tracked, as the module was given it. */
export interface Entry {
  readonly item: ReturnType<typeof eventText>;
  readonly now: number;
  /** Whether the report that is saved counts it. */
  isCounted: boolean;
  /** Whether it has only to be counted: it was refused, or has ended, or another module has it. */
  isGone: boolean;
}

/** Neighbours in a batch, from the index `from` to before `to`. */
export interface Span {
  from: number;
  to: number;
}

/** A batch that one module has filled. */
export interface QueuedBatch {
  entries: Entry[];
  /** What the service may have taken. */
  posted: Span[];
  ended: Span[];
}

/** Keeps the events that one module holds, so that another can take them over if it fails. */
export class Queue {
  readonly #importId: string;
  readonly #batches = new Map<number, QueuedBatch>();
  #uncounted: Entry[] = [];
  #number = 0;
  #filling: Entry[] = [];

  /** `importId` is what the ids of the batches begin with. */
  constructor(importId: string) {
    this.#importId = importId;
  }

  /** Keeps an event. `batch` is the number of its batch; 0 if it is in none, and has only to be counted. */
  add(entry: Entry, batch: number): void {
    if (!entry.isCounted) this.#uncounted.push(entry);
    if (batch === 0) return;
    if (batch !== this.#number) {
      this.#number = batch;
      this.#filling = [];
      this.#batches.set(batch, { entries: this.#filling, posted: [], ended: [] });
    }
    this.#filling.push(entry);
  }

  /** How many events no saved report counts. */
  get uncounted(): number {
    return this.#uncounted.length;
  }

  /** How many events are queued or in flight. */
  get size(): number {
    let size = 0;
    for (const { entries, ended } of this.#batches.values()) {
      entries.forEach((entry, index) => {
        if (!entry.isGone && !isIn(ended, index)) size += 1;
      });
    }
    return size;
  }

  /** Notes that the report that was saved counts all events. */
  counted(): void {
    for (const entry of this.#uncounted) entry.isCounted = true;
    this.#uncounted = [];
  }

  /** Takes out the first event that no saved report counts. */
  takeUncounted(): Entry | undefined {
    return this.#uncounted.shift();
  }

  /** Notes that the part with this id is posted, or is planned again since it was certainly not taken. */
  part(id: string, isPosted: boolean): void {
    const found = this.#find(id);
    if (!found) return;
    const { batch, span } = found;
    if (isPosted) batch.posted.push(span);
    else batch.posted = batch.posted.filter((posted) => posted.from !== span.from || posted.to !== span.to);
  }

  /** Forgets the part with this id, which has ended. */
  ended(id: string): void {
    const found = this.#find(id);
    if (!found) return;
    const { number, batch, span } = found;
    batch.ended.push(span);
    batch.posted = batch.posted.filter((posted) => posted.to <= span.from || posted.from >= span.to);
    const ended = batch.ended.reduce((sum, { from, to }) => sum + to - from, 0);
    if (ended < batch.entries.length) return;
    this.#batches.delete(number);
    if (number === this.#number) this.#number = 0;
  }

  /** Yields the id of each batch that has not ended, and the batch. */
  *batches(): Generator<[id: string, batch: QueuedBatch], void> {
    for (const [number, batch] of this.#batches) yield [`${this.#importId}-${number}`, batch];
  }

  #find(id: string): { number: number; batch: QueuedBatch; span: Span } | undefined {
    if (!id.startsWith(`${this.#importId}-`)) return undefined;
    const [whole = "", range] = id.slice(this.#importId.length + 1).split(":", 2);
    const number = Number(whole);
    const batch = this.#batches.get(number);
    if (!batch) return undefined;
    const [from = 0, to = batch.entries.length] = range?.split("-").map(Number) ?? [];
    return { number, batch, span: { from, to } };
  }
}

/** Returns whether an index lies in one of the spans. */
export function isIn(spans: readonly Span[], index: number): boolean {
  return spans.some(({ from, to }) => from <= index && index < to);
}
