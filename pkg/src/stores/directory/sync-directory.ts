import { mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Makes durable which files are in a directory. */
export async function syncDirectory(folder: string): Promise<void> {
  // on Windows no directory can be synced
  if (process.platform === "win32") return;
  const directory = await open(folder, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Makes a directory and those above it durably, if they are missing. */
export async function makeDirectory(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let path = folder; !(await isThere(path)); path = dirname(path)) missing.push(path);
  // one by one: Node's recursive call was seen never to end if no directory can be made
  for (const path of missing.reverse()) {
    await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error; // another process was faster
    });
    await syncDirectory(dirname(path));
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(path) === path) throw error;
    return false;
  }
}
