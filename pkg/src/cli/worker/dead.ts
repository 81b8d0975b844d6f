import type { Command } from "commander";
import { Failure } from "../failure.js";
import { printJson, printText, progress, say, sayCommand } from "../output/output.js";
import { count, counted, shellWord, visible } from "../output/text.js";
import { exit } from "../output/verdict.js";
import { ask } from "./ask.js";
import type { Counts } from "./counts-table.js";
import { type Letters, lettersTable, type Partly } from "./tables.js";

export interface DeadFlags {
  url: string;
  json?: boolean;
  all?: boolean;
  before?: string;
  code?: string;
  limit?: string;
  after?: string;
}

/** Makes a command; its work gives the exit code where that is not 0. */
export type Action = (
  name: string,
  description: string,
  work: (flags: DeadFlags, id?: string) => Promise<number | undefined>,
) => Command;

/** What is done with dead letters. */
export function addDeadCommands(action: Action): void {
  action("replay [id]", "Checks a dead letter again and sends what passes; with --all every one.", (flags, id) => {
    if ((id === undefined) === (flags.all === undefined)) throw new Failure("usage", "give either an ID or --all");
    if (id !== undefined) return one(flags, "POST", id);
    return walk(flags, { method: "POST", command: `replay --all${filterText(flags)}`, query: filterOf(flags) });
  })
    .option("--all", "every dead letter")
    .option("--code <code>", "with --all: only events that were refused with this code")
    .option(
      "--before <time>",
      "with --all: only those whose request came before, as 2026-11-30 or 2026-11-30T12:00:00Z",
    )
    .option("--after <cursor>", "with --all: go on where an interrupted one has stopped");

  action("forget [id]", "Forgets a dead letter, or many.", (flags, id) => {
    const given = [id, flags.all, flags.before, flags.code].filter((one) => one !== undefined);
    if (given.length !== 1) {
      throw new Failure("usage", "give one of an ID, --all, --before TIME and --code CODE");
    }
    if (id !== undefined) return one(flags, "DELETE", id);
    const [name, value] = chosen(flags);
    const command = `forget --${name}${value === "" ? "" : ` ${shellWord(value)}`}`;
    return walk(flags, { method: "DELETE", command, query: { [name]: value } });
  })
    .option("--all", "every dead letter")
    .option("--before <time>", "those whose request came before, as 2026-11-30 or 2026-11-30T12:00:00Z")
    .option("--code <code>", "events that were refused with this code; the rest of their letters stays")
    .option("--after <cursor>", "go on where an interrupted one has stopped");
}

/** `list dead`. */
export async function listDead(flags: Omit<DeadFlags, "all">): Promise<number | undefined> {
  const { url, json, limit, after } = flags;
  const query = new URLSearchParams({ ...(limit && { limit }), ...(after && { after }), ...filterOf(flags) });
  const listed = await ask<Letters>(url, "GET", `dead?${query}`);
  if (json) printJson(listed);
  else printText(lettersTable(listed, filterText(flags)));
  return tellSick(listed);
}

/** Of a shard that was told to do something: its call is not taken back when nobody waits for the answer any more. */
export const MAY_HAVE_DONE_IT = "it may have done it all the same: look again";

/** Says which shards do not answer, and whether some are not known, and gives the exit code. */
export function tellSick({ sick = [], pace }: Partly, what = "what it has is not shown"): number | undefined {
  if (pace) say(`shards of an earlier SHARDS are not known: the pace does not answer (${visible(pace.error)})`);
  for (const { shard, error } of sick) say(`shard ${shard} does not answer (${visible(error)}): ${what}`);
  return pace || sick.length > 0 ? exit.open : undefined;
}

function filterOf({ before, code }: Pick<DeadFlags, "before" | "code">): Record<string, string> {
  return { ...(code !== undefined && { code }), ...(before !== undefined && { before }) };
}

/** The same as it is typed. */
function filterText(flags: Pick<DeadFlags, "before" | "code">): string {
  return Object.entries(filterOf(flags))
    .map(([name, value]) => ` --${name} ${shellWord(value)}`)
    .join("");
}

function chosen({ before, code }: DeadFlags): ["all" | "before" | "code", string] {
  if (before !== undefined) return ["before", before];
  return code === undefined ? ["all", ""] : ["code", code];
}

