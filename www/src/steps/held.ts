import { count, counted } from "split-events/internal/words";
import type { Again } from "../memory/journal.js";
import type { HeldBack } from "../memory/ledger.js";
import { button, h } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { type Scene, title } from "../ui/stage.js";
import { all } from "../words.js";

export interface HeldActions {
  onSend: (again: Again) => void;
  onOther: () => void;
  onBack: () => void;
}

/** Says which events were sent before. Sends the others, and all only if the user chooses so. */
export function heldScene(
  { sent, otherKey, fresh }: HeldBack,
  host: string,
  { onSend, onOther, onBack }: HeldActions,
): Scene {
  const held = sent + otherKey;
  const events = held + fresh;
  const which = held === events ? all(events) : `${count(held)} of ${counted(events, "event")}`;
  const how = sent === 0 ? ", with another key" : "";
  const heading = `${which} ${held === 1 ? "was" : "were"} sent before${how}.`;
  const lead =
    fresh === 0
      ? "There is nothing new to send."
      : `The ${fresh === 1 ? "other one is" : `other ${counted(fresh, "event")} are`} new and can be sent.`;

  const withThisKey = choice("other-key", {
    found: `${were(otherKey)} sent from this browser to ${host} before with another SDK key. They are held back unless you tick the box.`,
    label: `Send ${these(otherKey)} with this key, too`,
    consequence:
      "Do so if this key is of another environment. If it is a new key of the same environment, they count twice.",
  });
  const again = choice("again", {
    found: `${were(sent)} sent from this browser to ${host} before, or may have been. They are held back, so that they do not count twice.`,
    label: `Send ${otherKey > 0 ? `all ${counted(held, "event")}` : these(sent)} again all the same`,
    consequence: "Events that arrive a second time count twice in your metrics, and that cannot be undone.",
  });
  const sendButton = button("", () => onSend({ sent: again.box.checked, otherKey: withThisKey.box.checked }));
  const draw = () => {
    withThisKey.box.disabled = again.box.checked;
    if (again.box.checked) withThisKey.box.checked = true;
    const repeated = again.box.checked ? held : withThisKey.box.checked ? otherKey : 0;
    sendButton.textContent = `Send ${counted(fresh + repeated, "event")}`;
    sendButton.className = repeated > 0 ? "button danger" : "button";
    sendButton.hidden = fresh + repeated === 0;
  };
  again.box.addEventListener("change", draw);
  withThisKey.box.addEventListener("change", draw);
  draw();

  const content = h(
    "section",
    { class: "card held" },
    title(heading),
    h("p", { class: "lead" }, lead),
    otherKey > 0 && withThisKey.element,
    sent > 0 && again.element,
    h(
      "div",
      { class: "actions" },
      sendButton,
      button("Choose other files", onOther, { class: fresh === 0 ? "button" : "button quiet" }),
      button("Back", onBack, { class: "button quiet" }),
    ),
  );
  return { step: "Send", heading, content, announcement: lead };
}

/** Draws what was found, and a box to send it all the same. */
function choice(
  id: string,
  { found, label, consequence }: { found: string; label: string; consequence: string },
): { element: HTMLElement; box: HTMLInputElement } {
  const box = h("input", { type: "checkbox", id, "aria-describedby": `${id}-found ${id}-consequence` });
  const element = notice(
    "warning",
    h("p", { id: `${id}-found` }, found),
    h("p", { class: "choice" }, box, h("label", { for: id }, label)),
    h("p", { id: `${id}-consequence`, class: "small" }, consequence),
  );
  return { element, box };
}

function were(n: number): string {
  return n === 1 ? "1 event was" : `${count(n)} events were`;
}

function these(n: number): string {
  return n === 1 ? "it" : `these ${counted(n, "event")}`;
}
