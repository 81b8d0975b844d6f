import type { Issue, Report, Severity } from "split-events";
import { button, foreign, h } from "./dom.js";
import { count } from "./format.js";

const SEVERITIES: readonly Severity[] = ["error", "repair", "warning", "note"];
const NAMES: Record<Severity, string> = { error: "Refused", repair: "Repaired", warning: "Warning", note: "Note" };
const FIRST = 5;

interface Group {
  code: string;
  n: number;
  issues: [Issue, ...Issue[]];
}

/** The issues by code, the gravest and most frequent first; `dropped` are the codes that cost an event. */
export function issueList(report: Report, dropped: ReadonlySet<string>): HTMLElement {
  const groups = groupsOf(report, dropped);
  const several = new Set(report.issues.map(({ file }) => file)).size > 1;
  return h(
    "div",
    { class: "issues" },
    ...groups.map((group, at) => groupView(group, { dropped, several, open: at === 0 })),
  );
}

/** What is wrong with an input as a whole, in one line. */
export function inputErrors({ issues }: Report): HTMLElement[] {
  return issues
    .filter(({ severity, index }) => severity === "error" && index === null)
    .map(({ file, line, message, hint }) =>
      h(
        "p",
        {},
        foreign(file ?? "input", "name"),
        line === null || line === 1 ? "" : `, line ${count(line)}`,
        `: ${message}; ${hint}.`,
      ),
    );
}

function groupsOf({ issues, issueCounts }: Report, dropped: ReadonlySet<string>): Group[] {
  const groups = new Map<string, Group>();
  for (const issue of issues.filter(({ severity, index }) => severity !== "error" || index !== null)) {
    const group = groups.get(issue.code);
    if (group) group.issues.push(issue);
    else groups.set(issue.code, { code: issue.code, n: issueCounts[issue.code] ?? 0, issues: [issue] });
  }
  const rank = ({ issues: [{ severity }] }: Group) => SEVERITIES.indexOf(severity);
  const harm = ({ code }: Group) => Number(dropped.has(code));
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || harm(b) - harm(a) || b.n - a.n);
}

function groupView(
  { code, n, issues }: Group,
  { dropped, several, open }: { dropped: ReadonlySet<string>; several: boolean; open: boolean },
): HTMLElement {
  const { severity, message, hint } = issues[0];
  const body = h("div", { class: "body" });
  const details = h(
    "details",
    { class: `issue ${severity}`, "data-code": code, open },
    h(
      "summary",
      {},
      h("span", { class: "severity" }, NAMES[severity]),
      h("span", { class: "message" }, message),
      h("span", { class: "n" }, `${count(n)} ×`),
    ),
    body,
  );
  // There may be hundreds of groups with a hundred places each.
  const fill = () => {
    if (!details.open || body.hasChildNodes()) return;
    body.append(
      h("p", { class: "hint" }, `${hint.charAt(0).toUpperCase()}${hint.slice(1)}.`),
      places(issues, several),
      h(
        "p",
        { class: "small" },
        h("code", {}, code),
        dropped.has(code) && " · sent as it is, the service would drop such an event without a word",
        n > issues.length && ` · the first ${count(issues.length)} of ${count(n)} are listed`,
      ),
    );
  };
  details.addEventListener("toggle", fill);
  fill();
  return details;
}

function places(issues: readonly Issue[], several: boolean): HTMLElement {
  const rows = h("tbody", {}, ...issues.slice(0, FIRST).map((issue) => placeRow(issue, several)));
  const rest = issues.slice(FIRST);
  const headings = [...(several ? ["File"] : []), "Line", "Event", "Field", "Found"];
  const table = h(
    "table",
    { class: "places" },
    h("thead", {}, h("tr", {}, ...headings.map((text) => h("th", { scope: "col" }, text)))),
    rows,
  );
  if (rest.length === 0) return table;
  const more = button(
    `Show ${count(rest.length)} more`,
    () => {
      rows.append(...rest.map((issue) => placeRow(issue, several)));
      more.remove();
      (rows.children[FIRST] as HTMLElement | undefined)?.focus();
    },
    { class: "link" },
  );
  return h("div", {}, table, more);
}

function placeRow({ file, line, index, path, got }: Issue, several: boolean): HTMLElement {
  const cell = (heading: string, content: Node | string) => h("td", { "data-heading": heading }, content);
  return h(
    "tr",
    { tabindex: "-1" },
    several && cell("File", foreign(file ?? "", "name")),
    cell("Line", line === null ? "–" : count(line)),
    cell("Event", index === null ? "–" : count(index + 1)),
    cell("Field", path === "" ? "–" : foreign(path)),
    cell("Found", got === "" ? "nothing" : h("code", {}, foreign(got))),
  );
}
