import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import type { Receipt, Unknown } from "split-events";
import { createSandbox, type Sandbox } from "split-events-sandbox";
import type { Random } from "../agreement/random.ts";
import { BIN, CRASH_KEY, startCommand } from "./command.ts";
import { equal } from "./compare.ts";
import { holdsNoKey } from "./crash.ts";
import { type Kind, makeSource, type Source } from "./source.ts";

const BATCH = 20;
const MOST_EVENTS = 1000;
/** The time between two keystrokes. The command takes two signals within half a second for one. */
const ANOTHER_KEYSTROKE_MS = 600;
/** The POSTs that hang: more than there are requests in flight. */
const HUNG = [1, 2, 3, 4, 5, 6];

export interface InterruptPlan {
  kind: Kind;
  /** Whether a second Ctrl-C cuts what is in flight. */
  twice: boolean;
  /** Whether the service takes what is cut. */
  takes: boolean;
}

export interface Interrupted extends InterruptPlan {
  events: number;
  /** Whether the import left something. */
  left: boolean;
  accepted: number;
  unknown: number;
  lost: number;
  again: number;
}

/** Sends without `--journal`, presses Ctrl-C, runs the command that is printed, and compares with the ledger. */
export async function interrupt(plan: InterruptPlan, random: Random): Promise<Interrupted> {
  const { kind, twice, takes } = plan;
  const folder = mkdtempSync(join(tmpdir(), "split-events-interrupt-"));
  // a path that the printed command must quote
  const state = join(folder, "it's a state");
  mkdirSync(state);
  const sandbox = await createSandbox();
  try {
    const events = MOST_EVENTS / 2 + random.below(MOST_EVENTS / 2);
    const source = makeSource(kind, events, folder, random);
    const batches = Math.ceil(source.keys.filter((key) => key !== undefined).length / BATCH);
    const posts = random.below(batches);
    sandbox.setFaults([
      ...(twice ? HUNG.map((next) => ({ do: "hang", take: takes, post: posts + next }) as const) : []),
      { do: "delay", ms: random.below(8) },
    ]);
    const send = ["send", source.name, "--max-events", String(BATCH), "--endpoint", `${sandbox.url}/api/events/bulk`];
    const { child, ended } = startCommand([...send, "--json"], { input: source.input, env: { XDG_STATE_HOME: state } });
    let over = false;
    const done = ended.finally(() => {
      over = true;
    });
    while (!over && sandbox.posts().length <= posts) await turn();
    await wait(random.unit() * 8);
    child.kill("SIGINT");
    if (twice && !over) {
      await wait(ANOTHER_KEYSTROKE_MS);
      child.kill("SIGINT");
    }
    const first = await done;
    const before = JSON.parse(first.stdout) as Receipt;
    const next = commandIn(first.stderr);
    const left = before.unsent + before.unknown > 0;
    equal("a command is printed if something is left", next !== undefined, left);
    if (left) holdsOnlyOurs(state, kind !== "stdin", before);
    sandbox.setFaults([]);

    let receipt = before;
    if (next !== undefined) {
      if (before.unknown > 0) await decide(next, sandbox, source, folder, state);
      receipt = await goOn(next.replace(" unknown ", " resume "), folder, state);
    }
    const tally = compare(receipt, before, sandbox, source);
    equal("no file is left behind", readdirSync(state), []);
    holdsNoKey(folder, first.stdout + first.stderr);
    return { ...plan, events, left, accepted: receipt.accepted, unknown: before.unknown, ...tally };
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the last line that was printed, if it is a command. */
function commandIn(stderr: string): string | undefined {
  const last = stderr.trimEnd().split("\n").at(-1)?.trim();
  return last?.startsWith("split-events resume ") || last?.startsWith("split-events unknown ") ? last : undefined;
}

/** Runs a command as a person would: in a shell that finds `split-events`. */
function goOn<T>(command: string, folder: string, state: string): Promise<T> {
  const bin = join(folder, "bin");
  if (!existsSync(bin)) {
    mkdirSync(bin);
    writeFileSync(join(bin, "split-events"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
    chmodSync(join(bin, "split-events"), 0o755);
  }
  const env = { PATH: `${bin}:${process.env.PATH}`, SPLIT_API_KEY: CRASH_KEY, XDG_STATE_HOME: state };
  return new Promise((resolve, reject) => {
    execFile("/bin/sh", ["-c", `${command} --json`], { env }, (_, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as T);
      } catch {
        reject(new Error(`${command} said nothing: ${stderr}`));
      }
    });
  });
}

/** Decides each unknown batch by whether the sandbox has its events. */
async function decide(next: string, sandbox: Sandbox, { keys }: Source, folder: string, state: string): Promise<void> {
  const has = new Set(sandbox.ledger().map(({ event }) => (event as { key: string }).key));
  const open = await goOn<Unknown[]>(next.replace(" resume ", " unknown "), folder, state);
  const wasTaken = ({ from, to }: Unknown) => keys.slice(from.index, to.index + 1).some((key) => key && has.has(key));
  for (const [as, some] of [
    ["accepted", open.filter(wasTaken)],
    ["resend", open.filter((one) => !wasTaken(one))],
  ] as const) {
    const ids = some.map(({ id }) => id).join(" ");
    if (ids !== "") await goOn(`${next.replace(/ (resume|unknown) /, " resolve ")} ${ids} --as ${as}`, folder, state);
  }
}

/** Checks that the journal has no events of files, and of standard input only those that were not accepted. */
function holdsOnlyOurs(state: string, isFile: boolean, { events, unsent, unknown }: Receipt): void {
  const [name = "", ...others] = readdirSync(join(state, "split-events"));
  equal("there is only one directory", others, []);
  const path = join(state, "split-events", name);
  equal("its files", readdirSync(path), ["store.log"]);
  equal(
    "only its owner can read it",
    [statSync(path).mode & 0o777, statSync(join(path, "store.log")).mode & 0o777],
    [0o700, 0o600],
  );
  const bodies = statSync(join(path, "store.log")).size;
  // an event takes about 110 bytes as JSON and 32 more; the record of a batch 500
  const most = 2_000 + (events / BATCH) * 700 + (isFile ? 0 : (unsent + unknown) * 160);
  if (bodies > most) throw new Error(`the journal has ${bodies} bytes, and ${most} are enough`);
}

function compare(receipt: Receipt, before: Receipt, sandbox: Sandbox, { kind, keys }: Source) {
  const { accepted, refused, unknown, unsent, events } = receipt;
  const others = receipt.batches.filter(({ state }) => state !== "accepted");
  equal("nothing is unknown or unsent", others, []);
  equal("every event is accepted or refused", [accepted + refused, unknown + unsent], [events, 0]);
  if (kind !== "stdin" || before.complete) equal("the receipt covers the whole input", events, keys.length);
  const taken = new Map<string, number>();
  for (const { event } of sandbox.ledger()) {
    const { key } = event as { key: string };
    taken.set(key, (taken.get(key) ?? 0) + 1);
  }
  const wanted = new Set<string>();
  for (const { from, to } of receipt.batches) {
    for (const key of keys.slice(from.index, to.index + 1)) if (key !== undefined) wanted.add(key);
  }
  equal("the batches cover what is accepted", wanted.size, accepted);
  const lost = Array.from(wanted).filter((key) => !taken.has(key)).length;
  const again = Array.from(taken.values()).filter((times) => times > 1).length;
  equal("nothing is lost", lost, 0);
  equal("no event is there twice", again, 0);
  equal("no other event is there", taken.size, wanted.size);
  return { lost, again };
}
