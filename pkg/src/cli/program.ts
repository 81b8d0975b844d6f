import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { nearest } from "../options/near.js";
import type { ResolveFlags } from "./commands/resolve.js";
import type { SandboxFlags } from "./commands/sandbox.js";
import { Failure } from "./failure.js";
import { addFlags, oneOf, wholeNumber } from "./flags/flags.js";
import type { CheckFlags, JournalFlags, MapFlags, PlanFlags, ResumeFlags, SendFlags } from "./flags/options.js";
import { printText } from "./output/output.js";
import { addWorkerCommands } from "./worker/commands.js";

const EXIT_CODES = `
Exit codes:
  0  all is well
  1  some events were refused, or a part of the input could not be read
  2  wrong usage, or the input could not be read; nothing was sent
  3  some events are unknown or unsent, or the input was not read to its end, whatever else happened`;

const ENVIRONMENT = `
Environment:
  SPLIT_API_KEY             the SDK key (not the Admin key); if it is not set, you are asked for it
  HTTPS_PROXY, HTTP_PROXY   the proxy to go through; NO_PROXY lists the hosts to reach without it
  NO_COLOR                  no colours

Ctrl-C stops: nothing more is sent, the requests in flight are waited for, and the receipt is printed.
A second Ctrl-C cuts off the requests in flight; their events end unknown.`;

const JOURNAL = `
Without --journal, an import that ends early, as by Ctrl-C, is kept in ~/.local/state/split-events (or below
XDG_STATE_HOME; on Windows LOCALAPPDATA), readable by you only, and the command that resumes it is printed. After
kill -9, a closed terminal or a power cut only an import with --journal can be resumed.`;

const RESUME = `
The files are read again where they were, and must not have changed. Of standard input, what was read before is sent.
Events are checked and batched as when the import began. The key is not kept. If the import is finished, nothing is
sent, and its receipt is printed again.`;

const MAP = `
It looks at the first megabyte. If the file is an export of a system that it knows, the mapping is that of the preset.
Otherwise it proposes one, by the names of the columns and by what the values look like.
Exit code 1: something is missing, and the flag that says it is shown.`;

const SPANS = `
A <span> is a time, as 500ms, 30s, 2m or 1h. A number without a unit is milliseconds.`;

/** The help of resume's flags whose default is what the import began with. */
const KEPT = {
  endpoint: "where to post; default the endpoint that the import began with",
  ledger: "a directory of all imports; default the ledger that the import began with",
  ledgerDays: "how many days the ledger remembers an event; default as the import began",
};

/** The help of plan's flags that only send acts on. */
const PLANNED = {
  endpoint: "where the events would be posted; a ledger keeps endpoints apart",
  ledger: "count the events that this ledger would hold back; with SPLIT_API_KEY set, also those sent with another key",
  ledgerDays: "how many days the ledger remembers an event",
  resend: "other-key: plan as send --resend other-key would send",
};

const SANDBOX = "Stands in for the service on this machine: keeps the events that it took, and fails if it is told to.";

/** The function of the package whose options a command takes. */
const TAKERS = { check: "check", map: "suggestMapping", plan: "Batcher", send: "send" } as const;

const RESOLVE = `
The next resume does what you decided. Until then you can take it back with --as unknown.`;

/** What `--as` takes, in the order of the help. */
const RESOLUTIONS = ["accepted", "resend", "drop", "unknown"];

