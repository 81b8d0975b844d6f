// Runs the command with ten million known keys and a million events: `node scripts/known-keys.mjs`.
// Prints the share of known keys that it reports, the true share, and the peak memory of the process.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";

const KEYS = 10_000_000;
const EVENTS = 1_000_000;
const MEMORY_MAX = 200_000_000;
const BIN = fileURLToPath(new URL("../pkg/bin/split-events.js", import.meta.url));

const key = (/** @type {number} */ n) => `User-${(n * 7_368_787) % 1_000_000_007}`;
const event = (/** @type {string} */ name) =>
  `{"eventTypeId":"buy","trafficTypeName":"user","key":"${name}","timestamp":1645557824000,"value":1}\n`;

const folder = mkdtempSync(join(tmpdir(), "known-keys-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

const lists = { plain: join(folder, "keys.txt"), gzip: join(folder, "keys.txt.gz") };
await write(lists.plain, KEYS, (n) => `${key(n)}\n`);
await write(lists.gzip, KEYS, (n) => `${key(n)}\n`, createGzip({ level: 1 }));
const events = join(folder, "events.ndjson");
const isKnown = (/** @type {number} */ n) => n % 100 < 37;
await write(events, EVENTS, (n) => event(isKnown(n) ? key(n * 9) : `guest-${n}`));
const lowered = join(folder, "lowered.ndjson");
await write(lowered, EVENTS, (n) => event(key(n * 9).toLowerCase()));

let failed = false;
for (const [name, list, file, known, hint] of /** @type {const} */ ([
  ["lines", lists.plain, events, EVENTS * 0.37, undefined],
  ["gzip", lists.gzip, events, EVENTS * 0.37, undefined],
  ["another case", lists.plain, lowered, 0, "case"],
])) {
  const { report, peak, seconds } = check(list, file);
  const told = report.keyMatches[0];
  const well = told.known === known && told.events === EVENTS && report.keyHint?.code === hint && peak <= MEMORY_MAX;
  failed ||= !well;
  console.log(
    `${name}: ${told.known} of ${told.events} events told (${known} are), hint ${report.keyHint?.message ?? "none"}, ` +
      `${(peak / 1e6).toFixed(1)} MB at most, ${seconds.toFixed(1)} s${well ? "" : "  NOT WELL"}`,
  );
}
process.exitCode = failed ? 1 : 0;

/**
 * Returns the report of a check and the peak memory of its process, in bytes.
 * @param {string} list
 * @param {string} file
 */
function check(list, file) {
  const peakLine = "process.on('exit',()=>process.stderr.write('\\npeak '+process.resourceUsage().maxRSS))";
  const preload = `data:text/javascript,${encodeURIComponent(peakLine)}`;
  const from = performance.now();
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", preload, BIN, "check", "--json", "--known-keys", list, file],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const seconds = (performance.now() - from) / 1000;
  const peak = Number(/peak (\d+)/.exec(stderr)?.[1]) * 1024;
  if (!stdout || !peak) throw new Error(`the check failed: ${stderr}`);
  return { report: JSON.parse(stdout), peak, seconds };
}

/**
 * @param {string} path
 * @param {number} count
 * @param {(n: number) => string} line
 * @param {import("node:zlib").Gzip} [through]
 */
async function write(path, count, line, through) {
  const file = createWriteStream(path);
  const first = through ?? file;
  if (through) through.pipe(file);
  for (let n = 0; n < count; ) {
    let text = "";
    for (const end = Math.min(n + 10_000, count); n < end; n += 1) text += line(n);
    if (!first.write(text)) await once(first, "drain");
  }
  first.end();
  await once(file, "finish");
}
