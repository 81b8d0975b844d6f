import { parseArgs } from "node:util";
import { type Case, cases } from "./cases/cases.ts";
import { RUNTIMES, type RuntimeName } from "./runtimes/runtime.ts";

export interface Options {
  cases: readonly Case[];
  runtimes: readonly RuntimeName[];
  quick: boolean;
  /** Compares with an earlier build instead of the peers. */
  baseline: boolean;
  /** The largest ratio to the baseline's time that a case may have. */
  limit: number;
  output: "table" | "markdown" | "json";
}

const LIMIT = 1.03;

export const USAGE = `usage: npm run bench -- [options]
  --case NAME  one case only; may be given several times: ${cases.map(({ name }) => name).join(", ")}
  --node       in Node (default)
  --workerd    in workerd
  --browser    in Chromium
  --quick      4 MB and 3 runs instead of 19 MB and 11
  --baseline   compare with the package of \`npm run baseline\`, in Node, in 21 pairs of runs; exit code 1
               where a case takes over ${LIMIT} times as long
  --limit X    X times instead
  --markdown   the table as Markdown
  --json       one JSON value instead of the table`;

const flag = { type: "boolean", default: false } as const;

/** Reads the arguments. Returns `undefined` if help is wanted. Throws if an argument is wrong. */
export function options(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: { type: "string", multiple: true, default: [] },
      node: flag,
      workerd: flag,
      browser: flag,
      quick: flag,
      baseline: flag,
      limit: { type: "string" },
      markdown: flag,
      json: flag,
      help: flag,
    },
  });
  if (values.help) return undefined;
  const unknown = values.case.find((name) => !cases.some((one) => one.name === name));
  if (unknown !== undefined) throw new Error(`no case is called ${unknown}\n${USAGE}`);
  const limit = Number(values.limit ?? LIMIT);
  if (!(limit > 0)) throw new Error(`--limit ${values.limit} is not a number above 0\n${USAGE}`);
  if (values.limit !== undefined && !values.baseline) throw new Error(`--limit is for --baseline\n${USAGE}`);
  const runtimes = RUNTIMES.filter((name) => values[name]);
  if (values.baseline && runtimes.some((name) => name !== "node")) {
    throw new Error(`--baseline is for Node alone\n${USAGE}`);
  }
  return {
    cases: values.case.length === 0 ? cases : cases.filter(({ name }) => values.case.includes(name)),
    runtimes: runtimes.length === 0 ? ["node"] : runtimes,
    quick: values.quick,
    baseline: values.baseline,
    limit,
    output: values.json ? "json" : values.markdown ? "markdown" : "table",
  };
}
