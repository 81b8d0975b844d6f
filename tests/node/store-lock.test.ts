import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { directoryStore } from "split-events/stores/directory";
import { expect, onTestFinished, test, vi } from "vitest";
import { Folder } from "../support/folder.js";

const HOLDER = fileURLToPath(new URL("../support/store-holder.mjs", import.meta.url));
const DEAD = "0123456789abcdef";
const OTHER_DEAD = "fedcba9876543210";

test("a running process keeps the store: the error names the path and the process", async () => {
  const folder = new Folder().file("store");
  const holder = await hold(folder);
  expect(holder.said).toBe("open");
  await expect(directoryStore(folder)).rejects.toMatchObject({
    name: "StoreError",
    code: "store_locked",
    message: `the store in ${folder} is open in process ${holder.child.pid}: close it there first`,
  });
});

test("a suspended process keeps the store", async () => {
  const folder = new Folder().file("store");
  const { child } = await hold(folder);
  child.kill("SIGSTOP");
  await expect(directoryStore(folder)).rejects.toMatchObject({ code: "store_locked" });
});

test("the store of a killed process is free at once, and no file is left", async () => {
  const folder = new Folder().file("store");
  const { child } = await hold(folder);
  child.kill("SIGKILL");
  await once(child, "close");
  const store = await directoryStore(folder);
  await expect(directoryStore(folder)).rejects.toThrow(`is open in this process (pid ${process.pid})`);
  await store.close();
  expect(readdirSync(folder)).toEqual(["store.log"]);
});

test("of many processes that find a dead process's lock at the same moment, one gets the store", async () => {
  for (let round = 0; round < 20; round += 1) {
    const folder = new Folder();
    write(folder.path, "lock", DEAD);
    // of a process that died while it took the lock over
    if (round % 2) write(folder.path, `lock.${DEAD}.next`, OTHER_DEAD);
    const opened = await Promise.allSettled(Array.from({ length: 12 }, () => directoryStore(folder.path)));
    expect(opened.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of opened) {
      if (result.status === "fulfilled") await result.value.close();
      else expect(result.reason).toMatchObject({ code: "store_locked" });
    }
    expect(readdirSync(folder.path)).toEqual(["store.log"]);
  }
});

test("a process that was overtaken after it found a dead lock does not take the new lock", async () => {
  const folder = new Folder();
  write(folder.path, "lock", DEAD);
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const connect = Socket.prototype.connect;
  const stub = vi.spyOn(Socket.prototype, "connect").mockImplementationOnce(function (
    this: Socket,
    ...args: unknown[]
  ) {
    gate.then(() => Reflect.apply(connect, this, args));
    return this;
  });
  onTestFinished(() => stub.mockRestore());
  const slow = directoryStore(folder.path);
  await vi.waitFor(() => expect(stub).toHaveBeenCalled());
  const fast = await directoryStore(folder.path);
  open();
  await expect(slow).rejects.toMatchObject({ code: "store_locked" });
  await fast.close();
  expect(readdirSync(folder.path)).toEqual(["store.log"]);
});

test("a lock file that no store wrote is not mistaken for that of a dead process", async () => {
  const folder = new Folder();
  const path = folder.write("lock", "");
  await expect(directoryStore(folder.path)).rejects.toMatchObject({
    code: "store_locked",
    message: `${path} is no lock of a store: remove it if no process uses the store`,
  });
});

test("a directory that is not writable is a StoreError with its path", async () => {
  const folder = new Folder().file("read-only");
  mkdirSync(folder);
  chmodSync(folder, 0o555);
  // root may write anywhere
  const { said } = await hold(folder, "nobody");
  expect(said).toMatch(/^StoreError store_failed /);
  expect(said).toContain(`the store in ${folder} failed: `);
  expect(said).toMatch(/EACCES/);
});

test("a path that is not a directory is a StoreError with the path", async () => {
  const path = new Folder().write("file", "");
  await expect(directoryStore(path)).rejects.toMatchObject({
    code: "store_failed",
    message: expect.stringContaining(path),
  });
});

/** Starts a process that opens the store, and waits until it has printed how that went. */
async function hold(folder: string, ...more: string[]): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [HOLDER, folder, ...more], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said] = await Promise.race([once(child.stdout.setEncoding("utf8"), "data"), once(child, "close")]);
  return { child, said: String(said).trim() };
}

const write = (folder: string, name: string, token: string) =>
  writeFileSync(join(folder, name), JSON.stringify({ token, pid: 1 }));
