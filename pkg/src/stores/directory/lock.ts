import { randomBytes } from "node:crypto";
import { link, open, readFile, rename, rm } from "node:fs/promises";
import type { Server } from "node:net";
import { join } from "node:path";
import { StoreError } from "../../errors/store-error.js";
import { isListening, listen } from "./socket.js";

const LOCK = "lock";

interface Holder {
  /** Drawn for each taking of the lock. */
  token: string;
  pid: number;
}

/** The tokens of this process. Process numbers mean little across containers. */
const ownTokens = new Set<string>();

/**
 * Takes the directory for this store. Resolves to the function that gives it back.
 *
 * The holder listens on a socket in the directory, named by its token, before any file names the token. The kernel ends
 * the socket with the process, so that a dead holder is known for sure: a process number may be used again, and means
 * nothing in another container.
 *
 * Who finds a dead holder takes its `lock.TOKEN.next`, which only one can, and then puts its own file in the place of
 * `lock`. If it dies between the two, the next one takes the `next` of that one, and so on: a chain of dead holders
 * that begins with the token in `lock`. A token comes once, so a `next` that was taken late is told by a changed
 * `lock`.
 *
 * @throws StoreError if a living holder has the directory.
 */
export async function lockDirectory(folder: string): Promise<() => Promise<void>> {
  const me: Holder = { token: randomBytes(8).toString("hex"), pid: process.pid };
  const server = await listen(folder, me.token);
  const own = nameOf(folder, me);
  try {
    await write(own, JSON.stringify(me));
    while (!(await take(folder, me)));
    ownTokens.add(me.token);
  } catch (cause) {
    await close(server, folder, me);
    throw cause;
  } finally {
    await rm(own, { force: true });
  }
  return async () => {
    // the file first: while the socket is there no other takes the lock
    if ((await holderIn(join(folder, LOCK)))?.token === me.token) await rm(join(folder, LOCK), { force: true });
    ownTokens.delete(me.token);
    await close(server, folder, me);
  };
}

/** Tries to take the lock. Resolves to false if another has changed it meanwhile, so that it must be read again. */
async function take(folder: string, me: Holder): Promise<boolean> {
  const own = nameOf(folder, me);
  const lock = join(folder, LOCK);
  if (await linked(own, lock)) return true;
  const first = await holderIn(lock);
  if (first === undefined) return false;

  const dead: Holder[] = [];
  for (let next: Holder | undefined = first; next; next = await holderIn(nextOf(folder, next))) {
    if (await isListening(folder, next.token)) throw locked(folder, next);
    dead.push(next);
  }
  const last = dead.at(-1) as Holder;
  if (!(await linked(own, nextOf(folder, last)))) return false;
  if ((await holderIn(lock))?.token !== first.token) {
    await rm(nextOf(folder, last), { force: true });
    return false;
  }
  await rename(own, lock);
  for (const holder of dead) {
    await rm(nextOf(folder, holder), { force: true });
    await rm(`${nameOf(folder, holder)}.sock`, { force: true });
    await rm(nameOf(folder, holder), { force: true });
  }
  return true;
}

const nameOf = (folder: string, { token }: Holder) => join(folder, `${LOCK}.${token}`);
const nextOf = (folder: string, holder: Holder) => `${nameOf(folder, holder)}.next`;

/** Links a file under another name, unless that is taken. A hard link appears with its content. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  }
}

async function holderIn(path: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
  const [, token, pid] = /^\{"token":"([0-9a-f]{16})","pid":(\d+)\}$/.exec(text) ?? [];
  if (token !== undefined) return { token, pid: Number(pid) };
  throw new StoreError("store_locked", `${path} is no lock of a store: remove it if no process uses the store`);
}

function locked(folder: string, { token, pid }: Holder): StoreError {
  const who = ownTokens.has(token) ? `this process (pid ${pid})` : `process ${pid}`;
  return new StoreError("store_locked", `the store in ${folder} is open in ${who}: close it there first`);
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function close(server: Server, folder: string, me: Holder): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await rm(`${nameOf(folder, me)}.sock`, { force: true });
}
