import type { Issue, Severity } from "../report/issue.js";
import type { Report } from "../report/report.js";

/** The gravest first. */
const SEVERITIES: readonly Severity[] = ["error", "repair", "warning", "note"];

export interface IssueGroup {
  code: string;
  /** How often the code was found; a report holds only the first issues of a code. */
  n: number;
  issues: [Issue, ...Issue[]];
}

/** Groups issues by code: the gravest first, of these those of the codes in `first`, then the most frequent. */
export function issueGroups(
  issues: readonly Issue[],
  issueCounts: Report["issueCounts"],
  first: ReadonlySet<string> = new Set(),
): IssueGroup[] {
  const groups = new Map<string, IssueGroup>();
  for (const issue of issues) {
    const group = groups.get(issue.code);
    if (group) group.issues.push(issue);
    else groups.set(issue.code, { code: issue.code, n: issueCounts[issue.code] ?? 0, issues: [issue] });
  }
  const rank = ({ issues: [{ severity }] }: IssueGroup) => SEVERITIES.indexOf(severity);
  const isFirst = ({ code }: IssueGroup) => Number(first.has(code));
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || isFirst(b) - isFirst(a) || b.n - a.n);
}

/** Lists the errors of an input as a whole, such as a file that is empty or not JSON. */
export function inputErrors({ issues }: Report): Issue[] {
  return issues.filter(isInputError);
}

export function isInputError({ severity, index }: Issue): boolean {
  return severity === "error" && index === null;
}

/** Says what is wrong with which field. A message that names its field by itself stands alone. */
export function issueText({ code, path, message }: Issue): string {
  return path === "" || namesField(code, path, message) ? message : `${path}: ${message}`;
}

/** `timestamp_missing` is a code of the field `timestamp`; a field of the user's may be called as a word of the message. */
function namesField(code: string, path: string, message: string): boolean {
  const field = path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return code.startsWith(`${field}_`) && message.split(/[^A-Za-z]/).includes(path);
}

/** Replaces the names of options, which stand between backquotes in messages and hints, by those of a surface. */
export function withOptions(text: string, nameOf: (option: string) => string | undefined): string {
  // a message may repeat text of the input, whose backquotes stay
  return text.replaceAll(/`(\w+)`/g, (quoted, option: string) => nameOf(option) ?? quoted);
}
