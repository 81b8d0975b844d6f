import { type BatchGroup, placesOf, unacceptedGroups } from "split-events/internal/words";
import type { BatchReceipt } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { Foreign } from "../../ui/foreign.js";

const MOST = 20;
const text = messages.receipt;

/** Lists the batches that were not accepted, and why; without those of the ids `apart`. */
export function UnacceptedBatches({
  batches,
  apart,
}: {
  batches: readonly BatchReceipt[];
  apart: ReadonlySet<string>;
}) {
  const groups = unacceptedGroups(batches, apart);
  if (groups.length === 0) return null;
  return (
    <div class="unaccepted">
      <h2>{text.unaccepted}</h2>
      <ul class="batches">
        {groups.slice(0, MOST).map((group, at) => (
          <Group key={at} group={group} />
        ))}
      </ul>
      {groups.length > MOST && <p class="small">{text.moreReasons(groups.length - MOST)}</p>}
    </div>
  );
}

function Group({ group: { state, reason, message, batches, events, areNeighbours, span } }: { group: BatchGroup }) {
  return (
    <li class={`batch ${state}`}>
      <p>
        <strong>{state}</strong>
        {text.inBatches(events, batches)}
        {!areNeighbours && text.first}
        <SpanView span={span} />
      </p>
      <p class="message">
        {message} <code>{reason}</code>
      </p>
    </li>
  );
}

/** Writes where events lie, as ` at a.ndjson, lines 1 to 500`. */
export function SpanView({ span }: { span: BatchGroup["span"] }) {
  const [first, last] = placesOf(span);
  if (first === undefined) return null;
  return (
    <>
      {last === undefined ? text.at : text.from}
      <Place {...first} />
      {last && (
        <>
          {text.to}
          <Place {...last} />
        </>
      )}
    </>
  );
}

function Place({ file, at }: ReturnType<typeof placesOf>[number]) {
  if (file === undefined) return <>{at}</>;
  return (
    <>
      <Foreign text={file} name />, {at}
    </>
  );
}
