import { writeSync } from "node:fs";
import { directoryStore } from "split-events/stores/directory";

/**
 * Writes numbered entries to the store of a folder until it is killed, a few for each sync. Before each sync it prints
 * the number of entries that there will be, and after it the number that there are.
 *
 *     node store-writer.mjs FOLDER FROM
 */
const [folder = "", from] = process.argv.slice(2);
const store = await directoryStore(folder);
for (let count = Number(from); ; ) {
  for (const end = count + 1 + (count % 5); count < end; count += 1) {
    store.put(`entry/${String(count).padStart(8, "0")}`, Buffer.alloc(1 + ((count * 7919) % 20_000), `${count};`));
  }
  writeSync(1, `asked ${count}\n`);
  await store.sync();
  writeSync(1, `synced ${count}\n`);
}
