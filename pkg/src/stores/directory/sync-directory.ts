import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/** Makes durable which files are in it. */
export async function syncDirectory(folder: string): Promise<void> {
  // Windows has no handle on a directory that could be synced.
  if (process.platform === "win32") return;
  const directory = await open(folder, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Makes the directory with those above it, durably, where they aren't there. */
export async function makeDirectory(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}
