import type { Again } from "../memory/journal.js";
import type { HeldBack } from "../memory/ledger.js";
import { button, h } from "../ui/dom.js";
import { count, counted } from "../ui/format.js";
import { type Scene, title } from "../ui/stage.js";
import { all } from "../words.js";

export interface HeldActions {
  onSend: (again: Again) => void;
  onOther: () => void;
  onBack: () => void;
}

/** Some of it was sent before: says so, and sends the rest; all of it only where a person says so. */
export function heldScene(
  { sent, otherKey, fresh }: HeldBack,
  host: string,
  { onSend, onOther, onBack }: HeldActions,
): Scene {
  const held = sent + otherKey;
  const events = held + fresh;
  const heading =
    fresh === 0
      ? `${all(events)} ${events === 1 ? "was" : "were"} sent before.`
      : `${count(held)} of ${counted(events, "event")} ${held === 1 ? "was" : "were"} sent before.`;
  const lead =
    fresh === 0
      ? "Nothing new is left to send."
      : `The ${fresh === 1 ? "other one is" : `other ${counted(fresh, "event")} are`} new and can go.`;

  const choices: { box: HTMLInputElement; n: number; again: Again }[] = [];
  const choice = (n: number, again: Again, id: string, found: string, label: string, consequence: string) => {
    if (n === 0) return undefined;
    const box = h("input", { type: "checkbox", id, "aria-describedby": `${id}-found ${id}-consequence` });
    box.addEventListener("change", drawSend);
    choices.push({ box, n, again });
    return h(
      "div",
      { class: "notice warning" },
      h("p", { id: `${id}-found` }, found),
      h("p", { class: "choice" }, box, h("label", { for: id }, label)),
      h("p", { id: `${id}-consequence`, class: "small" }, consequence),
    );
  };
  const sendButton = button("", () => onSend(Object.assign({}, ...chosen().map(({ again }) => again))), {
    class: "button",
  });
  const chosen = () => choices.filter(({ box }) => box.checked);
  const drawSend = () => {
    const repeated = chosen().reduce((sum, { n }) => sum + n, 0);
    sendButton.textContent = `Send ${counted(fresh + repeated, "event")}`;
    sendButton.className = repeated > 0 ? "button danger" : "button";
    sendButton.hidden = fresh + repeated === 0;
  };

  const content = h(
    "section",
    { class: "card held" },
    title(heading),
    h("p", { class: "lead" }, lead),
    choice(
      sent,
      { sent: true },
      "again",
      `${sent === 1 ? "1 event was" : `${count(sent)} events were`} sent from this browser to ${host} before, or may have been. They stay here, so that they do not count twice.`,
      `Send ${sent === 1 ? "it" : `these ${counted(sent, "event")}`} again all the same`,
      "What arrives a second time counts twice in your metrics, and nothing can take it back.",
    ),
    choice(
      otherKey,
      { otherKey: true },
      "other-key",
      `${otherKey === 1 ? "1 event was" : `${count(otherKey)} events were`} sent from this browser to ${host} before with another SDK key. They stay here until you say otherwise.`,
      `Send ${otherKey === 1 ? "it" : `these ${counted(otherKey, "event")}`} with this key, too`,
      "Right where the key belongs to another environment. Where it is a new key of the same environment, they count twice.",
    ),
    h(
      "div",
      { class: "actions" },
      sendButton,
      button("Choose other files", onOther, { class: fresh === 0 ? "button" : "button quiet" }),
      button("Back", onBack, { class: "button quiet" }),
    ),
  );
  drawSend();
  return { step: "Send", heading, content, announcement: lead };
}
