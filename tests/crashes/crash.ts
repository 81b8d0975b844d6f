import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import type { Receipt, Unknown } from "split-events";
import { directoryStore } from "split-events/stores/directory";
import { createSandbox, type Sandbox } from "split-events-sandbox";
import type { Random } from "../agreement/random.ts";
import { CRASH_KEY, runCommand } from "./command.ts";
import { compare, equal, type Tally } from "./compare.ts";
import { type Left, leftIn } from "./left.ts";
import { type Kind, makeSource, type Source } from "./source.ts";

const BATCH = 20;
const MOST_EVENTS = 1000;

export interface Plan {
  kind: Kind;
  ledger: boolean;
  /** How often it was killed, first in `send`, then in `resume`. */
  kills: number;
}

export interface Crash extends Plan, Tally {
  events: number;
  /** Kills that came before the process had ended. */
  killed: number;
}

/** Sends an input, kills the process, resumes until the import is finished, and compares with the sandbox's ledger. */
export async function crash({ kind, ledger, kills }: Plan, random: Random): Promise<Crash> {
  const folder = mkdtempSync(join(tmpdir(), "split-events-crash-"));
  const sandbox = await createSandbox();
  try {
    sandbox.setFaults([{ do: "delay", ms: random.below(8) }]);
    const events = MOST_EVENTS / 2 + random.below(MOST_EVENTS / 2);
    const source = makeSource(kind, events, folder, random);
    const journal = join(folder, "journal");
    const ledgerPath = ledger ? join(folder, "ledger") : undefined;
    const all = ["--json", "--journal", journal];
    const send = [
      ...["send", source.name, "--max-events", String(BATCH), "--endpoint", `${sandbox.url}/api/events/bulk`, ...all],
      ...(ledgerPath === undefined ? [] : ["--ledger", ledgerPath]),
    ];
    const inFlight = new Map<string, number>();
    let planned = 0;
    let killed = 0;
    let args = send;
    for (let kill = 0; kill < kills; kill += 1) {
      const ended = await runCommand(args, { input: input(args, source), moment: moment(sandbox, random, events) });
      const left = await readLeft(journal);
      killed += Number(ended.killed);
      for (const [part, count] of left.dispatching) inFlight.set(part, count);
      planned = left.planned;
      if (!left.begun) {
        equal("nothing was begun, so nothing was posted", sandbox.posts().length, 0);
        await refusesToResume(all, left);
      } else args = ["resume", ...all];
    }
    const resumed = await runCommand(args, { input: input(args, source) });
    if (resumed.stdout === "") throw new Error(`resume said nothing: ${resumed.stderr}`);
    const receipt = JSON.parse(resumed.stdout) as Receipt;
    const whole = kind !== "stdin" || args === send;
    const tally = compare(receipt, sandbox, { keys: source.keys, inFlight, planned: whole ? undefined : planned });
    await saysTheSameAgain(all, resumed.stdout, receipt, sandbox);
    if (ledgerPath !== undefined) await sendsNothingTwice(source, receipt, send, journal, sandbox);
    holdsNoKey(folder, resumed.stdout + resumed.stderr);
    return { kind, ledger, kills, events, killed, ...tally };
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const input = (args: readonly string[], source: Source) => (args[0] === "send" ? source.input : undefined);

/** Resolves a little after some more POSTs have come or, now and then, some time after the start. */
function moment(sandbox: Sandbox, random: Random, events: number): (signal: AbortSignal) => Promise<void> {
  const early = random.chance(0.1);
  const posts = sandbox.posts().length + random.below(Math.ceil(events / BATCH));
  const later = random.unit() * (early ? 300 : 8);
  return async (over) => {
    while (!early && !over.aborted && sandbox.posts().length <= posts) await turn();
    await wait(later);
  };
}

/** Reads the journal that is left, without creating a store that is missing. */
async function readLeft(path: string): Promise<Left> {
  if (!existsSync(join(path, "store.log"))) return { begun: false, dispatching: [], planned: 0 };
  const store = await directoryStore(path);
  const left = await leftIn(store);
  await store.close();
  return left;
}

async function refusesToResume(all: readonly string[], left: Left): Promise<void> {
  const { code, stdout } = await runCommand(["resume", ...all]);
  equal("resume without an import ends with exit code 2", code, 2);
  const said = (JSON.parse(stdout) as { error: { code: string } }).error.code;
  if (!["journal_missing", "journal_empty"].includes(said)) throw new Error(`${said} where nothing was begun: ${left}`);
}

async function saysTheSameAgain(all: readonly string[], said: string, receipt: Receipt, sandbox: Sandbox) {
  const posts = sandbox.posts().length;
  const again = await runCommand(["resume", ...all]);
  equal("a finished import has the same receipt", JSON.parse(again.stdout), JSON.parse(said));
  equal("a finished import sends nothing", sandbox.posts().length, posts);
  const listed = JSON.parse((await runCommand(["unknown", ...all])).stdout) as Unknown[];
  equal(
    "unknown batches are listed",
    listed.reduce((sum, { events }) => sum + events, 0),
    receipt.unknown,
  );
}

/** Sends the same input again with the ledger: what was accepted or unknown is not sent. */
async function sendsNothingTwice(source: Source, before: Receipt, send: string[], journal: string, sandbox: Sandbox) {
  const taken = sandbox.ledger().length;
  const args = send.map((argument) => (argument === journal ? `${journal}-again` : argument));
  const again = JSON.parse((await runCommand(args, { input: source.input })).stdout) as Receipt;
  equal("the ledger knows what was accepted or unknown", again.duplicates, before.accepted + before.unknown);
  equal("only the rest is sent", sandbox.ledger().length - taken, again.accepted);
  equal("the rest was never planned", again.accepted, again.events - again.refused - again.duplicates);
}

export function holdsNoKey(folder: string, said: string): void {
  const texts = [said];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) texts.push(readFileSync(join(entry.parentPath, entry.name), "latin1"));
  }
  equal(
    "no file contains the key",
    texts.some((text) => text.includes(CRASH_KEY) || /authorization/i.test(text)),
    false,
  );
}
