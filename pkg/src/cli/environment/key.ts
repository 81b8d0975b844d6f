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
 * Throws if a key was given as an argument, before anything could echo it. Every user of the machine sees arguments, and
 * they stay in the shell's history.
 */
export function refuseKeyArguments(args: readonly string[]): void {
  for (const argument of args) {
    if (argument === "--") return;
    if (!argument.startsWith("-") || argument === "-") continue;
    const option = argument.split(/[=:\s]/, 1)[0] ?? "";
    if (!KEY_OPTIONS.has(option.replaceAll(/[-_]/g, "").toLowerCase()) && !/^-[kH]/.test(argument)) continue;
    throw new Failure(
      "key_as_argument",
      "the key cannot be given as an argument, where other users and the shell's history would see it: " +
        "set SPLIT_API_KEY in the environment, or leave the key out and type it when asked",
    );
  }
}

let key: string | undefined;

/** Blacks out the key in a text that came from outside, such as an answer or an error of the system. */
export function withoutKey(text: string, secret = key ?? process.env.SPLIT_API_KEY): string {
  return secret ? text.replaceAll(secret, "[key]") : text;
}

/** Blacks out the key in a text of the user's, such as a path or an address, unless it is a part of a word there. */
export function withoutOwnKey(text: string): string {
  const secret = key ?? process.env.SPLIT_API_KEY;
  return secret ? replaceAlone(text, secret, "[key]") : text;
}

/** Replaces a text wherever it is no part of a word. */
export function replaceAlone(text: string, what: string, by: string): string {
  const literal = what.replaceAll(/[^A-Za-z0-9]/g, "\\$&");
  return text.replaceAll(new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, "g"), () => by);
}

export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
}

/** Returns the key of the environment, or asks for it with a hidden prompt if there is a terminal. */
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
  return new Failure(
    "no_key",
    "the key is missing: set SPLIT_API_KEY to the SDK key (not the Admin key) of your environment",
  );
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
