import { vi } from "vitest";

interface Sum {
  batches: number;
  events: number;
}

export interface Counts {
  planned: Sum;
  dispatching: Sum;
  unknown: Sum;
  refused: Sum;
  dead: Sum;
  taken: number;
}

export interface Entry {
  id: string;
  events: number;
  reason?: string;
}

/** The Worker's `/admin`. */
export class Admin {
  readonly #url: URL;
  readonly #key: string;

  constructor(url: URL, key: string) {
    this.#url = url;
    this.#key = key;
  }

  async ask(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(new URL(path, this.#url), {
      method,
      headers: { authorization: `Bearer ${this.#key}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.ask(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** Over all shards. */
  async counts(): Promise<Counts> {
    type Shard = Omit<Counts, "taken"> & { totals: { taken: number } };
    const { shards } = await this.json<{ shards: Shard[] }>("GET", "/admin/counts");
    const sum = (of: (shard: Shard) => Sum): Sum => ({
      batches: shards.reduce((total, shard) => total + of(shard).batches, 0),
      events: shards.reduce((total, shard) => total + of(shard).events, 0),
    });
    return {
      planned: sum(({ planned }) => planned),
      dispatching: sum(({ dispatching }) => dispatching),
      unknown: sum(({ unknown }) => unknown),
      refused: sum(({ refused }) => refused),
      dead: sum(({ dead }) => dead),
      taken: shards.reduce((total, { totals }) => total + totals.taken, 0),
    };
  }

  /** Over all shards, since they were created. */
  async totals(): Promise<Record<string, number>> {
    const { shards } = await this.json<{ shards: { totals: Record<string, number> }[] }>("GET", "/admin/counts");
    const sums: Record<string, number> = {};
    for (const { totals } of shards) {
      for (const [name, count] of Object.entries(totals)) sums[name] = (sums[name] ?? 0) + count;
    }
    return sums;
  }

  async batches(state: "planned" | "unknown" | "refused"): Promise<Entry[]> {
    const found: Entry[] = [];
    for (let after = ""; ; ) {
      const page = await this.json<{ entries: Entry[]; next?: string }>(
        "GET",
        `/admin/batches?state=${state}&limit=1000${after}`,
      );
      found.push(...page.entries);
      if (page.next === undefined) return found;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
  }

  async dead(): Promise<Entry[]> {
    return (await this.json<{ entries: Entry[] }>("GET", "/admin/dead?limit=1000")).entries;
  }

  /** The keys of the events of held batches. */
  async keysOf(entries: Entry[]): Promise<string[]> {
    const keys: string[] = [];
    for (const { id } of entries) {
      const body = await (await this.ask("GET", `/admin/batches/${id}`)).json();
      keys.push(...(body as { key: string }[]).map(({ key }) => key));
    }
    return keys;
  }

  /** Waits until a number of events were taken, and none of them waits to be sent. */
  async settled(taken: number, seconds = 60): Promise<Counts> {
    return vi.waitFor(
      async () => {
        const counts = await this.counts();
        const left = counts.planned.events + counts.dispatching.events;
        if (counts.taken < taken || left > 0) {
          throw new Error(`${counts.taken} of ${taken} events were taken, ${left} wait: ${JSON.stringify(counts)}`);
        }
        return counts;
      },
      { timeout: seconds * 1000, interval: 50 },
    );
  }
}
