import type { Store } from "split-events";
import { type DurableObjectStorageLike, durableObjectStore } from "split-events/stores/durable-object";
import { read, rejected, storeCases, text } from "../../support/store-contract.js";

interface State {
  storage: DurableObjectStorageLike;
  abort(reason: string): void;
}

interface Env {
  STORES: { getByName(name: string): { fetch(request: Request): Promise<Response> } };
}

/** Performs an action of the path on its store: `/OBJECT/ACTION?with=VALUE`. */
export class StoreObject {
  readonly #state: State;
  #store: Store | undefined;

  constructor(state: State) {
    this.#state = state;
  }

  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    try {
      const said = await this.#do(url.pathname.split("/")[2], url.searchParams.get("with") ?? "");
      return Response.json(said ?? null);
    } catch (error) {
      const { name, code, message } = error as Error & { code?: string };
      return Response.json({ name, code, message }, { status: 500 });
    }
  }

  async #do(action: string | undefined, given: string): Promise<unknown> {
    const { storage } = this.#state;
    if (action === "contract") {
      return storeCases.find(({ name }) => name === given)?.run(async () => durableObjectStore(storage));
    }
    if (action === "tables") {
      const first = durableObjectStore(storage, { table: "first" });
      const second = durableObjectStore(storage, { table: "second" });
      first.put("key", text("1"));
      await Promise.all([first.sync(), second.sync()]);
      const sameTable = await rejected((async () => durableObjectStore(storage, { table: "First" }))());
      const noName = await rejected((async () => durableObjectStore(storage, { table: 'a"; DROP' }))());
      return { first: await read(first), second: await read(second), sameTable, noName };
    }
    if (action === "rows") {
      const store = durableObjectStore(storage);
      store.put("large", new Uint8Array(7_000_000));
      await store.sync();
      const [row] = storage.sql.exec('SELECT max(length(value)) AS longest FROM "split_events"').toArray();
      return row?.longest;
    }
    if (action === "refused") {
      // A value that the database will not take, half-way through a sync.
      const store = durableObjectStore(storage);
      store.put("good", text("1"));
      await store.sync();
      storage.sql.exec(`CREATE TRIGGER refuse BEFORE INSERT ON "split_events" WHEN new.key = 'z-bad'
        BEGIN SELECT RAISE(ABORT, 'as the test says'); END`);
      store.put("good", text("2"));
      store.put("z-bad", text("3"));
      const failures = [await rejected(store.sync()), await rejected(store.sync())];
      await store.close();
      return { failures, kept: await read(durableObjectStore(storage)) };
    }
    if (action === "transaction") {
      const store = durableObjectStore(storage);
      const together = (value: string, then: () => void) =>
        storage.transactionSync(() => {
          store.put("key", text(value));
          const synced = store.sync();
          then();
          return synced;
        });
      await together("kept", () => {});
      const undo = () => {
        throw new Error("as the test says");
      };
      const undone = await rejected((async () => together("undone", undo))());
      await store.close();
      return { undone, kept: await read(durableObjectStore(storage)) };
    }
    this.#store ??= durableObjectStore(storage);
    if (action === "put") this.#store.put(given, text(given));
    if (action === "sync") await this.#store.sync();
    if (action === "put-sync") {
      this.#store.put(given, text(given));
      await this.#store.sync();
    }
    if (action === "read") return read(this.#store);
    if (action === "abort") this.#state.abort("as the test says");
    return undefined;
  }
}

export default {
  fetch: (request: Request, env: Env) =>
    env.STORES.getByName(new URL(request.url).pathname.split("/")[1] ?? "").fetch(request),
};
