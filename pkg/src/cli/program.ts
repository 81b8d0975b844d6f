import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { nearest } from "../options/near.js";
import type { ResolveFlags } from "./commands/resolve.js";
import { Failure } from "./failure.js";
import { addFlags } from "./flags/flags.js";
import type { CheckFlags, JournalFlags, PlanFlags, ResumeFlags, SendFlags } from "./flags/options.js";
import { printText } from "./output/output.js";
import { addWorkerCommands } from "./worker/commands.js";

const EXIT_CODES = `
Exit codes:
  0  all well
  1  something was refused, or a part of the input could not be read
  2  wrong usage or unreadable input; nothing was sent
  3  something is unknown or unsent, whatever else there is`;

const ENVIRONMENT = `
Environment:
  SPLIT_API_KEY             the SDK key (not the Admin key); asked for where it is not set
  HTTPS_PROXY, HTTP_PROXY   the proxy to go through; NO_PROXY lists the hosts to reach without it
  NO_COLOR                  no colours

Ctrl-C stops: nothing more is sent, what is in flight is waited for, and the receipt is printed.
A second Ctrl-C cuts off what is in flight; its events end unknown.`;

const JOURNAL = `
Without --journal a run that ends early, as by Ctrl-C, writes what is left to ~/.local/state/split-events (or below
XDG_STATE_HOME; on Windows LOCALAPPDATA), readable by you only, and prints the command that goes on. A run that leaves
nothing writes nothing. After kill -9, a closed terminal or a power cut only --journal goes on.`;

const RESUME = `
Files are found where they were, and refused if they have changed. Of a standard input what had been read is sent.
How events are checked and batched, the endpoint and the ledger are those that the import began with; the key is not
kept. An import that is finished sends nothing, and its receipt is printed again.`;

const SPANS = `
A span of time is 500ms, 30s, 2m or 1h; a number by itself is milliseconds.`;

/** What resume says of flags whose default is what the import began with. */
const KEPT = {
  endpoint: "another address than the import began with",
  ledger: "another ledger than the import began with",
  ledgerDays: "how long the ledger remembers an event",
};

/** What plan takes for what a ledger would hold back. */
const PLANNED = {
  endpoint: "where it would be sent, since a ledger keeps endpoints apart",
  ledger: "say what this ledger would hold back; where SPLIT_API_KEY is set, of which key it is, too",
  ledgerDays: "how long the ledger remembers an event",
  resend: "other-key: plan as send would with the same flag",
};

/** What the commands take that check and send, by the function of the package that does their work. */
const TAKERS = { check: "check", plan: "Batcher", send: "send" } as const;

const RESOLVE = `
A word holds from the next resume on; until then it can be taken back.`;

/** Runs the command that the arguments name; its exit code. */
export async function run(args: string[]): Promise<number> {
  if (args.includes("--no-journal") && args.some((arg) => /^--journal(=|$)/.test(arg))) {
    throw new Failure("usage", "--journal and --no-journal exclude each other; see split-events send --help");
  }
  let code = 0;
  const program = new Command("split-events")
    .description(
      "Checks events and sends them to Split (Harness FME), so that each ends accepted, refused, unknown or unsent.",
    )
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .addOption(new Option("--json").hideHelp())
    .exitOverride()
    .configureOutput({ writeOut: printText, writeErr: () => {} })
    .addHelpText("after", EXIT_CODES);

  command(program, "check", "say what is wrong with the events; nothing is sent")
    .addHelpText(
      "after",
      examples("check events.json", "check --strict --json part-*.ndjson", "check -  < events.json"),
    )
    .action(async (files: string[], _: CheckFlags, command: Command) => {
      code = await (await import("./commands/check.js")).checkCommand(files, command.optsWithGlobals());
    });

  addFlags(
    command(program, "plan", "say which batches would be sent; nothing is sent"),
    "send",
    PLANNED,
    Object.keys(PLANNED),
  )
    .addHelpText("after", examples("plan events.json", "plan --ledger sent --json events.json"))
    .action(async (files: string[], _: PlanFlags, command: Command) => {
      code = await (await import("./commands/plan.js")).planCommand(files, command.optsWithGlobals());
    });

  writing(command(program, "send", "send the events and say how each ended"))
    .option("--no-journal", "keep nothing of an import that ends early, so that nothing can be resumed")
    .addHelpText("after", SPANS)
    .addHelpText(
      "after",
      examples(
        "send events.json",
        "send --refused refused.ndjson --unknown unknown.ndjson events.json",
        "send --journal june --ledger sent events.json",
      ),
    )
    .addHelpText("after", JOURNAL)
    .addHelpText("after", ENVIRONMENT)
    .action(async (files: string[], _: SendFlags, command: Command) => {
      code = await (await import("./commands/send.js")).sendCommand(files, command.optsWithGlobals());
    });

  writing(
    addFlags(journalled(program, "resume", "send what an import that was broken off has left"), "resumeImport", KEPT),
  )
    .addHelpText("after", SPANS)
    .addHelpText("after", RESUME)
    .addHelpText("after", examples("resume --journal june", "resume --journal june --json --concurrency 1"))
    .addHelpText("after", ENVIRONMENT)
    .action(async (_: ResumeFlags, command: Command) => {
      code = await (await import("./commands/resume.js")).resumeCommand(command.optsWithGlobals());
    });

  journalled(program, "unknown", "list what may have been taken or not")
    .addHelpText("after", examples("unknown --journal june", "unknown --journal june --json"))
    .action(async (_: JournalFlags, command: Command) => {
      code = await (await import("./commands/unknown.js")).unknownCommand(command.optsWithGlobals());
    });

  journalled(program, "resolve", "say what is true of what is unknown, or take that back")
    .argument("[id...]", "ids, as unknown lists them")
    .option("--all", "all that is unknown, or, with --as unknown, all that was decided")
    .addOption(
      new Option(
        "--as <word>",
        "accepted: the service has it; resend: send it again; drop: give it up; unknown: take such a word back",
      )
        .choices(["accepted", "resend", "drop", "unknown"])
        .makeOptionMandatory(),
    )
    .addHelpText("after", RESOLVE)
    .addHelpText(
      "after",
      examples(
        "resolve --journal june ID --as accepted",
        "resolve --journal june ID ID ID --as drop",
        "resolve --journal june --all --as resend",
        "resolve --journal june ID --as unknown",
      ),
    )
    .action(async (ids: string[], _: ResolveFlags, command: Command) => {
      code = await (await import("./commands/resolve.js")).resolveCommand(ids, command.optsWithGlobals());
    });
  addWorkerCommands(program, (ended) => {
    code = ended;
  });

  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw usageFailure(error, program);
  }
  return code;
}

