import { Failure } from "../failure.js";

const KEY_OPTIONS = new Set([
  "apikey",
  "apitoken",
  "auth",
  "authorization",
  "bearer",
  "header",
  "key",
  "password",
  "sdkkey",
  "secret",
  "splitapikey",
  "token",
]);

/**
 * Finds a key given as an argument, before anything could echo it. Arguments are seen by every user of the
 * machine and stay in the shell's history.
 */
export function refuseKeyArguments(args: readonly string[]): void {
  for (const argument of args) {
    if (argument === "--") return;
    if (!argument.startsWith("-") || argument === "-") continue;
    const option = argument.split(/[=:\s]/, 1)[0] ?? "";
    if (!KEY_OPTIONS.has(option.replaceAll(/[-_]/g, "").toLowerCase()) && !/^-[kH]/.test(argument)) continue;
    throw new Failure(
      "key_as_argument",
      "the key is not taken as an argument, since other users and the shell's history would see it; " +
        "set SPLIT_API_KEY in the environment, or leave it out and type it when asked",
    );
  }
}

let key: string | undefined;

/** What somebody else wrote, such as an answer or an error of the system, with the key blacked out. */
export function withoutKey(text: string, secret = key ?? process.env.SPLIT_API_KEY): string {
  return secret ? text.replaceAll(secret, "[key]") : text;
}

/** What the user wrote, such as a path or an address, with the key blacked out where it stands by itself. */
export function withoutOwnKey(text: string): string {
  const secret = key ?? process.env.SPLIT_API_KEY;
  return secret ? replaceAlone(text, secret, "[key]") : text;
}

/** Replaces what stands by itself, and is no part of a word. */
export function replaceAlone(text: string, what: string, by: string): string {
  const literal = what.replaceAll(/[^A-Za-z0-9]/g, "\\$&");
  return text.replaceAll(new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, "g"), () => by);
}

export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
}

/** The key of the environment, or else of a hidden prompt where a person is there to answer. */
export async function findKey(
  env: NodeJS.ProcessEnv,
  inputIsStdin: boolean,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<string> {
  key = env.SPLIT_API_KEY;
  if (!key && !inputIsStdin && terminal.input.isTTY && terminal.output.isTTY) key = await askForKey(terminal);
  if (!key) throw noKey();
  return key;
}

function noKey(): Failure {
  return new Failure("no_key", "no key: set SPLIT_API_KEY to the SDK key (not the Admin key) of your environment");
}

async function askForKey({ input, output }: Terminal): Promise<string> {
  const { default: password } = await import("@inquirer/password");
  try {
    return await password({ message: "SDK key" }, { input, output });
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") throw noKey();
    throw error;
  }
}
