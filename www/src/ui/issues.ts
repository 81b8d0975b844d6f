import type { Issue, Report, Severity } from "split-events";
import {
  count,
  type IssueGroup,
  isInputError,
  issueGroups,
  inputErrors as listInputErrors,
  sentence,
  withOptions,
} from "split-events/internal/words";
import { button, foreign, h } from "./dom.js";

const NAMES: Record<Severity, string> = { error: "Refused", repair: "Repaired", warning: "Warning", note: "Note" };
const FIRST = 5;

/** Lists the issues by code; among equally grave ones those first whose events the service would drop. */
export function issueList(report: Report, dropped: ReadonlySet<string>): HTMLElement {
  const issues = report.issues.filter((issue) => !isInputError(issue));
  const groups = issueGroups(issues, report.issueCounts, dropped);
  const several = new Set(report.issues.map(({ file }) => file)).size > 1;
  return h(
    "div",
    { class: "issues" },
    ...groups.map((group, at) => groupView(group, { dropped, several, open: at === 0 })),
  );
}

/** Lists what is wrong with an input as a whole, one line each. */
export function inputErrors(report: Report): HTMLElement[] {
  return listInputErrors(report).map(({ file, line, message, hint }) =>
    h(
      "p",
      {},
      foreign(file ?? "input", "name"),
      line === null || line === 1 ? "" : `, line ${count(line)}`,
      inPageNames(`: ${message}; ${hint}.`),
    ),
  );
}

function groupView(
  { code, n, issues }: IssueGroup,
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
      h("span", { class: "message" }, inPageNames(message)),
      h("span", { class: "n" }, `${count(n)} ×`),
    ),
    body,
  );
  // there may be hundreds of groups with a hundred places each
  const fill = () => {
    if (!details.open || body.hasChildNodes()) return;
    body.append(
      h("p", { class: "hint" }, sentence(inPageNames(hint))),
      places(issues, several),
      h(
        "p",
        { class: "small" },
        h("code", {}, code),
        dropped.has(code) && " · unchanged, the service would silently drop such an event",
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

function placeRow({ file, line, index, path, got, byteOffset }: Issue, several: boolean): HTMLElement {
  // no field says where to look
  const at = path === "" && byteOffset !== null && got !== "" ? `at byte ${byteOffset}: ` : "";
  const cell = (heading: string, content: Node | string) => h("td", { "data-heading": heading }, content);
  return h(
    "tr",
    { tabindex: "-1" },
    several && cell("File", foreign(file ?? "", "name")),
    cell("Line", line === null ? "–" : count(line)),
    cell("Event", index === null ? "–" : count(index + 1)),
    cell("Field", path === "" ? "–" : foreign(path)),
    cell("Found", got === "" ? "nothing" : h("span", {}, at, h("code", {}, foreign(got)))),
  );
}

/** Where the page has the options that messages and hints name. */
const OPTIONS: Record<string, string> = {
  format: "“Read the files as” (under “Check differently”)",
  normalizeNames: "normalizeNames (under “Check differently”)",
  flatten: "flatten (under “Check differently”)",
  map: "--map of the command",
  maxBytes: "--max-bytes of the command",
  timestampUnit: "--timestamp-unit of the command",
};

function inPageNames(text: string): string {
  return withOptions(text, (option) => OPTIONS[option]);
}
