import { useMemo } from "preact/hooks";
import { checkMeanings, recordsLine, sentence, summary } from "split-events/internal/words";
import { isExample } from "../../example.js";
import type { Checked } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { type State, sendable } from "../../state/state.js";
import { Button } from "../../ui/button.js";
import { Downloads, jsonFile } from "../../ui/downloads.js";
import { Figures, Shares } from "../../ui/figures.js";
import { FileList } from "../../ui/file-list.js";
import { useFlow, useScene } from "../../ui/stage.js";
import { VerdictView } from "../../ui/verdict.js";
import { Differently } from "./Differently.js";
import { InputTroubles, Kinds, troublesOf } from "./kinds.js";

const text = messages.problems;

/** Shows what the check found, before anything is sent. */
export function ProblemsStep({ state, checked }: { state: State; checked: Checked }) {
  const flow = useFlow();
  const { files, sent, warm, look } = state;
  const { report, unread } = checked;
  const dropped = new Set(warm?.dropped);
  const lost = Object.keys(report.issueCounts).some((code) => dropped.has(code));
  const isBroken = troublesOf(report).length > 0 || unread !== undefined;
  const verdict = text.verdict(report, { dropped: lost, broken: isBroken });
  const eyebrow = sent ? text.eyebrowAfter : text.eyebrow;
  const records = recordsLine(report);
  const said = records === "" ? "" : ` ${sentence(records)}`;
  const saved = useMemo(() => jsonFile(report), [report]);
  useScene({
    id: `problems ${sent ? "after" : "before"} ${verdict.headline}`,
    heading: verdict.headline,
    announcement: `${verdict.detail} ${summary(report)}.${said} ${eyebrow}.`,
  });
  return (
    <section class="card check">
      <VerdictView {...verdict} eyebrow={eyebrow} />
      {isExample(files) && report.repaired === report.events && <p class="aside">{text.own}</p>}
      <FileList files={files} />
      {records !== "" && <p class="aside">{sentence(records)}</p>}
      {isBroken && <InputTroubles report={report} unread={unread} />}
      {report.events > 0 && (
        <>
          <Shares
            list={[
              { kind: "clean", n: report.clean },
              { kind: "repaired", n: report.repaired },
              { kind: "refused", n: report.refused },
            ]}
          />
          <Figures
            list={[
              { kind: "events", n: report.events, meaning: text.found },
              { kind: "clean", n: report.clean, meaning: checkMeanings.clean },
              { kind: "repaired", n: report.repaired, meaning: checkMeanings.repaired },
              { kind: "refused", n: report.refused, meaning: checkMeanings.refused },
              { kind: "warned", n: report.warned, meaning: checkMeanings.warned },
            ]}
          />
        </>
      )}
      <div class="actions">
        {sent && <Button onPress={() => flow.go("receipt")}>{text.toReceipt}</Button>}
        {!sent && sendable(state) > 0 && <Button onPress={() => flow.go("plan")}>{text.goOn(sendable(state))}</Button>}
        {!sent && look && (
          <Button look="quiet" onPress={() => flow.go("columns")}>
            {text.toColumns}
          </Button>
        )}
        <Button look="quiet" onPress={() => flow.go("file")}>
          {text.other}
        </Button>
      </div>
      {report.issues.some(({ index }) => index !== null) && <h2>{text.heading}</h2>}
      <Kinds report={report} dropped={dropped} />
      <div class="extras">
        {!sent && <Differently reading={state.reading} />}
        <Downloads list={[{ label: text.report, name: "split-events-check.json", content: saved }]} />
      </div>
    </section>
  );
}