type Done = Partial<Record<"sent" | "refused" | "forgotten" | "stays", number>> & { letters: number };
type Answer = Done & Partly & { next?: string; full?: number[]; left?: number[] };

async function one(flags: DeadFlags, method: string, id: string): Promise<undefined> {
  const more = (["after", "before", "code"] as const).find((name) => flags[name] !== undefined);
  if (more !== undefined) throw new Failure("usage", `--${more} is for many letters: give either an ID or --${more}`);
  tell(await ask<Done>(flags.url, method, `dead/${encodeURIComponent(id)}`), flags);
}

interface Walk {
  method: "POST" | "DELETE";
  /** How the command is called again. */
  command: string;
  query: Record<string, string>;
}

/** Asks until the Worker has gone over all letters, and says how far it came; when it is stopped, how to go on. */
async function walk(flags: DeadFlags, { method, command, query }: Walk): Promise<number | undefined> {
  const total: Done = { letters: 0 };
  const full = new Set<number>();
  const sick = new Map<number, string>();
  let pace: Partly["pace"];
  let next = flags.after;
  const goOn = () => {
    // where nothing was answered nothing is done, and the same command does it
    if (next === undefined || next === flags.after) return;
    say("to go on:");
    sayCommand(`split-events worker ${command} --after ${next} --url ${shellWord(flags.url)}`);
  };
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(exit.open);
    say("stopping when the Worker has answered; Ctrl-C again leaves at once");
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    const of = next === undefined ? await held(flags.url) : undefined;
    let hasGoneBack = false;
    for (let isOver = false; !isOver; ) {
      const from = { ...query, ...(next !== undefined && { after: next }) };
      progress.show(() => progressText(total, of));
      const answer = await ask<Answer>(flags.url, method, `dead?${new URLSearchParams(from)}`);
      add(total, answer);
      for (const shard of answer.full ?? []) full.add(shard);
      for (const { shard, error } of answer.sick ?? []) sick.set(shard, error);
      pace = answer.pace ?? pace;
      next = answer.next;
      isOver = next === undefined || answer.left !== undefined || stop.signal.aborted;
      // what was left before this command began may be well by now; what was so just now waits for the next command
      const isUntried = answer.left?.some((shard) => !full.has(shard) && !sick.has(shard)) ?? false;
      if (!isUntried || hasGoneBack || stop.signal.aborted) continue;
      hasGoneBack = true;
      isOver = false;
      full.clear();
      sick.clear();
    }
  } catch (error) {
    goOn();
    throw error;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
  for (const shard of full) say(`shard ${shard} is full: it takes no replay until it has sent some of what it holds`);
  const open = tellSick(
    { sick: [...sick].map(([shard, error]) => ({ shard, error })), ...(pace && { pace }) },
    MAY_HAVE_DONE_IT,
  );
  goOn();
  tell({ ...total, ...(next !== undefined && { next }) }, flags);
  return next !== undefined ? exit.open : open;
}

async function held(url: string): Promise<number> {
  const { shards } = await ask<Counts>(url, "GET", "counts");
  return shards.reduce((sum, { dead }) => sum + (dead?.batches ?? 0), 0);
}

function add(total: Done, answer: Done): void {
  for (const what of ["sent", "refused", "forgotten", "stays", "letters"] as const) {
    const more = answer[what];
    if (more !== undefined) total[what] = (total[what] ?? 0) + more;
  }
}

function progressText(done: Done, of: number | undefined): string {
  return `${count(done.letters)}${of === undefined ? "" : ` of ${count(of)}`} letters${counts(done)}`;
}

function tell(done: Done & { next?: string }, { json }: DeadFlags): void {
  if (json) printJson(done);
  else printText(`${counted(done.letters, "letter")}${counts(done)}\n`);
}

/** Such as `: 10 events sent, 2 refused still`. */
function counts({ sent, refused, forgotten, stays = 0 }: Done): string {
  const words = [
    ...(sent === undefined ? [] : [`${counted(sent, "event")} planned`]),
    ...(refused === undefined ? [] : [`${count(refused)} refused still`]),
    ...(forgotten === undefined ? [] : [`${counted(forgotten, "event")} forgotten`]),
  ];
  const own = words.length === 0 ? "" : `: ${words.join(", ")}`;
  if (stays === 0) return own;
  const which = stays === 1 ? "1 letter stays" : `${count(stays)} letters stay`;
  return `${own}; ${which}: nobody understands it still, or its outbox does not take it`;
}