function command(program: Command, name: keyof typeof TAKERS, description: string): Command {
  const made = program
    .command(name)
    .description(`${description[0]?.toUpperCase()}${description.slice(1)}.`)
    .summary(description)
    .argument("<file...>", "JSON, NDJSON, CSV or TSV files; - is standard input");
  return addFlags(made, TAKERS[name]).addOption(json());
}

/** A command for an import that was begun before. */
function journalled(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(`${description[0]?.toUpperCase()}${description.slice(1)}.`)
    .summary(description)
    .requiredOption("--journal <dir>", "the directory that the import was begun with")
    .addOption(json());
}

/** What is written beside the receipt. */
function writing(command: Command): Command {
  return command
    .option("--refused <file>", "write the refused events there, as NDJSON with the reasons")
    .option("--unknown <file>", "the same for events that may have been taken or not")
    .option("--unsent <file>", "the same for events that were certainly not taken")
    .option("--csv <file>", "write the receipt there, as CSV with a row for each batch");
}

function json(): Option {
  return new Option("--json", "print one JSON value and nothing else");
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  split-events ${line}`).join("\n")}`;
}

function version(): string {
  const file = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}

function usageFailure(error: CommanderError, program: Command): Failure {
  const [name, part] = program.args;
  const known = program.commands.find((one) => one.name() === name);
  const asked = known?.commands.find((one) => one.name() === part) ?? known;
  const help = `see ${["split-events", known?.name(), asked === known ? undefined : part].filter(Boolean).join(" ")} --help`;
  if (error.code === "commander.help")
    return new Failure("usage", `a command is needed: check, plan, send, resume, unknown or resolve; ${help}`);
  if (error.code === "commander.unknownOption") return new Failure("usage", `${unknownFlag(error, asked)}; ${help}`);
  const line = error.message
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .trim();
  return new Failure("usage", `${line.replace(/\.$/, "")}; ${help}`);
}

/** The value that came with it is not shown: it may be a secret. */
function unknownFlag({ message }: CommanderError, command: Command | undefined): string {
  const flag = /^error: unknown option '(--[^=\s']*|-[^-])/.exec(message)?.[1] ?? "";
  const flags = (command?.options ?? []).flatMap(({ long }) => long ?? []);
  if (flags.includes(flag)) return `${flag} takes no value`;
  const takers = (command?.parent?.commands ?? []).filter(({ options }) => options.some(({ long }) => long === flag));
  if (takers.length > 0) {
    return `${flag} is an option of ${takers.map((taker) => taker.name()).join(", ")}, not of ${command?.name()}`;
  }
  const near = flag.length > 2 ? nearest(flag, flags) : undefined;
  return `unknown option ${flag}${near === undefined ? "" : `: did you mean ${near}?`}`;
}
