import { counted, HOW_TO_KNOW, nobodyKnows, stateCounts } from "split-events/internal/words";
import type { Counts, ListedSend } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { Button } from "../../ui/button.js";
import { FileNames } from "../../ui/foreign.js";
import { shortMoment } from "../../ui/format.js";
import { useFlow } from "../../ui/stage.js";

const MOST = 5;
const text = messages.file;

/** The sends with events that are left to send or to decide about. */
export function OpenSends({ sends }: { sends: readonly ListedSend[] }) {
  return <Section id="open-sends" heading={text.open} sends={sends.filter(({ open }) => open)} />;
}

/** The last sends that are over. */
export function PastSends({ sends }: { sends: readonly ListedSend[] }) {
  return <Section id="past-sends" heading={text.past} sends={sends.filter(({ open }) => !open).slice(0, MOST)} />;
}

function Section({ id, heading, sends }: { id: string; heading: string; sends: readonly ListedSend[] }) {
  if (sends.length === 0) return null;
  return (
    <section class="past" aria-labelledby={id}>
      <h2 id={id}>{heading}</h2>
      <ul>
        {sends.map((send) => (
          <Row key={send.id} send={send} />
        ))}
      </ul>
    </section>
  );
}

function Row({ send }: { send: ListedSend }) {
  const flow = useFlow();
  const { at, files, host, counts, open, unknown = [] } = send;
  return (
    <li class={open ? "open" : undefined}>
      <p>
        <strong>
          <FileNames names={files} more={text.moreFiles} />
        </strong>
        <br />
        <span class="small">{text.to(shortMoment(new Date(at)), host)}</span>
      </p>
      {counts && <p class="small">{countsText(counts)}</p>}
      {open && <p class="todo">{openText(send)}</p>}
      {(counts || unknown.length > 0 || (open && !open.elsewhere)) && (
        <div class="actions">
          {counts && (
            <Button look="link" onPress={() => void flow.recall(send.id)}>
              {text.seeReceipt}
            </Button>
          )}
          {unknown.length > 0 && (
            <Button look={open?.undecided ? "quiet" : "link"} onPress={() => flow.decide(send)}>
              {open?.undecided ? text.decide : text.changeDecision}
            </Button>
          )}
          {open && (
            <Button look="link" onPress={() => flow.ask({ about: "remove", send })}>
              {text.forgetSend}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

function countsText({ accepted, refused, unknown, unsent, sentBefore }: Counts): string {
  if (accepted + refused + unknown + unsent + sentBefore === 0) return text.noEvents;
  const held = sentBefore > 0 ? [text.sentBefore(sentBefore)] : [];
  const own = accepted + refused + unknown + unsent > 0 ? stateCounts({ accepted, refused, unknown, unsent }) : [];
  return [...own, ...held].join(" · ");
}

function openText({ open, left }: ListedSend): string {
  if (!open) return "";
  if (open.elsewhere) return text.elsewhere;
  const parts = [];
  if (open.undecided > 0) parts.push(`${nobodyKnows(counted(open.undecided, "event"))}. ${HOW_TO_KNOW}.`);
  if (open.unsent) parts.push(text.left(left));
  return parts.join(" ");
}
