import type { ListedSend } from "../memory/memory.js";
import { ask } from "../ui/ask.js";
import { h } from "../ui/dom.js";
import { fileNames } from "../ui/past-sends.js";

/** Whether the user really wants the page to forget all that it remembers. */
export function askToForget(): Promise<boolean> {
  return ask({
    title: "Forget everything?",
    text: [
      h("p", {}, "This page forgets what it keeps in this browser:"),
      h(
        "ul",
        { class: "bullets" },
        h("li", {}, "which rows it has sent. Rows sent before would be sent, and count, again"),
        h("li", {}, "sends that are not over. They can no longer go on, and unknown events can no longer be decided"),
        h("li", {}, "the list of earlier sends, and the key and address that you typed"),
      ),
      h("p", {}, "Nothing changes in Split or in your files. A tab that is sending now stops."),
    ],
    yes: "Forget everything",
    no: "Keep it",
  });
}

/** Whether the user really wants the page to forget a send that is not over. */
export function askToRemove({ files }: ListedSend): Promise<boolean> {
  return ask({
    title: "Forget this send?",
    text: [
      h(
        "p",
        {},
        "Sending ",
        ...fileNames(files),
        " can then no longer go on where it stopped, and what is unknown of it can no longer be decided.",
      ),
      h("p", {}, "What it has sent, or may have, stays remembered: those rows are not sent twice."),
    ],
    yes: "Forget this send",
    no: "Keep it",
  });
}
