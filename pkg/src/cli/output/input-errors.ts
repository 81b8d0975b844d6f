import type { Issue, Report } from "../../node.js";
import { count, inputErrors } from "../../words/index.js";
import { inFlags } from "../flags/names.js";
import { say } from "./output.js";
import { fileName } from "./text.js";

const MOST_LINES = 10;

/** Names each input that could not be read, or not to its end, and says why; one line each. */
export function sayInputErrors(report: Report): void {
  const lines = new Set(inputErrors(report).map(lineOf));
  for (const line of [...lines].slice(0, MOST_LINES)) say(line);
  if (lines.size > MOST_LINES) say(`… and ${count(lines.size - MOST_LINES)} more like these`);
}

function lineOf({ file, line, message, hint }: Issue): string {
  const name = fileName(file ?? "-");
  return `${line === null || line === 1 ? name : `${name}:${line}`}: ${inFlags(`${message}; ${hint}`)}`;
}
