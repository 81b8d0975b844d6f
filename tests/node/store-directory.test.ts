import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "split-events";
import { directoryStore } from "split-events/stores/directory";
import { expect, onTestFinished, test, vi } from "vitest";
import { Folder } from "../support/folder.js";
import { all, read, text } from "../support/store-contract.js";

const handles = Object.getPrototypeOf(await open("/dev/null").then((file) => file.close().then(() => file)));
const failure = (code: string) => Object.assign(new Error(`${code}: as the test says`), { code });

/** Makes a store with three syncs, and returns the size of its log after each. */
async function written(): Promise<{ path: string; log: string; lengths: number[] }> {
  const path = new Folder().file("store");
  const log = join(path, "store.log");
  const store = await directoryStore(path);
  const lengths = [statSync(log).size];
  for (const name of ["one", "two", "three"]) {
    store.put(`${name}/a`, text(`first of ${name}`));
    store.put(`${name}/b`, text(`second of ${name}`));
    await store.sync();
    lengths.push(statSync(log).size);
  }
  await store.close();
  return { path, log, lengths };
}

async function contents(path: string): Promise<[string, string][]> {
  const store = await directoryStore(path);
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}

test("a last sync that is torn at any byte is removed as a whole, and the log goes on from there", async () => {
  const { path, log, lengths } = await written();
  const whole = readFileSync(log);
  const [, , before = 0, after = 0] = lengths;
  const kept = (await contents(path)).filter(([key]) => !key.startsWith("three"));
  for (let length = before; length < after; length += 1) {
    writeFileSync(log, whole.subarray(0, length));
    expect(await contents(path)).toEqual(kept);
    expect(statSync(log).size).toBe(before);
  }
  const store = await directoryStore(path);
  store.put("three/a", text("again"));
  await store.sync();
  await store.close();
  expect(await contents(path)).toHaveLength(kept.length + 1);
});

test("a last sync that the disk kept in part, with zeros for the rest, is removed as a whole", async () => {
  const { path, log, lengths } = await written();
  const whole = readFileSync(log);
  const [, , before = 0, after = 0] = lengths;
  for (let length = before; length < after; length += 1) {
    writeFileSync(log, Buffer.concat([whole.subarray(0, length), Buffer.alloc(after - length)]));
    const found = await contents(path);
    // the last byte of a digest or a value may be zero
    expect(found.length).toBe(whole.subarray(length).every((byte) => byte === 0) ? 6 : 4);
  }
});

test("a flipped bit before the last sync is an error with the file and the byte, and the file is not changed", async () => {
  const { path, log, lengths } = await written();
  const whole = readFileSync(log);
  const [header = 0, first = 0, second = 0] = lengths;
  for (let at = 0; at < second; at += 1) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
    writeFileSync(log, damaged);
    const from = at < header ? 0 : at < first ? header : first;
    const error = await directoryStore(path).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: "StoreError", code: "store_corrupt" });
    expect((error as Error).message).toContain(`${log} is damaged at byte ${from}: `);
    expect(readFileSync(log).equals(damaged)).toBe(true);
  }
  writeFileSync(log, whole);
  expect(await contents(path)).toHaveLength(6);
});

test("damage far before the next intact sync is found too", async () => {
  const path = new Folder().file("store");
  const store = await directoryStore(path);
  store.put("large", new Uint8Array(3_500_000).fill(7));
  await store.sync();
  store.put("small", text("behind"));
  await store.sync();
  await store.close();
  const log = join(path, "store.log");
  const damaged = readFileSync(log);
  damaged.fill(8, 1000, 1001);
  writeFileSync(log, damaged);
  await expect(directoryStore(path)).rejects.toMatchObject({ code: "store_corrupt" });
});

test("a value that is a copy of the log is not read as syncs", async () => {
  const { path, log, lengths } = await written();
  const store = await directoryStore(path);
  store.put("log", readFileSync(log));
  await store.sync();
  await store.close();
  const torn = readFileSync(log);
  writeFileSync(log, torn.subarray(0, torn.length - 1));
  expect(await contents(path)).toHaveLength(6);
  expect(statSync(log).size).toBe(lengths[3]);
});

test("a new store is made durable, with its parent directories", async () => {
  const sync = vi.spyOn(handles, "sync");
  onTestFinished(() => sync.mockRestore());
  const folder = new Folder();
  const store = await directoryStore(folder.file("one/two"));
  // the new names in each folder, the lock and the log
  expect(sync).toHaveBeenCalledTimes(5);
  await store.close();
});

test("only the owner can read the files", async () => {
  const { path } = await written();
  const store = await directoryStore(path);
  const modes = ["store.log", "lock"].map((name) => statSync(join(path, name)).mode & 0o777);
  await store.close();
  expect([statSync(path).mode & 0o777, ...modes]).toEqual([0o700, 0o600, 0o600]);
});

