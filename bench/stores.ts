import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Store } from "split-events";
import { directoryStore } from "split-events/stores/directory";
import { memoryStore } from "split-events/stores/memory";
import { median } from "./median.ts";

const ROUNDS = 7;
const ROUND_MS = 150;
const RECORD = new Uint8Array(200).fill(7);
const CALLERS = 16;

/** A way to make one record durable. `callers` call it at the same time. */
interface Subject {
  name: string;
  callers: number;
  sync(index: number): Promise<unknown>;
}

const putting = (store: Store) => (index: number) => {
  store.put(`record/${index % 1000}`, RECORD);
  return store.sync();
};

/** Returns the syncs a second, if each caller waits for its sync before the next. */
async function rate({ callers, sync }: Subject): Promise<number> {
  const started = performance.now();
  let syncs = 0;
  const call = async () => {
    while (performance.now() - started < ROUND_MS) {
      await sync(syncs);
      syncs += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return syncs / ((performance.now() - started) / 1000);
}

const home = resolve(process.argv[2] ?? fileURLToPath(new URL("dist", import.meta.url)));
mkdirSync(home, { recursive: true });
const folder = mkdtempSync(join(home, "stores-"));
const memory = memoryStore();
const directory = await directoryStore(join(folder, "store"));
const file = await open(join(folder, "file"), "w");
try {
  const subjects: Subject[] = [
    { name: "memory", callers: 1, sync: putting(memory) },
    { name: "write and fsync alone", callers: 1, sync: () => file.write(RECORD).then(() => file.sync()) },
    { name: "directory", callers: 1, sync: putting(directory) },
    { name: `directory, ${CALLERS} callers`, callers: CALLERS, sync: putting(directory) },
  ];
  const rates = subjects.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, subject] of subjects.entries()) {
      const found = await rate(subject);
      // the first round warms up
      if (round > 0) rates[index]?.push(found);
    }
  }
  console.log(`a record of ${RECORD.length} bytes to a sync, median of ${ROUNDS} rounds, in ${home}`);
  for (const [index, { name }] of subjects.entries()) {
    const found = median(rates[index] as number[]);
    const micros = (1e6 / found).toFixed(found > 1e5 ? 2 : 0);
    console.log(
      `${name.padEnd(24)}${Math.round(found).toLocaleString("en").padStart(12)} syncs/s${micros.padStart(9)} us`,
    );
  }
} finally {
  await directory.close();
  await file.close();
  rmSync(folder, { recursive: true, force: true });
}
