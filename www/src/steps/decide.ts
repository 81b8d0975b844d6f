import { counted, eventsIn } from "split-events/internal/words";
import type { Decisions } from "../memory/journal.js";
import type { ListedSend } from "../memory/memory.js";
import { decisionForm } from "../ui/decisions.js";
import { button, h } from "../ui/dom.js";
import { moment } from "../ui/format.js";
import { fileNames } from "../ui/past-sends.js";
import { type Scene, title } from "../ui/stage.js";

/** Lets the user decide about the unknown events of an earlier send. */
export function decideScene(
  send: ListedSend,
  { onDecide, onBack }: { onDecide: (decisions: Decisions) => void; onBack: () => void },
): Scene {
  const { unknown = [] } = send;
  const events = eventsIn(unknown);
  const heading = events === 1 ? "Did this event arrive?" : `Did these ${counted(events, "event")} arrive?`;
  const content = h(
    "section",
    { class: "card" },
    title(heading),
    h("p", { class: "lead" }, ...fileNames(send.files), `, sent to ${send.host} ${moment(new Date(send.at))}.`),
    decisionForm(unknown, { label: "Save these decisions", onDecide }),
    h("div", {}, button("Back", onBack, { class: "link" })),
  );
  return { step: "Choose", heading, content };
}
