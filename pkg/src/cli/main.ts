import { refuseKeyArguments, replaceAlone, withoutKey, withoutOwnKey } from "./environment/key.js";
import { exit } from "./exit.js";
import { Failure } from "./failure.js";
import { configErrorInFlags } from "./flags/names.js";
import { outliveClosedPipes, printJson, say } from "./output/output.js";
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

/** Says in one line what went wrong. Returns 2: nothing was sent before an error that gets here. */
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
  if (name === "ConfigError") return { code: codeOf(error), message: configErrorInFlags(ofOthers(error)) };
  if (name === "InputError" || name === "StoreError" || name === "ModuleError" || error instanceof Failure)
    return { code: codeOf(error), message: ofOthers(error) };
  return { code: "unexpected", message: `unexpected ${name}: ${withoutKey(message)}` };
}

/** Blacks out the key in what a message repeats of arguments and of its cause. The words of this package stay. */
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

outliveClosedPipes();
process.on("uncaughtException", (error) => process.exit(fail(error)));
process.exitCode = await main();
