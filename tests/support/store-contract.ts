import type { Store } from "split-events";

/** What every store must do. It imports no runtime, so that it runs in Node, in a page and in workerd. */
export interface StoreCase {
  name: string;
  /** Whether the case needs a store that outlives its process. */
  durable?: true;
  /** Runs the case. `open` opens the same storage each time, which is empty at first. */
  run(open: () => Promise<Store>): Promise<void>;
}

const MEGABYTE = 1 << 20;

export const storeCases: StoreCase[] = [
  {
    name: "entries are read as soon as they are put, in the order of the keys",
    async run(open) {
      const store = await open();
      for (const key of ["b", "a/2", "a/10", "C", "~", " "]) store.put(key, text(key));
      same(await read(store), [" ", "C", "a/10", "a/2", "b", "~"].map(mirrored));
      await store.sync();
      same(await read(store), [" ", "C", "a/10", "a/2", "b", "~"].map(mirrored));
      await store.close();
    },
  },
  {
    name: "a second put replaces the first, before and after a sync",
    async run(open) {
      const store = await open();
      store.put("key", text("one"));
      store.put("key", text("two"));
      same(await read(store), [["key", "two"]]);
      await store.sync();
      store.put("key", text("three"));
      same(await read(store), [["key", "three"]]);
      await store.sync();
      same(await read(store), [["key", "three"]]);
      await store.close();
    },
  },
  {
    name: "a deleted entry is gone, before and after a sync, and can be put again",
    async run(open) {
      const store = await open();
      store.put("a", text("1"));
      store.put("b", text("2"));
      store.delete("a");
      store.delete("never there");
      same(await read(store), [["b", "2"]]);
      await store.sync();
      store.delete("b");
      same(await read(store), []);
      await store.sync();
      same(await read(store), []);
      store.put("b", text("3"));
      await store.sync();
      same(await read(store), [["b", "3"]]);
      await store.close();
    },
  },
  {
    name: "putOwned keeps bytes as put does, and the reader owns the bytes it gets",
    async run(open) {
      const store = await open();
      if (store.putOwned === undefined) throw new Error("it has no putOwned");
      store.putOwned("key", text("..value..").subarray(2, 7));
      const [[, first] = []] = await all(store);
      first?.fill(0);
      same(await read(store), [["key", "value"]]);
      await store.sync();
      same(await read(store), [["key", "value"]]);
      await store.close();
    },
  },
  {
    name: "the caller owns its bytes again when put returns, and the reader owns the bytes it gets",
    async run(open) {
      const store = await open();
      const memory = text("..value..");
      store.put("key", memory.subarray(2, 7));
      memory.fill(0);
      const [[, first] = []] = await all(store);
      first?.fill(0);
      same(await read(store), [["key", "value"]]);
      await store.sync();
      same(await read(store), [["key", "value"]]);
      await store.close();
    },
  },
  {
    name: "more keys than are read at once keep their order, with unsynced changes among them",
    async run(open) {
      const store = await open();
      const keys = Array.from({ length: 200 }, (_, index) => `batch/${String(index).padStart(4, "0")}`);
      for (const key of keys.filter((_, index) => index % 3 !== 1).toReversed()) store.put(key, text(key));
      await store.sync();
      for (const key of keys.filter((_, index) => index % 3 === 1)) store.put(key, text(key));
      for (const key of keys.filter((_, index) => index % 3 === 2)) store.delete(key);
      same(await read(store), keys.filter((_, index) => index % 3 !== 2).map(mirrored));
      await store.close();
    },
  },
  {
    name: "syncs that are requested together resolve together, with all changes in between",
    durable: true,
    async run(open) {
      const store = await open();
      const syncs: Promise<void>[] = [];
      for (let index = 0; index < 100; index += 1) {
        store.put(`key/${String(index).padStart(3, "0")}`, text(String(index)));
        syncs.push(store.sync());
        if (index % 10 === 0) await Promise.resolve();
      }
      await Promise.all(syncs);
      await store.close();
      const again = await open();
      same((await all(again)).length, 100);
      await again.close();
    },
  },
  {
    name: "entries that are being synced are read like others",
    async run(open) {
      const store = await open();
      store.put("a", text("1"));
      const syncing = store.sync();
      await Promise.resolve();
      store.put("b", text("2"));
      same(await read(store), [
        ["a", "1"],
        ["b", "2"],
      ]);
      await syncing;
      same(await read(store), [
        ["a", "1"],
        ["b", "2"],
      ]);
      await store.close();
    },
  },
  {
    name: "what was pending when the page was left is durable with the next sync, and later changes too",
    durable: true,
    async run(open) {
      const store = await open();
      store.put("gone", text("0"));
      await store.sync();
      store.put("syncing", text("1"));
      const syncing = store.sync();
      store.put("pending", text("1"));
      store.delete("gone");
      store.leave?.();
      store.leave?.();
      same(
        (await read(store)).map(([key]) => key),
        ["pending", "syncing"],
      );
      store.put("pending", text("2"));
      store.put("later", text("3"));
      await Promise.all([syncing, store.sync()]);
      same(store.failure, undefined);
      await store.close();
      const again = await open();
      same(await read(again), [
        ["later", "3"],
        ["pending", "2"],
        ["syncing", "1"],
      ]);
      await again.close();
      again.leave?.();
    },
  },
  {
    name: "a key that some store cannot keep is a ConfigError",
    async run(open) {
      const store = await open();
      for (const key of ["", "caf\u00e9", "a\nb", "x".repeat(513)]) {
        same(
          thrown(() => store.put(key, text("1"))),
          "ConfigError invalid_key",
        );
        same(
          thrown(() => store.delete(key)),
          "ConfigError invalid_key",
        );
      }
      store.put("x".repeat(512), text("longest"));
      await store.sync();
      same((await all(store)).length, 1);
      await store.close();
    },
  },
  {
    name: "a closed store says so, and can be closed twice",
    async run(open) {
      const store = await open();
      await store.close();
      await store.close();
      store.put("key", text("1"));
      same(await rejected(store.sync()), "StoreError store_closed");
      same(await rejected(all(store)), "StoreError store_closed");
    },
  },
  {
    name: "everything that was synced is there after opening again, deletions too",
    durable: true,
    async run(open) {
      const store = await open();
      store.put("kept", text("1"));
      store.put("gone", text("2"));
      store.put("changed", text("3"));
      store.put("empty", new Uint8Array());
      await store.sync();
      store.delete("gone");
      store.put("changed", text("4"));
      await store.sync();
      await store.close();
      const again = await open();
      same(await read(again), [
        ["changed", "4"],
        ["empty", ""],
        ["kept", "1"],
      ]);
      again.put("more", text("5"));
      await again.sync();
      await again.close();
      const third = await open();
      same((await read(third)).length, 4);
      await third.close();
    },
  },
  {
    name: "values of some megabytes come back unchanged, and so do shorter ones that replace them",
    durable: true,
    async run(open) {
      const sizes = [MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, 3 * MEGABYTE + 7];
      const store = await open();
      for (const size of sizes) store.put(`value/${size}`, pattern(size));
      await store.sync();
      await store.close();
      const again = await open();
      const found = await all(again);
      same(
        found.map(([, value]) => value.length).toSorted((a, b) => a - b),
        sizes,
      );
      for (const [, value] of found) same(differsAt(value, pattern(value.length)), -1);
      for (const [key] of found) again.put(key, text("short"));
      await again.sync();
      await again.close();
      const third = await open();
      same(
        (await read(third)).map(([, value]) => value),
        sizes.map(() => "short"),
      );
      await third.close();
    },
  },
  {
    name: "a second owner gets store_locked, and the store once the first has closed it",
    durable: true,
    async run(open) {
      const store = await open();
      same(await rejected(open()), "StoreError store_locked");
      store.put("key", text("1"));
      await store.sync();
      await store.close();
      const second = await open();
      same(await read(second), [["key", "1"]]);
      await second.close();
    },
  },
];

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export async function all(store: Store): Promise<[string, Uint8Array][]> {
  const found: [string, Uint8Array][] = [];
  for await (const entry of store.entries()) found.push(entry);
  return found;
}

export async function read(store: Store): Promise<[string, string][]> {
  return (await all(store)).map(([key, value]) => [key, new TextDecoder().decode(value)]);
}

/** Returns the name and code of its error. */
export async function rejected(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => "nothing", said);
}

function thrown(action: () => unknown): string {
  try {
    action();
    return "nothing";
  } catch (error) {
    return said(error);
  }
}

const said = (error: unknown) => `${(error as Error).name} ${(error as { code?: string }).code}`;
const mirrored = (key: string): [string, string] => [key, key];

/** Returns bytes that differ at every place, so that a misplaced part is noticed. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8) * 7 + (index >> 16)) & 255);
}

const differsAt = (left: Uint8Array, right: Uint8Array) =>
  left.length === right.length ? left.findIndex((byte, index) => byte !== right[index]) : 0;

function same(got: unknown, wanted: unknown): void {
  const [left, right] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`got ${left.slice(0, 500)}, wanted ${right.slice(0, 500)}`);
}
