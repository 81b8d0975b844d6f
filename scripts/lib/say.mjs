import { stripVTControlCharacters } from "node:util";

const terminal = process.stdout.isTTY === true && process.env.TERM !== "dumb";
export const colours = terminal && !process.env.NO_COLOR;

/** @type {(code: number) => (text: string) => string} */
const paint = (code) => (text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint(1);
export const dim = paint(2);
const red = paint(31);
const green = paint(32);

/** An error that is printed as one line, without a stack trace. `output` is what the failed tool printed. */
export class Failure extends Error {
  /** Whether a step has printed it already. */
  said = false;

  /**
   * @param {string} message
   * @param {string} [output]
   */
  constructor(message, output = "") {
    super(message);
    // some tools print colours even with NO_COLOR
    this.output = (colours ? output : stripVTControlCharacters(output)).trimEnd();
  }
}

// If the reader of the output has gone, such as `head`, the script and its children end.
process.stdout.on("error", () => process.exit(1));

/** @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * Runs `work` and prints one line: the title, what `work` returned, and its time.
 *
 * @param {string} title
 * @param {() => Said | Promise<Said>} work
 * @typedef {string | void} Said
 */
export async function step(title, work) {
  const started = performance.now();
  const time = () => dim(`${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (terminal) process.stdout.write(`${dim("…")} ${title.slice(0, (process.stdout.columns || 80) - 3)}`);
  const clear = terminal ? "\r\u001b[K" : "";
  try {
    const more = await work();
    say(`${clear}${green("✓")} ${title}${more ? `: ${more}` : ""}  ${time()}`);
  } catch (error) {
    if (terminal) process.stdout.write(clear);
    if (!(error instanceof Failure)) throw error;
    if (error.output) say(error.output);
    say(`${red("✗")} ${title}: ${error.message}  ${time()}`);
    error.said = true;
    throw error;
  }
}

/**
 * Runs a script. An error becomes one line and the exit code 1, and ends every child.
 *
 * @param {() => Promise<void>} main
 */
export async function run(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Failure && error.said)) {
      if (error instanceof Failure && error.output) say(error.output);
      say(`${red("✗")} ${error instanceof Error ? error.message : String(error)}`);
      if (!(error instanceof Failure) && process.env.DEBUG) console.error(error);
    }
    process.exit(1);
  }
}
