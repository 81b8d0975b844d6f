import type { Command } from "commander";
import { count, counted } from "../../words/index.js";
import { exit } from "../exit.js";
import { Failure } from "../failure.js";
import { printJson, printText, progress, say, sayCommand } from "../output/output.js";
import { shellWord, visible } from "../output/text.js";
import { ask } from "./ask.js";
import type { Counts } from "./counts-table.js";
import type { Letters, Partly } from "./tables.js";

export interface DeadFlags {
  url: string;
  json?: boolean;
  all?: boolean;
  before?: string;
  code?: string;
  limit?: string;
  after?: string;
}

/** Makes a command. Its work returns the exit code unless that is 0. */
export type Action = (
  name: string,
  description: string,
  work: (flags: DeadFlags, id?: string) => Promise<number | undefined>,
) => Command;

/** Adds the commands for dead letters. */
export function addDeadCommands(action: Action): void {
  action("replay [id]", "Sends a dead letter through the Worker again, or with --all every one.", (flags, id) => {
    if ((id === undefined) === (flags.all === undefined)) throw new Failure("usage", "give either an ID or --all");
    if (id !== undefined) return one(flags, "POST", id);
    return walk(flags, { method: "POST", command: `replay --all${filterText(flags)}`, query: filterOf(flags) });
  })
    .option("--all", "every dead letter")
    .option("--code <code>", "with --all: only events that were refused with this code")
    .option(
      "--before <time>",
      "with --all: only letters whose request came before, as 2026-11-30 or 2026-11-30T12:00:00Z",
    )
    .option("--after <cursor>", "with --all: go on where an interrupted replay stopped");

  action("forget [id]", "Deletes a dead letter, or many: their events are lost.", (flags, id) => {
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
    .option("--before <time>", "letters whose request came before, as 2026-11-30 or 2026-11-30T12:00:00Z")
    .option("--code <code>", "events that were refused with this code; other events of their letters stay")
    .option("--after <cursor>", "go on where an interrupted forget stopped");
}

/** Runs `worker list dead`. */
export async function listDead(flags: Omit<DeadFlags, "all">): Promise<number | undefined> {
  const { url, json, limit, after } = flags;
  const query = new URLSearchParams({ ...(limit && { limit }), ...(after && { after }), ...filterOf(flags) });
  const listed = await ask<Letters>(url, "GET", `dead?${query}`);
  if (json) printJson(listed);
  else printText((await import("./tables.js")).lettersTable(listed, filterText(flags)));
  return tellSick(listed);
}

/** A shard may act on a call although nobody waits for its answer any more. */
export const MAY_HAVE_DONE_IT = "it may have done so all the same: look again";

/** Says which shards do not answer, and whether the list of shards may be short, and returns the exit code. */
export function tellSick({ sick = [], pace }: Partly, what = "its entries are not shown"): number | undefined {
  if (pace)
    say(
      `the pace does not answer (${visible(pace.error)}): if SHARDS was larger once, the shards beyond it are left out, since only the pace knows them`,
    );
  for (const { shard, error } of sick) say(`shard ${shard} does not answer (${visible(error)}): ${what}`);
  return pace || sick.length > 0 ? exit.open : undefined;
}

function filterOf({ before, code }: Pick<DeadFlags, "before" | "code">): Record<string, string> {
  return { ...(code !== undefined && { code }), ...(before !== undefined && { before }) };
}

/** Writes the filter as flags. */
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
  /** The command that goes on, without its cursor. */
  command: string;
  query: Record<string, string>;
}

/** Asks until the Worker has gone over all letters, and says how far it came and, if it was stopped, how to go on. */
async function walk(flags: DeadFlags, { method, command, query }: Walk): Promise<number | undefined> {
  const total: Done = { letters: 0 };
  const full = new Set<number>();
  const sick = new Map<number, string>();
  let pace: Partly["pace"];
  let next = flags.after;
  const goOn = () => {
    // without an answer nothing was done: the same command begins again
    if (next === undefined || next === flags.after) return;
    say("this goes on:");
    sayCommand(`split-events worker ${command} --after ${next} --url ${shellWord(flags.url)}`);
  };
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(exit.open);
    say("stopping after the next answer of the Worker; Ctrl-C again leaves at once");
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
      // a shard that was full before this command began may have room now; one that was full just now is left
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
  for (const shard of full) say(`shard ${shard} is full: it takes no replay until it has sent some of its batches`);
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

/** Says what was done, as `: 10 events planned, 2 refused again`. */
function counts({ sent, refused, forgotten, stays = 0 }: Done): string {
  const words = [
    ...(sent === undefined ? [] : [`${counted(sent, "event")} planned`]),
    ...(refused === undefined ? [] : [`${count(refused)} refused again`]),
    ...(forgotten === undefined ? [] : [`${counted(forgotten, "event")} forgotten`]),
  ];
  const own = words.length === 0 ? "" : `: ${words.join(", ")}`;
  if (stays === 0) return own;
  return `${own}; ${counted(stays, "letter stays", "letters stay")}: still unreadable, or refused by the outbox again`;
}
