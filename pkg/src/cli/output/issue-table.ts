import type { Issue, Report } from "../../node.js";
import { count, issueGroups, issueText } from "../../words/index.js";
import { inFlags } from "../flags/names.js";
import { type Colors, grid, type Line, right } from "./grid.js";
import { placeOf } from "./place.js";
import { visible } from "./text.js";

/** Draws the issues by code, each with its first event. */
export function issueTable({ issueCounts, issues }: Report, width: number, colors: Colors): string {
  const groups = issueGroups(issues, issueCounts);
  if (groups.length === 0) return "";
  const rows = groups.map(({ n, issues: [issue] }) => ({
    cells: [colored(issue, colors), right(count(n)), placeOf(issue)],
    below: explanation(issue, colors),
  }));
  return grid(["issue", "times", "first at"], rows, width, colors);
}

function colored({ severity, code }: Issue, colors: Colors): string {
  if (severity === "error") return colors.red(code);
  return severity === "note" ? colors.dim(code) : colors.yellow(code);
}

function explanation(issue: Issue, colors: Colors): Line[] {
  const lines: Line[] = [{ text: visible(issueText({ ...issue, message: inFlags(issue.message) })) }];
  // some messages end with what was found
  if (!issue.message.endsWith(issue.got)) lines.push({ text: found(issue), exact: true });
  if (issue.hint !== "") lines.push({ text: colors.dim(`→ ${visible(inFlags(issue.hint))}`) });
  return lines;
}

/** Tells the byte if no field says where to look. */
function found({ path, byteOffset, got }: Issue): string {
  const at = path === "" && byteOffset !== null ? ` at byte ${byteOffset}` : "";
  return `found${at}: ${visible(got)}`;
}
