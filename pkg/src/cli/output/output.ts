import { ProgressLine } from "./progress.js";
import { jsonLine, visible } from "./text.js";

/** The progress of the command that runs, on a terminal's standard error only. */
export const progress = new ProgressLine(process.stderr);

/** One line on standard error. */
export function say(line: string): void {
  progress.clear();
  process.stderr.write(`split-events: ${visible(line)}\n`);
}

/** A command on standard error, on a line of its own so that it can be copied. */
export function sayCommand(line: string): void {
  progress.clear();
  process.stderr.write(`  ${line}\n`);
}

/** The command's result on standard output: one line of JSON, or text for a person. */
export function printJson(value: unknown): void {
  progress.clear();
  process.stdout.write(jsonLine(value));
}

export function printText(text: string): void {
  progress.clear();
  process.stdout.write(text);
}

/** How the result is to be drawn for a person. */
export function drawing(): { color: boolean; columns?: number } {
  const { isTTY, columns } = process.stdout;
  const { NO_COLOR, TERM } = process.env;
  return { color: Boolean(isTTY) && !NO_COLOR && TERM !== "dumb", ...(columns ? { columns } : {}) };
}

/** A reader that has seen enough, such as `head`, ends a command quietly. */
export function outliveClosedPipes(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    say(`the result cannot be written: ${error.code ?? error.message}`);
    process.exitCode ||= 2;
  });
}
