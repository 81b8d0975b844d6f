import { ProgressLine } from "./progress.js";
import { jsonLine, visible } from "./text.js";

/** The progress line of the command, on standard error if that is a terminal. */
export const progress = new ProgressLine(process.stderr);

/** Writes one line to standard error. */
export function say(line: string): void {
  progress.clear();
  process.stderr.write(`split-events: ${visible(line)}\n`);
}

/** Writes a command to standard error, on a line of its own so that it can be copied. */
export function sayCommand(line: string): void {
  progress.clear();
  process.stderr.write(`  ${line}\n`);
}

/** Writes the command's result to standard output, as one line of JSON. */
export function printJson(value: unknown): void {
  progress.clear();
  process.stdout.write(jsonLine(value));
}

export function printText(text: string): void {
  progress.clear();
  process.stdout.write(text);
}

/** Returns how to draw the result for a person. */
export function drawing(): { color: boolean; columns?: number } {
  const { isTTY, columns } = process.stdout;
  const { NO_COLOR, TERM } = process.env;
  return { color: Boolean(isTTY) && !NO_COLOR && TERM !== "dumb", ...(columns ? { columns } : {}) };
}

/** Lets a reader that has seen enough, such as `head`, end the command quietly. */
export function outliveClosedPipes(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    say(`the result cannot be written: ${error.code ?? error.message}`);
    process.exitCode ||= 2;
  });
}
