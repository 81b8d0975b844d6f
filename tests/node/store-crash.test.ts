import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { directoryStore } from "split-events/stores/directory";
import { expect, test } from "vitest";
import { Folder } from "../support/folder.js";
import { all } from "../support/store-contract.js";
import { nodes } from "./package-app.js";

const WRITER = fileURLToPath(new URL("../support/store-writer.mjs", import.meta.url));
/** The number of kills; `STORE_KILLS=50` sets another. */
const KILLS = Number(process.env.STORE_KILLS ?? 10);

test(`after each of ${KILLS} kills, what was synced is there, and no sync is there in part`, async () => {
  const folder = new Folder().file("store");
  const versions = nodes();
  let count = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const said = await writeUntilKilled(versions[kill % versions.length]?.path as string, folder, count);
    const asked = [count, ...numbers(said, "asked")];
    const synced = Math.max(count, ...numbers(said, "synced"));
    expect(synced).toBeGreaterThan(count);

    const store = await directoryStore(folder);
    const found = await all(store);
    await store.close();
    expect(found.length).toBeGreaterThanOrEqual(synced);
    expect(asked).toContain(found.length);
    for (const [index, [key, value]] of found.entries()) {
      const wanted = Buffer.alloc(1 + ((index * 7919) % 20_000), `${index};`);
      if (key !== `entry/${String(index).padStart(8, "0")}` || !wanted.equals(value)) throw new Error(`wrong: ${key}`);
    }
    count = found.length;
  }
});

/** Kills the process at a random moment after its first sync. */
async function writeUntilKilled(node: string, folder: string, from: number): Promise<string> {
  const child = spawn(node, [WRITER, folder, String(from)], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  const ended = once(child, "close");
  const begun = new Promise<void>((resolve) =>
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      said += piece;
      if (said.includes("synced")) resolve();
    }),
  );
  await Promise.race([begun, ended]);
  await sleep(Math.random() * 60);
  child.kill("SIGKILL");
  await ended;
  return said;
}

const numbers = (said: string, word: string) =>
  Array.from(said.matchAll(new RegExp(`^${word} (\\d+)$`, "gm")), ([, count]) => Number(count));
