import { Argument, type Command, Option } from "commander";
import { Failure } from "../failure.js";
import { printJson, printText, say } from "../output/output.js";
import { counted, visible } from "../output/text.js";
import { exit } from "../output/verdict.js";
import { ask } from "./ask.js";
import { type Counts, countsTable } from "./counts-table.js";
import { addDeadCommands, type DeadFlags, listDead, MAY_HAVE_DONE_IT, tellSick } from "./dead.js";
import { health } from "./health.js";
import { entriesTable, type Listed, type Partly } from "./tables.js";

const KEY_HELP = `
Environment:
  SPLIT_WORKER_ADMIN_KEY    the Worker's ADMIN_KEY`;

/** What may be said of all that stand so. */
const WORDS: Record<string, string[]> = {
  planned: ["send", "drop"],
  unknown: ["resend", "drop", "accepted"],
  refused: ["resend", "drop", "accepted"],
};

interface Flags extends Omit<DeadFlags, "all"> {
  as?: string;
  all?: string;
}

/** What is done with a running Worker, and how one gets there. `ended` is told the exit code. */
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
      .requiredOption("--url <url>", "where the Worker is, as https://split-events.example.workers.dev")
      .addOption(new Option("--json", "print one JSON value and nothing else"))
      .action(async (...args: unknown[]) => {
        const command = args.at(-1) as Command;
        ended((await work(command.optsWithGlobals() as Given, command.args[0])) ?? exit.ok);
      });

  action("counts", "Says how many events and batches are held, and in which state.", async ({ url, json }) => {
    const counts = await ask<Counts>(url, "GET", "counts");
    return tellCounts(counts, json);
  });

  action("list", "Lists what is planned, being sent, unknown, refused, or dead letters.", async (flags, state = "") => {
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
    else printText(entriesTable(listed));
    return tellSick(listed);
  })
    .addArgument(new Argument("<state>").choices(["planned", "dispatching", "unknown", "refused", "dead"]))
    .option("--limit <n>", "how many; default 100")
    .option("--after <cursor>", "begin behind this one, as the answer before says")
    .option("--before <time>", "dead letters whose request came before, as 2026-11-30")
    .option("--code <code>", "dead letters with events that were refused with this code");

  action("show <id>", "Prints the events of a batch or of a dead letter.", async ({ url }, id) => {
    const text = (await ask<string>(url, "GET", `batches/${encodeURIComponent(id ?? "")}`)).trimEnd();
    // a terminal would obey what stands in a message that nobody understands
    const shown = process.stdout.isTTY ? text.split("\n").map(visible).join("\n") : text;
    printText(`${shown}\n`);
  });

  action(
    "resolve [id]",
    "Says what becomes of a batch that is unknown, refused or planned, or with --all of all in a state.",
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
      else printText(`${resolved.resolved} resolved\n`);
      const { pace } = resolved;
      if (pace && flags.as === "send") {
        say(
          `the pace does not answer (${visible(pace.error)}): a pause of all shards is not over; resume when it answers`,
        );
      }
      return id === undefined ? tellSick(resolved, MAY_HAVE_DONE_IT) : pace && exit.open;
    },
  )
    .addOption(
      new Option(
        "--as <word>",
        "unknown or refused: resend (it may count twice), drop (it may be lost), accepted (the service has it); " +
          "planned: send (now, and a pause is over), drop",
      )
        .choices([...new Set(Object.values(WORDS).flat())])
        .makeOptionMandatory(),
    )
    .addOption(new Option("--all <state>", "every batch in this state").choices(Object.keys(WORDS)));

  addDeadCommands(action);

  action(
    "resume",
    "Ends a pause, and sends at once what waits and what was refused only for the key, the address or the account.",
    async ({ url, json }) => {
      const counts = await ask<Counts & { plannedAgain: number }>(url, "POST", "resume");
      if (!json) printText(`${counted(counts.plannedAgain, "refused batch", "refused batches")} planned again\n`);
      return tellCounts(counts, json);
    },
  );

  action("health", "Says whether the Worker's settings are right, and what is wrong with each.", health);

  worker
    .command("deploy")
    .description("Creates the queues and secrets that are missing, and deploys. Can be repeated.")
    .option("--dir <folder>", "the folder with wrangler.jsonc", ".")
    .option("--dry-run", "say what would be done, and bundle; nothing leaves this machine")
    .action(async (flags: { dir: string; dryRun?: boolean }) => {
      ended(await (await import("./deploy.js")).deploy(flags.dir, flags.dryRun ?? false));
    });
}

interface Resolved extends Partly {
  resolved: number;
}

/** What could not be asked leaves the exit code open. */
function tellCounts(counts: Counts, json: boolean | undefined): number | undefined {
  if (json) printJson(counts);
  else printText(countsTable(counts));
  return counts.pace.up && counts.shards.every(({ up }) => up) ? undefined : exit.open;
}
