import { rowsFor } from "../options/rows.js";
import { refuseKeyArguments, replaceAlone, withoutKey, withoutOwnKey } from "./environment/key.js";
import { Failure } from "./failure.js";
import { flagOf } from "./flags/flags.js";
import { outliveClosedPipes, printJson, say } from "./output/output.js";
import { exit } from "./output/verdict.js";
import { run } from "./program.js";

const args = process.argv.slice(2);

async function main(): Promise<number> {
  try {
    refuseKeyArguments(args);
    return await run(args);
  } catch (error) {
    return fail(error);
  }
}

/** Says what went wrong in one line; 2, since whatever gets here came before anything was sent. */
function fail(error: unknown): number {
  const { code, message } = described(error);
  if (args.includes("--json")) printJson({ error: { code, message } });
  say(message);
  if (process.env.SPLIT_EVENTS_DEBUG && error instanceof Error) {
    process.stderr.write(`${withoutKey(error.stack ?? "")}\n`);
  }
  return exit.usage;
}

function described(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: "unexpected", message: `unexpected: ${withoutKey(String(error))}` };
  const { name, message } = error;
  if (name === "ConfigError") return { code: codeOf(error), message: inFlags(ofOthers(error)) };
  if (name === "InputError" || name === "StoreError" || error instanceof Failure)
    return { code: codeOf(error), message: ofOthers(error) };
  return { code: "unexpected", message: `unexpected ${name}: ${withoutKey(message)}` };
}

/** The message without the key, in what it repeats of arguments and of its cause. The words of this package stay. */
function ofOthers({ message, cause }: Error): string {
  let text = message;
  for (const argument of args) {
    const value = argument.replace(/^--[^=]*=/, "");
    if (value !== withoutOwnKey(value)) text = replaceAlone(text, value, withoutOwnKey(value));
  }
  const why = cause instanceof Error ? cause.message : "";
  return why === "" ? text : text.replaceAll(why, withoutKey(why));
}

function codeOf(error: Error): string {
  return (error as Failure).code;
}

/** What the library says of an option, said of the flag. Credentials in a URL are not repeated. */
function inFlags(message: string): string {
  const [named] = /^\S+(?= (must|does) )/.exec(message) ?? [];
  const row = [...rowsFor("send"), ...rowsFor("KnownKeys.read")].find(({ name }) => name === named);
  const flag = row && flagOf(row);
  return (flag === undefined ? message : message.replace(named as string, flag))
    .replace(/(?<= without )ledger\b/, "--ledger")
    .replaceAll(/\bapiKey\b/g, "SPLIT_API_KEY")
    .replaceAll(/\/\/[^/\s]*@/g, "//");
}

outliveClosedPipes();
process.on("uncaughtException", (error) => process.exit(fail(error)));
process.exitCode = await main();
