import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { Failure } from "./failure.js";
import type { CheckFlags, JournalFlags, PlanFlags, ResumeFlags, SendFlags } from "./options.js";
import { printText } from "./output.js";
import type { ResolveFlags } from "./resolve.js";
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

const RESUME = `
Files are found where they were, and refused if they have changed. Of a standard input what had been read is sent.
How events are checked and batched, the endpoint and the ledger are those that the import began with; the key is not
kept. An import that is finished sends nothing, and its receipt is printed again.`;

const KNOWN_KEYS = "the keys that getTreatment() was given, a line each or CSV; others are warned of";
const KNOWN_KEYS_COLUMN = "the column that has them; default key";

/** Runs the command that the arguments name; its exit code. */
export async function run(args: string[]): Promise<number> {
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
      code = await (await import("./check.js")).checkCommand(files, command.optsWithGlobals());
    });

  batching(command(program, "plan", "say which batches would be sent; nothing is sent"))
    .addHelpText("after", examples("plan events.json", "plan --max-events 100 --json events.json"))
    .action(async (files: string[], _: PlanFlags, command: Command) => {
      code = await (await import("./plan.js")).planCommand(files, command.optsWithGlobals());
    });

  delivering(batching(command(program, "send", "send the events and say how each ended")))
    .option("--journal <dir>", "a directory of this import, so that resume goes on after a crash or Ctrl-C")
    .option("--ledger <dir>", "a directory of all imports: what an earlier one has delivered is not sent again")
    .option("--ledger-days <n>", "how long the ledger remembers an event; default 90", number)
    .addHelpText(
      "after",
      examples(
        "send events.json",
        "send --refused refused.ndjson --unknown unknown.ndjson events.json",
        "send --journal june --ledger sent events.json",
      ),
    )
    .addHelpText("after", ENVIRONMENT)
    .action(async (files: string[], _: SendFlags, command: Command) => {
      code = await (await import("./send.js")).sendCommand(files, command.optsWithGlobals());
    });

  delivering(journalled(program, "resume", "send what an import that was broken off has left"))
    .option("--ledger <dir>", "another ledger than the import began with")
    .option("--ledger-days <n>", "how long the ledger remembers an event", number)
    .option("--known-keys <file>", KNOWN_KEYS)
    .option("--known-keys-column <name>", KNOWN_KEYS_COLUMN)
    .addHelpText("after", RESUME)
    .addHelpText("after", examples("resume --journal june", "resume --journal june --json --concurrency 1"))
    .addHelpText("after", ENVIRONMENT)
    .action(async (_: ResumeFlags, command: Command) => {
      code = await (await import("./resume.js")).resumeCommand(command.optsWithGlobals());
    });

  journalled(program, "unknown", "list what may have been taken or not")
    .addHelpText("after", examples("unknown --journal june", "unknown --journal june --json"))
    .action(async (_: JournalFlags, command: Command) => {
      code = await (await import("./unknown.js")).unknownCommand(command.optsWithGlobals());
    });

  journalled(program, "resolve", "say what is true of something unknown")
    .argument("<id>", "its id, as unknown lists it")
    .addOption(
      new Option("--as <word>", "accepted: the service has it; resend: send it again; drop: give it up")
        .choices(["accepted", "resend", "drop"])
        .makeOptionMandatory(),
    )
    .addHelpText("after", examples("resolve --journal june ID --as accepted", "resolve --journal june ID --as resend"))
    .action(async (id: string, _: ResolveFlags, command: Command) => {
      code = await (await import("./resolve.js")).resolveCommand(id, command.optsWithGlobals());
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

function command(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(`${description[0]?.toUpperCase()}${description.slice(1)}.`)
    .summary(description)
    .argument("<file...>", "JSON, NDJSON, CSV or TSV files; - is standard input")
    .option("--format <format>", "auto, json (an array, or objects), ndjson (one event a line), csv or tsv")
    .option(
      "--map <column=field>",
      "what a column of CSV or TSV is, as user_id=key or version=properties.version:text; - leaves it out",
      columnMap,
    )
    .option("--strict", "refuse what would be repaired")
    .option("--normalize-names", "turn spaces and other characters that an event type may not have into _")
    .option("--traffic-types <types>", "the traffic types that exist, as user,account; others are refused", list)
    .option("--flatten", "turn nested objects in properties into dotted names, as a.b.c")
    .option("--timestamp-unit <unit>", "auto (the magnitude tells), s, ms, us or ns")
    .option("--now <ms>", "the clock for warnings of old timestamps, in Unix milliseconds; off for none", clock)
    .option("--known-keys <file>", KNOWN_KEYS)
    .option("--known-keys-column <name>", KNOWN_KEYS_COLUMN)
    .option("--json", "print one JSON value and nothing else");
}

/** A command for an import that was begun before. */
function journalled(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(`${description[0]?.toUpperCase()}${description.slice(1)}.`)
    .summary(description)
    .requiredOption("--journal <dir>", "the directory that the import was begun with")
    .option("--json", "print one JSON value and nothing else");
}

function delivering(command: Command): Command {
  return command
    .option("--endpoint <url>", "where to post, such as http://127.0.0.1:8080/api/events/bulk")
    .option("--timeout <ms>", "milliseconds until a request without an answer is given up; default 30000", wholeNumber)
    .option("--concurrency <n>", "most requests in flight at once; default 4", wholeNumber)
    .option("--rate <n>", "most requests a second; default no limit", number)
    .option("--deadline <ms>", "milliseconds from the start after which nothing more is sent", wholeNumber)
    .option("--on-unknown <word>", "park (default) what may have been taken, or retry it: it may then count twice")
    .option("--retries <n>", "how often at most what was not taken is sent again; default 7", wholeNumber)
    .option("--refused <file>", "write the refused events there, as NDJSON with the reasons")
    .option("--unknown <file>", "the same for events that may have been taken or not")
    .option("--unsent <file>", "the same for events that were certainly not taken")
    .option("--csv <file>", "write the receipt there, as CSV with a row for each batch");
}

function batching(command: Command): Command {
  return command
    .option("--max-events <n>", "most events in a batch", wholeNumber)
    .option("--max-bytes <n>", "most bytes in a batch", wholeNumber);
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  split-events ${line}`).join("\n")}`;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It takes a whole number.");
  return Number(text);
}

function number(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError("It takes a number.");
  return Number(text);
}

function clock(text: string): number | false {
  if (text === "off") return false;
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It takes Unix milliseconds, or off.");
  return Number(text);
}

/** A column's name may hold `=`, a field's doesn't. */
function columnMap(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.lastIndexOf("=");
  if (at < 0) throw new InvalidArgumentError("It takes COLUMN=FIELD, as in user_id=key.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function list(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function version(): string {
  const file = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}

function usageFailure(error: CommanderError, program: Command): Failure {
  const name = program.args[0];
  const command = program.commands.some((known) => known.name() === name) ? `split-events ${name}` : "split-events";
  const help = `see ${command} --help`;
  if (error.code === "commander.help")
    return new Failure("usage", `a command is needed: check, plan, send, resume, unknown or resolve; ${help}`);
  return new Failure("usage", `${usageMessage(error)}; ${help}`);
}

// The value that came with an unknown option is not shown: it may be a secret.
function usageMessage({ code, message }: CommanderError): string {
  const line = message
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .trim()
    .replace(/\.$/, "");
  if (code !== "commander.unknownOption") return line;
  return line.replace(/unknown option '(--[^='\s]+|-[^-'])[^']*'/, "unknown option '$1'");
}
