import { parseArgs } from "node:util";
import type { Case } from "./cases/case.ts";
import { cases } from "./cases/cases.ts";
import { RUNTIMES, type RuntimeName } from "./runtimes/runtime.ts";

export interface Options {
  cases: readonly Case[];
  runtimes: readonly RuntimeName[];
  quick: boolean;
  /** Compares with an earlier build instead of the peers. */
  baseline: boolean;
  /** The folder of the package to compare with. Default: the baseline's. */
  package: string | undefined;
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
               (tables and records of other systems: 2 MB and 3 runs instead of 8 MB and 9)
  --baseline   compare with the package of \`npm run baseline\`, in Node, in 21 pairs of runs; exit code 1
               if a case takes over ${LIMIT} times as long
  --package X  compare with the package in folder X instead
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
      package: { type: "string" },
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
  const paired = values.baseline || values.package !== undefined;
  if (values.limit !== undefined && !paired) throw new Error(`--limit is for --baseline\n${USAGE}`);
  const runtimes = RUNTIMES.filter((name) => values[name]);
  const elsewhere = runtimes.some((name) => name !== "node");
  if (paired && elsewhere) throw new Error(`--baseline is for Node alone\n${USAGE}`);
  const chosen = cases.filter(({ name }) => values.case.includes(name));
  if (elsewhere && chosen.some(({ bars }) => bars)) {
    throw new Error(`tables and records of other systems are measured in Node alone\n${USAGE}`);
  }
  const usual = cases.filter(({ bars }) => !bars || (!elsewhere && !values.baseline));
  return {
    cases: chosen.length > 0 ? chosen : usual,
    runtimes: runtimes.length === 0 ? ["node"] : runtimes,
    quick: values.quick,
    baseline: paired,
    package: values.package,
    limit,
    output: values.json ? "json" : values.markdown ? "markdown" : "table",
  };
}
