import worker, { type Env, EventOutbox as Real } from "split-events/worker";

export { EventPace } from "split-events/worker";

type Part = Parameters<Real["insert"]>[0][number];

interface Old {
  letters: { id: string; at: number; events: number; body: string }[];
  /** The batches that a replay had planned when a crash cut it off. */
  planned: Part[];
}

/** Writes what the first version wrote, for the next opening of the object. */
export class EventOutbox extends Real {
  async makeOld({ letters, planned }: Old): Promise<void> {
    this.ctx.storage.sql.exec(
      `CREATE TABLE dead (id TEXT NOT NULL, chunk INTEGER NOT NULL, at INTEGER NOT NULL,
        events INTEGER NOT NULL, bytes INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (id, chunk)) WITHOUT ROWID`,
    );
    for (const { id, at, events, body } of letters) {
      const bytes = new TextEncoder().encode(body);
      const half = bytes.length >> 1;
      for (const [chunk, part] of [bytes.slice(0, half), bytes.slice(half)].entries()) {
        const row = [id, chunk, at, events, bytes.length, part.buffer];
        this.ctx.storage.sql.exec("INSERT INTO dead VALUES (?, ?, ?, ?, ?, ?)", ...row);
      }
    }
    const encoder = new TextEncoder();
    await this.insert(planned.map((part) => ({ ...part, body: encoder.encode(part.body as unknown as string) })));
  }

  /** A code that an earlier version counted for every line. */
  recode(code: string): void {
    this.ctx.storage.sql.exec("UPDATE letters SET codes = json_object(?, events)", code);
  }
}

export default {
  async fetch(request, env) {
    const outbox = env.OUTBOX.getByName("shard-0") as unknown as Pick<EventOutbox, "makeOld" | "recode">;
    switch (new URL(request.url).pathname) {
      case "/old":
        await outbox.makeOld((await request.json()) as Old);
        return new Response("made");
      case "/recode":
        await outbox.recode(await request.text());
        return new Response("made");
      default:
        return worker.fetch(request, env);
    }
  },
  queue: (batch, env) => worker.queue(batch, env),
} satisfies ExportedHandler<Env>;