/** Runs the command that the arguments name, and returns its exit code. */
export async function run(args: string[]): Promise<number> {
  if (args.includes("--no-journal") && args.some((arg) => /^--journal(=|$)/.test(arg))) {
    throw new Failure(
      "usage",
      "give --journal or --no-journal, not both: they exclude each other; see split-events send --help",
    );
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

  command(program, "check", "check events; nothing is sent")
    .addHelpText(
      "after",
      examples("check events.json", "check --strict --json part-*.ndjson", "check -  < events.json"),
    )
    .action(async (files: string[], _: CheckFlags, command: Command) => {
      code = await (await import("./commands/check.js")).checkCommand(files, command.optsWithGlobals());
    });

  command(program, "map", "show how events can be made of the records of a file")
    .option("--write <file>", "write the mapping to this file, for --mapping")
    .addHelpText("after", MAP)
    .addHelpText(
      "after",
      examples(
        "map export.csv",
        "map --set trafficTypeName=user --map user_id=key export.csv",
        "map --timestamp-zone Europe/Berlin --write mapping.json export.csv",
      ),
    )
    .action(async (file: string, _: MapFlags, command: Command) => {
      code = await (await import("./commands/map.js")).mapCommand(file, command.optsWithGlobals());
    });

  program
    .command("presets")
    .description("Lists the exports of other systems that can be read, or prints the mapping of one.")
    .summary("list the exports of other systems that can be read")
    .argument("[name]", "the preset whose mapping is printed")
    .addOption(json())
    .addHelpText("after", examples("presets", "presets segment > mapping.json"))
    .action(async (name: string | undefined, _: unknown, command: Command) => {
      code = await (await import("./commands/presets.js")).presetsCommand(name, command.optsWithGlobals());
    });

  addFlags(command(program, "plan", "show which batches would be sent; nothing is sent"), "send", PLANNED, [
    ...Object.keys(PLANNED),
    "preset",
  ])
    .addHelpText("after", examples("plan events.json", "plan --ledger sent --json events.json"))
    .action(async (files: string[], _: PlanFlags, command: Command) => {
      code = await (await import("./commands/plan.js")).planCommand(files, command.optsWithGlobals());
    });

  writing(command(program, "send", "send events, and say how each ended"))
    .option("--no-journal", "keep no journal: an import that ends early cannot be resumed")
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

  writing(addFlags(journalled(program, "resume", "go on with an import that ended early"), "resumeImport", KEPT))
    .addHelpText("after", SPANS)
    .addHelpText("after", RESUME)
    .addHelpText("after", examples("resume --journal june", "resume --journal june --json --concurrency 1"))
    .addHelpText("after", ENVIRONMENT)
    .action(async (_: ResumeFlags, command: Command) => {
      code = await (await import("./commands/resume.js")).resumeCommand(command.optsWithGlobals());
    });

  journalled(program, "unknown", "list the batches whose outcome is unknown")
    .addHelpText("after", examples("unknown --journal june", "unknown --journal june --json"))
    .action(async (_: JournalFlags, command: Command) => {
      code = await (await import("./commands/unknown.js")).unknownCommand(command.optsWithGlobals());
    });

  journalled(program, "resolve", "decide about batches whose outcome is unknown")
    .argument("[id...]", "ids of batches, as split-events unknown lists them")
    .option("--all", "all unknown batches; with --as unknown, all that were decided")
    .addOption(
      new Option(
        "--as <word>",
        "accepted: they arrived; resend: send them again, they may count twice; drop: give them up; " +
          "unknown: take the decision back",
      )
        .argParser(oneOf(RESOLUTIONS))
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
  program
    .command("sandbox")
    .description(SANDBOX)
    .summary("stand in for the service on this machine, for tests")
    .option("--port <n>", "the port to listen on; default any free port", inRange(0, 65_535))
    .option("--host <host>", "the address to listen on; default 127.0.0.1")
    .option("--max-bytes <n>", "answer 413 to larger bodies; default 10000000", inRange(1))
    .addHelpText("after", examples("sandbox --port 8787"))
    .action(async (flags: SandboxFlags) => (await import("./commands/sandbox.js")).sandboxCommand(flags));
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
    .argument(
      name === "map" ? "<file>" : "<file...>",
      "files of JSON, NDJSON, CSV, TSV, Parquet, Excel (.xlsx), also in gzip, zstd or zip; folders; - is standard input",
    );
  return addFlags(made, TAKERS[name]).addOption(json());
}

/** Adds a command for an import that has a journal. */
function journalled(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(`${description[0]?.toUpperCase()}${description.slice(1)}.`)
    .summary(description)
    .requiredOption("--journal <dir>", "the directory of the import's journal")
    .addOption(json());
}

/** Adds the flags for the files that are written beside the receipt. */
function writing(command: Command): Command {
  return command
    .option("--refused <file>", "write the refused events to this file, as NDJSON with reasons")
    .option("--unknown <file>", "the same for the unknown events")
    .option("--unsent <file>", "the same for the unsent events")
    .option("--csv <file>", "write the batches to this file, as CSV");
}

function inRange(from: number, to = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => wholeNumber(text, { from, to });
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
  const path = ["split-events", known?.name(), asked === known ? undefined : asked?.name()].filter(Boolean).join(" ");
  return new Failure("usage", `${usageText(error, asked ?? program)}; see ${path} --help`);
}

function usageText(error: CommanderError, command: Command): string {
  const names = command.commands.map((one) => one.name());
  const [, quoted = "", value = ""] = /'(.*?)'(?: argument '(.*)' is invalid)?/s.exec(error.message) ?? [];
  const [flag = ""] = quoted.split(" ");
  switch (error.code) {
    case "commander.help":
      return `name a command: ${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
    case "commander.unknownCommand": {
      const near = nearest(quoted, names);
      return `there is no command ${quoted}${near === undefined ? "" : `: did you mean ${near}?`}`;
    }
    case "commander.unknownOption":
      return unknownFlag(error, command);
    case "commander.missingArgument":
      return quoted === "file" ? "name a file, or - for standard input" : `the ${quoted} is missing`;
    case "commander.missingMandatoryOptionValue":
      return `${quoted} is missing`;
    case "commander.optionMissingArgument":
      return `${flag} needs a value: ${quoted}`;
    case "commander.invalidArgument": {
      const [, given = value, argument = flag] =
        /argument value '(.*)' is invalid for argument '(.*?)'/s.exec(error.message) ?? [];
      const [, choices] = /Allowed choices are (.*)\.$/s.exec(error.message) ?? [];
      const own = error.message.slice(error.message.indexOf("is invalid. ") + "is invalid. ".length);
      const reason = choices === undefined ? own : `must be one of ${choices}`;
      return /\?$|^(names|gives|is) /.test(reason)
        ? `${argument} ${reason}`
        : `${argument} ${reason}, but is ${/^-?\d+$/.test(given) ? given : JSON.stringify(given)}`;
    }
    case "commander.excessArguments":
      return `${command.name()} was given too many arguments`;
    default:
      return error.message
        .replace(/^error: /, "")
        .replaceAll("\n", " ")
        .trim()
        .replace(/\.$/, "");
  }
}

/** Names the flag that is not known. Its value is not shown: it may be a secret. */
function unknownFlag({ message }: CommanderError, command: Command): string {
  const flag = /^error: unknown option '(--[^=\s']*|-[^-])/.exec(message)?.[1] ?? "";
  const flags = command.options.flatMap(({ long }) => long ?? []);
  if (flags.includes(flag)) return `${flag} takes no value`;
  const takers = (command.parent?.commands ?? []).filter(({ options }) => options.some(({ long }) => long === flag));
  if (takers.length > 0) {
    return `${flag} is an option of ${takers.map((taker) => taker.name()).join(", ")}, not of ${command.name()}`;
  }
  const near = flag.length > 2 ? nearest(flag, flags) : undefined;
  return `unknown option ${flag}${near === undefined ? "" : `: did you mean ${near}?`}`;
}