test("after a failed fsync every sync rejects until the store is opened again, without the lost changes", async () => {
  const { path } = await written();
  const store = await directoryStore(path);
  const sync = vi.spyOn(handles, "sync").mockRejectedValueOnce(failure("EIO"));
  onTestFinished(() => sync.mockRestore());
  store.put("lost", text("1"));
  const wanted = { name: "StoreError", code: "store_failed", message: expect.stringContaining(path) };
  await expect(store.sync()).rejects.toMatchObject(wanted);
  store.put("later", text("2"));
  await expect(store.sync()).rejects.toMatchObject(wanted);
  await expect(all(store)).rejects.toMatchObject(wanted);
  expect(sync).toHaveBeenCalledTimes(1);
  await store.close();
  expect(await contents(path)).toHaveLength(6);
});

test("a sync that waits while another fails rejects too", async () => {
  const { path } = await written();
  const store = await directoryStore(path);
  let fail = (_: Error) => {};
  const under = new Promise<void>((_, reject) => {
    fail = reject;
  });
  const sync = vi.spyOn(handles, "sync").mockImplementationOnce(() => under);
  onTestFinished(() => sync.mockRestore());
  store.put("first", text("1"));
  const first = store.sync();
  await vi.waitFor(() => expect(sync).toHaveBeenCalled());
  store.put("second", text("2"));
  const second = store.sync();
  fail(failure("EIO"));
  const results = await Promise.allSettled([first, second]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(sync).toHaveBeenCalledTimes(1);
  await store.close();
  expect(await contents(path)).toHaveLength(6);
});

test("if the disk fills up during a write, sync rejects with store_full, and what was synced is kept", async () => {
  const { path, log, lengths } = await written();
  const store = await directoryStore(path);
  const write = handles.write;
  const stub = vi.spyOn(handles, "write");
  onTestFinished(() => stub.mockRestore());
  stub.mockImplementationOnce(function (this: unknown, bytes: unknown, at: unknown, _length, position) {
    return write.call(this, bytes, at, 10, position);
  });
  stub.mockRejectedValueOnce(failure("ENOSPC"));
  store.put("lost", text("1"));
  await expect(store.sync()).rejects.toMatchObject({ code: "store_full", message: expect.stringContaining(path) });
  expect(stub).toHaveBeenCalledTimes(2);
  expect(statSync(log).size).toBe(lengths[3]);
  await store.close();
  expect(await contents(path)).toHaveLength(6);
});

test("syncs that are requested while one is under way share the next fsync", async () => {
  const store = await directoryStore(new Folder().file("store"));
  const sync = vi.spyOn(handles, "sync");
  onTestFinished(() => sync.mockRestore());
  const syncs = Array.from({ length: 50 }, (_, index) => {
    store.put(`key/${index}`, text("1"));
    return store.sync();
  });
  await Promise.all(syncs);
  expect(sync).toHaveBeenCalledTimes(1);
  await store.sync();
  expect(sync).toHaveBeenCalledTimes(1);
  await store.close();
});

test("a log with mostly deleted entries is compacted, during use and when it is opened", async () => {
  const path = new Folder().file("store");
  const log = join(path, "store.log");
  const value = new Uint8Array(100_000).fill(1);
  const store = await directoryStore(path);
  store.put("kept", text("from the beginning"));
  for (let round = 0; round < 30; round += 1) {
    store.put("changing", value.fill(round));
    await store.sync();
    expect(statSync(log).size).toBeLessThan(1_300_000);
  }
  expect(await all(store)).toEqual([
    ["changing", value],
    ["kept", text("from the beginning")],
  ]);
  await store.close();

  const whole = readFileSync(log);
  const again = await directoryStore(path);
  expect(await all(again)).toEqual([
    ["changing", value],
    ["kept", text("from the beginning")],
  ]);
  await again.close();
  expect(readFileSync(log).equals(whole)).toBe(true);
});

test("a compaction that fails leaves the log unchanged and the store usable", async () => {
  const path = new Folder().file("store");
  const store = await directoryStore(path);
  writeFileSync(join(path, "store.log.new"), "in the way");
  await rounds(store, 12);
  expect(readdirSync(path).toSorted()).toEqual(["lock", expect.stringMatching(/^lock\..*\.sock$/), "store.log"]);
  expect(statSync(join(path, "store.log")).size).toBeGreaterThan(1_100_000);
  await store.close();
  expect(await contents(path)).toHaveLength(1);
  expect(statSync(join(path, "store.log")).size).toBeLessThan(200_000);
});

async function rounds(store: Store, count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) {
    store.put("changing", new Uint8Array(100_000).fill(round));
    await store.sync();
  }
}
