import { Argument, type Command, Option } from "commander";
import { counted } from "../../words/index.js";
import { exit } from "../exit.js";
import { Failure } from "../failure.js";
import { oneOf } from "../flags/flags.js";
import { printJson, printText, say } from "../output/output.js";
import { visible } from "../output/text.js";
import { ask } from "./ask.js";
import type { Counts } from "./counts-table.js";
import { addDeadCommands, type DeadFlags, listDead, MAY_HAVE_DONE_IT, tellSick } from "./dead.js";
import { health } from "./health.js";
import type { Listed, Partly } from "./tables.js";

const KEY_HELP = `
Environment:
  SPLIT_WORKER_ADMIN_KEY    the Worker's ADMIN_KEY`;

/** What can be decided about all batches in a state. */
const WORDS: Record<string, string[]> = {
  planned: ["send", "drop"],
  unknown: ["resend", "drop", "accepted"],
  refused: ["resend", "drop", "accepted"],
};

interface Flags extends Omit<DeadFlags, "all"> {
  as?: string;
  all?: string;
}

/** Adds the commands for a Worker. `ended` is called with the exit code. */
export function addWorkerCommands(program: Command, ended: (code: number) => void): void {
  const worker = program
    .command("worker")
    .description("Looks after the Cloudflare Worker that forwards events.")
    .summary("look after the Cloudflare Worker that forwards events")
    .helpCommand(false)
    .addHelpText("after", KEY_HELP);

  const action = <Given = Flags>(
    name: string,
    description: string,
    work: (flags: Given, id?: string) => Promise<number | undefined>,
  ) =>
    worker
      .command(name)
      .description(description)
      .requiredOption("--url <url>", "the address of the Worker, as https://split-events.example.workers.dev")
      .addOption(new Option("--json", "print one JSON value and nothing else"))
      .action(async (...args: unknown[]) => {
        const command = args.at(-1) as Command;
        ended((await work(command.optsWithGlobals() as Given, command.args[0])) ?? exit.ok);
      });

  action("counts", "Counts the events and batches that the Worker holds, by state.", async ({ url, json }) => {
    const counts = await ask<Counts>(url, "GET", "counts");
    return tellCounts(counts, json);
  });

  action("list", "Lists the batches in a state, or the dead letters.", async (flags, state = "") => {
    if (state === "dead") return listDead(flags);
    if (flags.before !== undefined || flags.code !== undefined) {
      throw new Failure("usage", "--before and --code are for list dead");
    }
    const query = new URLSearchParams({
      state,
      limit: flags.limit ?? "100",
      ...(flags.after && { after: flags.after }),
    });
    const listed = await ask<Listed>(flags.url, "GET", `batches?${query}`);
    if (flags.json) printJson(listed);
    else printText((await import("./tables.js")).entriesTable(listed));
    return tellSick(listed);
  })
    .addArgument(new Argument("<state>").choices(["planned", "dispatching", "unknown", "refused", "dead"]))
    .option("--limit <n>", "most entries to list; default 100")
    .option("--after <cursor>", "list the entries after this cursor, which the list before this one printed")
    .option("--before <time>", "dead letters whose request came before, as 2026-11-30")
    .option("--code <code>", "dead letters with events that were refused with this code");

  action("show <id>", "Prints the events of a batch or of a dead letter.", async ({ url }, id) => {
    const text = (await ask<string>(url, "GET", `batches/${encodeURIComponent(id ?? "")}`)).trimEnd();
    // the message may hold control characters that a terminal obeys
    const shown = process.stdout.isTTY ? text.split("\n").map(visible).join("\n") : text;
    printText(`${shown}\n`);
  });

  action(
    "resolve [id]",
    "Decides about a batch that is unknown, refused or planned, or with --all about all in a state.",
    async (flags, id) => {
      if ((id === undefined) === (flags.all === undefined))
        throw new Failure("usage", "give either an ID or --all STATE");
      const path = id === undefined ? `batches?state=${flags.all}` : `batches/${encodeURIComponent(id)}`;
      const words = WORDS[flags.all ?? ""];
      if (words !== undefined && !words.includes(flags.as ?? "")) {
        throw new Failure(
          "usage",
          `--as must be ${words.slice(0, -1).join(", ")} or ${words.at(-1)} with --all ${flags.all}`,
        );
      }
      const resolved = await ask<Resolved>(flags.url, "POST", path, { as: flags.as });
      if (flags.json) printJson(resolved);
      else printText(`${counted(resolved.resolved, "batch", "batches")} resolved\n`);
      const { pace } = resolved;
      if (pace && flags.as === "send") {
        say(
          `the pace does not answer (${visible(pace.error)}), so a pause of all shards goes on: use split-events worker resume when it answers`,
        );
      }
      return id === undefined ? tellSick(resolved, MAY_HAVE_DONE_IT) : pace && exit.open;
    },
  )
    .addOption(
      new Option(
        "--as <word>",
        "of unknown or refused batches: resend (send again, they may count twice), drop (give up), accepted (they " +
          "arrived); of planned ones: send (at once, which ends a pause), drop",
      )
        .argParser(oneOf([...new Set(Object.values(WORDS).flat())]))
        .makeOptionMandatory(),
    )
    .addOption(new Option("--all <state>", "every batch in this state").choices(Object.keys(WORDS)));

  addDeadCommands(action);

  action(
    "resume",
    "Ends all pauses and sends at once, including what was refused because of the key, the address or the account.",
    async ({ url, json }) => {
      const counts = await ask<Counts & { plannedAgain: number }>(url, "POST", "resume");
      if (!json) printText(`${counted(counts.plannedAgain, "refused batch", "refused batches")} will be sent again\n`);
      return tellCounts(counts, json);
    },
  );

  action("health", "Shows the Worker's settings, or what is wrong with them.", health);

  worker
    .command("deploy")
    .description("Creates the missing queues and secrets, then deploys. Can be repeated.")
    .option("--dir <folder>", "the folder with wrangler.jsonc", ".")
    .option("--dry-run", "bundle and say what would be done; nothing leaves this machine")
    .action(async (flags: { dir: string; dryRun?: boolean }) => {
      ended(await (await import("./deploy.js")).deploy(flags.dir, flags.dryRun ?? false));
    });
}

interface Resolved extends Partly {
  resolved: number;
}

/** Prints counts; the exit code is open if a shard or the pace does not answer. */
async function tellCounts(counts: Counts, json: boolean | undefined): Promise<number | undefined> {
  if (json) printJson(counts);
  else printText((await import("./counts-table.js")).countsTable(counts));
  return counts.pace.up && counts.shards.every(({ up }) => up) ? undefined : exit.open;
}
