import type { CheckOptions, Format } from "split-events";
import { checkMeanings, counted, recordsLine, sentence, summary } from "split-events/internal/words";
import { isExample } from "../example.js";
import { type Import, sendable } from "../import.js";
import { button, h } from "../ui/dom.js";
import { downloads, jsonFile } from "../ui/downloads.js";
import { figures, shares } from "../ui/figures.js";
import { fileList } from "../ui/file-list.js";
import { inputErrors, issueList } from "../ui/issues.js";
import { notice } from "../ui/notice.js";
import type { Scene } from "../ui/stage.js";
import { verdictView } from "../ui/verdict.js";
import { checkVerdict } from "../words.js";

export interface CheckActions {
  /** Goes on to sending. */
  onSend: () => void;
  onOther: () => void;
  onOptions: (options: CheckOptions) => void;
  /** Goes back to the receipt, if these files were sent already. */
  onReceipt?: (() => void) | undefined;
}

/** Shows what the check found, before anything is sent. */
export function checkScene(checked: Import, dropped: ReadonlySet<string>, actions: CheckActions): Scene {
  const { files, report, unread } = checked;
  const lost = Object.keys(report.issueCounts).some((code) => dropped.has(code));
  const troubles = inputErrors(report);
  if (unread !== undefined) troubles.push(h("p", {}, `${unread}.`));
  const verdict = checkVerdict(report, { dropped: lost, broken: troubles.length > 0 });
  const eyebrow = actions.onReceipt ? "The check before sending" : "Nothing has been sent yet";
  const records = recordsLine(report);
  const saved = downloads([
    { label: "The whole check (JSON)", name: "split-events-check.json", content: jsonFile(report) },
  ]);

  const content = h(
    "section",
    { class: "card check" },
    verdictView(verdict, { eyebrow }),
    isExample(files) &&
      report.repaired === report.events &&
      h("p", { class: "aside" }, "And that is the documentation’s own example. It happens to the best."),
    fileList(files),
    records !== "" && h("p", { class: "aside" }, sentence(records)),
    troubles.length > 0 && notice("error", ...troubles),
    report.events > 0 &&
      shares([
        { kind: "clean", n: report.clean },
        { kind: "repaired", n: report.repaired },
        { kind: "refused", n: report.refused },
      ]),
    report.events > 0 &&
      figures([
        { kind: "events", n: report.events, meaning: "found in the files" },
        { kind: "clean", n: report.clean, meaning: checkMeanings.clean },
        { kind: "repaired", n: report.repaired, meaning: checkMeanings.repaired },
        { kind: "refused", n: report.refused, meaning: checkMeanings.refused },
        { kind: "warned", n: report.warned, meaning: checkMeanings.warned },
      ]),
    h("div", { class: "actions" }, ...nextActions(checked, actions)),
    report.issues.some(({ index }) => index !== null) && h("h2", {}, "What was found"),
    issueList(report, dropped),
    h("div", { class: "extras" }, !actions.onReceipt && optionsForm(checked.options, actions.onOptions), saved.element),
  );
  const said = records === "" ? "" : ` ${sentence(records)}`;
  const announcement = `${verdict.detail} ${summary(report)}.${said} ${eyebrow}.`;
  return { step: "Check", heading: verdict.headline, content, announcement, leave: saved.release };
}

function nextActions(checked: Import, { onSend, onOther, onReceipt }: CheckActions): HTMLElement[] {
  const n = sendable(checked);
  const other = button("Choose other files", onOther, { class: "button quiet" });
  if (onReceipt) return [button("Back to the receipt", onReceipt, { class: "button" }), other];
  return n > 0 ? [button(`Continue with ${counted(n, "event")}`, onSend, { class: "button" }), other] : [other];
}

function optionsForm(options: CheckOptions, onOptions: (options: CheckOptions) => void): HTMLElement {
  const option = (value: Format, label: string) =>
    h("option", { value, selected: (options.format ?? "auto") === value }, label);
  const format = h(
    "select",
    { id: "format" },
    option("auto", "what it looks like"),
    option("json", "JSON"),
    option("ndjson", "NDJSON: one event per line"),
    option("csv", "CSV: a table with commas"),
    option("tsv", "TSV: a table with tabs"),
  );
  const sheet = h("input", { type: "text", id: "sheet", value: options.sheet ?? "", autocomplete: "off" });
  const names = h("input", { type: "checkbox", id: "names", checked: options.normalizeNames });
  const flatten = h("input", { type: "checkbox", id: "flatten", checked: options.flatten });
  const strict = h("input", { type: "checkbox", id: "strict", checked: options.repair === "refuse" });
  const trafficType = h("input", {
    type: "text",
    id: "traffic-type",
    value: String(options.set?.trafficTypeName ?? ""),
  });
  const zone = h("input", { type: "text", id: "zone", value: options.timestampZone ?? "" });
  const again = h("button", { class: "button quiet" }, "Check again");
  const form = h(
    "form",
    {},
    h("p", {}, h("label", { for: "format" }, "Read the files as"), format),
    h("p", {}, h("label", { for: "sheet" }, "Sheet to read of a workbook (sheet)"), sheet),
    h(
      "p",
      { class: "choice" },
      names,
      h(
        "label",
        { for: "names" },
        "Turn spaces and other characters that an eventTypeId may not have into _ (normalizeNames)",
      ),
    ),
    h(
      "p",
      { class: "choice" },
      flatten,
      h("label", { for: "flatten" }, "Turn nested objects in properties into dotted names, as a.b.c (flatten)"),
    ),
    h("p", { class: "choice" }, strict, h("label", { for: "strict" }, "Repair nothing: refuse instead (strict)")),
    h(
      "p",
      {},
      h("label", { for: "traffic-type" }, "The traffic type of all events, if the files do not say it"),
      trafficType,
    ),
    h("p", {}, h("label", { for: "zone" }, "The time zone of times that name none, as Europe/Berlin or UTC"), zone),
    again,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onOptions({
      format: format.value as Format,
      ...(sheet.value.trim() !== "" && { sheet: sheet.value.trim() }),
      normalizeNames: names.checked,
      flatten: flatten.checked,
      repair: strict.checked ? "refuse" : "report",
      ...(trafficType.value.trim() !== "" && { set: { trafficTypeName: trafficType.value.trim() } }),
      ...(zone.value.trim() !== "" && { timestampZone: zone.value.trim() }),
    });
  });
  return h("details", { class: "options" }, h("summary", {}, "Check differently"), form);
}
