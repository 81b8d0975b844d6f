import { useMemo } from "preact/hooks";
import {
  count,
  heldBack,
  leftToSend,
  recordsLine,
  sentence,
  stateAdvice,
  stateMeanings,
  summary,
  type UndeliveredState,
} from "split-events/internal/words";
import type { Sent } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { Button } from "../../ui/button.js";
import { type Download, Downloads, jsonFile } from "../../ui/downloads.js";
import { Figures, Shares } from "../../ui/figures.js";
import { Notice } from "../../ui/notice.js";
import { useFlow, useScene } from "../../ui/stage.js";
import { VerdictView } from "../../ui/verdict.js";
import { InputTroubles, troublesOf } from "../problems/kinds.js";
import { UnacceptedBatches } from "./batches.js";
import { DecisionForm } from "./decisions.js";

const UNDELIVERED = ["refused", "unknown", "unsent"] as const satisfies UndeliveredState[];
const STATES = ["accepted", ...UNDELIVERED] as const;
const text = messages.receipt;

/** Shows how every event ended. */
export function ReceiptStep({ sent }: { sent: Sent }) {
  const flow = useFlow();
  const { receipt, open, unread, id, past } = sent;
  const { events, accepted, refused, unknown, unsent, otherKey, stopped, complete } = receipt;
  const left = leftToSend(receipt);
  // the page no longer knows what was accepted: the same files would be sent whole
  const isForgotten = stopped?.reason === "journal_failed";
  const isBroken = troublesOf(receipt).length > 0 || unread !== undefined || !complete;
  const verdict = text.verdict(receipt, { broken: isBroken });
  const records = recordsLine(receipt);
  const files = useMemo(() => downloadsOf(sent), [sent]);
  const [meanings, advice] = [stateMeanings(receipt), stateAdvice(receipt)];
  const meaning = (state: (typeof STATES)[number]) =>
    [meanings[state], ...(advice[state] === undefined ? [] : [advice[state]])].map(sentence).join(" ");
  const isCorrected = refused > 0 && left === 0;
  useScene({
    id: `receipt ${id} ${receipt.batches.length} ${accepted}`,
    heading: verdict.headline,
    announcement: `${verdict.detail} ${summary(receipt)}.`,
  });
  return (
    <section class="card receipt">
      <VerdictView {...verdict} eyebrow={text.eyebrow} joy={verdict.mood === "accepted"} />
      {records !== "" && <p class="aside">{sentence(records)}</p>}
      {stopped && (
        <Notice tone="warning">
          <p>
            <strong>{text.early}</strong>
            {isForgotten ? text.forgotten : `${stopped.message}.`}
          </p>
          {isForgotten && accepted + unknown > 0 && left > 0 && <p>{text.onlyWhatIsLeft}</p>}
        </Notice>
      )}
      {isBroken && <InputTroubles report={receipt} unread={unread} more={complete ? undefined : text.incomplete} />}
      <Shares list={STATES.map((kind) => ({ kind, n: receipt[kind] }))} />
      <Figures list={STATES.map((kind) => ({ kind, n: receipt[kind], meaning: meaning(kind) }))} />
      <p class="sum">
        {`${count(accepted)} + ${count(refused)} + ${count(unknown)} + ${count(unsent)} = ${count(events)}. `}
        <span>{text.accounted}</span>
      </p>
      {open.length > 0 && (
        <div class="undecided">
          <h2>{text.arrived(open.length)}</h2>
          {past ? (
            <DecisionForm
              list={open}
              label={messages.decide.save}
              onDecide={(decisions) => void flow.decideLater(past, decisions)}
            />
          ) : (
            <DecisionForm list={open} label={text.apply} onDecide={(decisions) => void flow.decideNow(id, decisions)} />
          )}
        </div>
      )}
      <UnacceptedBatches batches={receipt.batches} apart={new Set(open.map((batch) => batch.id))} />
      <h2>{text.save}</h2>
      <Downloads list={files} />
      {past && refused + unknown + unsent > 0 && <p class="small">{text.keptWithout}</p>}
      {unsent > heldBack(receipt) && !past && (
        <p class="small">
          {text.terminal}
          <code>{commandFor(sent)}</code>
        </p>
      )}
      {isCorrected && <p>{text.correct}</p>}
      <div class="actions">
        {left === 0 && otherKey > 0 && !past && (
          <Button look="quiet" onPress={() => void flow.send()}>
            {text.withThisKey(otherKey)}
          </Button>
        )}
        {left > 0 && !isForgotten && !past && <Button onPress={() => flow.go("plan")}>{text.sendLeft}</Button>}
        <Button look={left > 0 && !past ? "quiet" : "main"} onPress={() => flow.go("file")}>
          {isCorrected ? text.corrected : text.other}
        </Button>
        {!past && (
          <Button look="quiet" onPress={() => flow.go("problems")}>
            {text.seeCheck}
          </Button>
        )}
      </div>
    </section>
  );
}

function commandFor({ endpoint }: Sent): string {
  const to = endpoint === undefined ? "" : `--endpoint '${endpoint.replaceAll("'", "%27")}' `;
  return `npx split-events send ${to}--preset unsent split-events-unsent.ndjson`;
}

function downloadsOf({ receipt, batches, undelivered, refusedTable }: Sent): Download[] {
  const names = text.downloads;
  return [
    { label: names.json, name: "split-events-receipt.json", content: jsonFile(receipt) },
    ...(batches ? [{ label: names.csv, name: "split-events-batches.csv", content: batches }] : []),
    ...UNDELIVERED.filter((state) => undelivered && receipt[state] > 0).map((state) =>
      state === "refused" && refusedTable
        ? { label: names.table(receipt.refused), name: "split-events-refused.csv", content: refusedTable }
        : {
            label: names.state(receipt[state], state),
            name: `split-events-${state}.ndjson`,
            content: (undelivered as NonNullable<Sent["undelivered"]>)[state],
          },
    ),
  ];
}
