import type { Issue, Report, Severity } from "../../node.js";
import { type Colors, grid, type Line, right } from "./grid.js";
import { placeOf } from "./place.js";
import { count, visible } from "./text.js";

const SEVERITIES: Severity[] = ["error", "repair", "warning", "note"];

/** The issues by code, the gravest and most frequent first, each shown by its first event. */
export function issueTable({ issueCounts, issues }: Report, width: number, colors: Colors): string {
  const firsts = new Map<string, Issue>();
  for (const issue of issues) if (!firsts.has(issue.code)) firsts.set(issue.code, issue);
  if (firsts.size === 0) return "";

  const rows = [...firsts.values()]
    .map((issue) => ({ issue, n: issueCounts[issue.code] ?? 0 }))
    .sort((a, b) => rank(a.issue) - rank(b.issue) || b.n - a.n)
    .map(({ issue, n }) => ({
      cells: [colored(issue, colors), right(count(n)), placeOf(issue)],
      below: explanation(issue, colors),
    }));
  return grid(["issue", "found", "first at"], rows, width, colors);
}

function rank({ severity }: Issue): number {
  return SEVERITIES.indexOf(severity);
}

function colored({ severity, code }: Issue, colors: Colors): string {
  if (severity === "error") return colors.red(code);
  return severity === "note" ? colors.dim(code) : colors.yellow(code);
}

function explanation({ path, message, got, hint }: Issue, colors: Colors): Line[] {
  const lines: Line[] = [{ text: visible(path === "" ? message : `${path}: ${message}`) }];
  if (got !== "") lines.push({ text: `got ${visible(got)}`, exact: true });
  if (hint !== "") lines.push({ text: colors.dim(visible(hint)) });
  return lines;
}
