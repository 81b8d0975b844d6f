import { button, type Child, h } from "./dom.js";

export interface Question {
  title: string;
  text: readonly Child[];
  /** The label of the button that says yes. */
  yes: string;
  no: string;
}

/** Asks before a step that cannot be taken back. Enter and Escape say no. */
export function ask({ title, text, yes, no }: Question): Promise<boolean> {
  const dialog = h("dialog", { "aria-labelledby": "question", class: "card" });
  dialog.append(
    h("h2", { id: "question" }, title),
    ...text.filter((part) => part !== false && part !== undefined),
    h(
      "div",
      { class: "actions" },
      button(no, () => dialog.close("no"), { class: "button", autofocus: true }),
      button(yes, () => dialog.close("yes"), { class: "button danger" }),
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
