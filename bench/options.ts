import { parseArgs } from "node:util";
import { type Case, cases } from "./cases/cases.ts";
import { RUNTIMES, type RuntimeName } from "./runtimes/runtime.ts";

export interface Options {
  cases: readonly Case[];
  runtimes: readonly RuntimeName[];
  quick: boolean;
  output: "table" | "markdown" | "json";
}

export const USAGE = `usage: npm run bench -- [options]
  --case NAME  one case only; may be given several times: ${cases.map(({ name }) => name).join(", ")}
  --node       in Node (default)
  --workerd    in workerd
  --browser    in Chromium
  --quick      4 MB and 3 runs instead of 19 MB and 11
  --markdown   the table as Markdown
  --json       one JSON value instead of the table`;

const flag = { type: "boolean", default: false } as const;

/** Throws where the arguments make no sense; nothing where help is wanted. */
export function options(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: { type: "string", multiple: true, default: [] },
      node: flag,
      workerd: flag,
      browser: flag,
      quick: flag,
      markdown: flag,
      json: flag,
      help: flag,
    },
  });
  if (values.help) return undefined;
  const unknown = values.case.find((name) => !cases.some((one) => one.name === name));
  if (unknown !== undefined) throw new Error(`there is no case ${unknown}\n${USAGE}`);
  const runtimes = RUNTIMES.filter((name) => values[name]);
  return {
    cases: values.case.length === 0 ? cases : cases.filter(({ name }) => values.case.includes(name)),
    runtimes: runtimes.length === 0 ? ["node"] : runtimes,
    quick: values.quick,
    output: values.json ? "json" : values.markdown ? "markdown" : "table",
  };
}
