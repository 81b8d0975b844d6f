import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Case } from "./cases/case.ts";
import { cases } from "./cases/cases.ts";
import { plain } from "./table.ts";

// How much memory a large source takes: the largest resident set of a process that reads it, less that of one that reads
// a megabyte. Each source is a block of a case, over and over.

const { values } = parseArgs({
  options: {
    bytes: { type: "string", default: "1e9" },
    case: { type: "string", multiple: true },
    json: { type: "boolean" },
  },
});
const SIZE = Number(values.bytes);
const MEGABYTE = 1e6;
const BLOCK = 8e6;
const WANTED = values.case ?? ["ndjson", "csv", "csv-varied", "segment", "segment-varied"];

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const peak = here("memory/peak.mjs");
const folder = here("dist/memory");

interface Taken {
  case: string;
  mb: number;
  check_mb: number;
  batcher_mb: number;
}

const taken: Taken[] = [];
mkdirSync(folder, { recursive: true });
try {
  for (const name of WANTED) {
    const one = cases.find((one) => one.name === name);
    if (!one) throw new Error(`no case is called ${name}`);
    taken.push(await measured(one));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (values.json) console.log(JSON.stringify(taken));
else {
  const rows = taken.map((one) => [one.case, ...[one.mb, one.check_mb, one.batcher_mb].map((mb) => mb.toFixed(1))]);
  console.log(plain([["case", "MB", "check: MB more than for 1 MB", "Batcher: MB more than for 1 MB"], ...rows]));
}

async function measured(one: Case): Promise<Taken> {
  const { bytes, options = {}, form } = one.make(BLOCK);
  const [small, large] = [`${folder}/small`, `${folder}/large`];
  await write(small, bytes, MEGABYTE, form === "table");
  const size = await write(large, bytes, SIZE, form === "table");
  const flags = options.preset ? ["--preset", options.preset, "--set", "trafficTypeName=user"] : [];
  const ways = [
    (file: string) => run([here("../pkg/bin/split-events.js"), "check", file, "--json", ...flags]),
    (file: string) => run([here("memory/batcher.mjs"), file, JSON.stringify(options)]),
  ] as const;
  const more: number[] = [];
  for (const way of ways) more.push((await way(large)) - (await way(small)));
  rmSync(large);
  return { case: one.name, mb: size / 1e6, check_mb: (more[0] as number) / 1e6, batcher_mb: (more[1] as number) / 1e6 };
}

/** Writes a block until the file has a size. Of a table only the first block has its header row. Returns the size. */
async function write(file: string, block: Uint8Array, size: number, hasHeader: boolean): Promise<number> {
  const rest = hasHeader ? block.subarray(block.indexOf(10) + 1) : block;
  const out = createWriteStream(file);
  let written = 0;
  for (let next = block; written < size; next = rest) {
    const piece = next.subarray(0, next.lastIndexOf(10, size - written + 1000) + 1);
    written += piece.length;
    if (!out.write(piece)) await once(out, "drain");
  }
  out.end();
  await finished(out);
  return written;
}

/** Runs a program. Returns its largest resident set in bytes. */
async function run(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ["--import", peak, ...args], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  let most = 0;
  child.on("message", (bytes) => {
    most = bytes as number;
  });
  const [code] = await once(child, "close");
  // the check of a file with issues ends with 1
  if (most === 0 || code > 1) throw new Error(`${args.join(" ")} ended with exit code ${code}`);
  return most;
}
