import { type EarlierSend, howEarlier } from "../sent-files.js";
import { button, h } from "../ui/dom.js";
import { counted, timeOfDay } from "../ui/format.js";

/** Whether the user really wants to send what was sent before. */
export function askAgain(earlier: EarlierSend, events: number): Promise<boolean> {
  const dialog = h("dialog", { "aria-labelledby": "again", class: "card" });
  dialog.append(
    h("h2", { id: "again" }, "Send them a second time?"),
    h(
      "p",
      {},
      `What you sent at ${timeOfDay(earlier.at)} ended with ${howEarlier(earlier)}. ` +
        "Whatever arrives a second time counts twice in your metrics, and nothing can take it back.",
    ),
    h(
      "div",
      { class: "actions" },
      button("Do not send", () => dialog.close("no"), { class: "button", autofocus: true }),
      button(`Send ${counted(events, "event")} again`, () => dialog.close("yes"), { class: "button danger" }),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
