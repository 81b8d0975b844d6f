import type { ListedSend } from "../memory/memory.js";
import { ask } from "../ui/ask.js";
import { h } from "../ui/dom.js";
import { fileNames } from "../ui/past-sends.js";

/** Asks whether the page shall forget all that it remembers. */
export function askToForget(): Promise<boolean> {
  return ask({
    title: "Forget everything?",
    text: [
      h("p", {}, "This page forgets what it keeps in this browser:"),
      h(
        "ul",
        { class: "bullets" },
        h("li", {}, "which events it has sent: sent again, they would count twice"),
        h(
          "li",
          {},
          "sends that are not finished: they can no longer go on, and you can no longer decide about their unknown events",
        ),
        h("li", {}, "the list of earlier sends, and the key and address that you typed"),
      ),
      h("p", {}, "Nothing changes in Split or in your files. A tab that is sending now stops."),
    ],
    yes: "Forget everything",
    no: "Keep it",
  });
}

/** Asks whether the page shall forget a send that is not finished. */
export function askToRemove({ files }: ListedSend): Promise<boolean> {
  return ask({
    title: "Forget this send?",
    text: [
      h(
        "p",
        {},
        "Sending ",
        ...fileNames(files),
        " can then no longer go on where it stopped, and you can no longer decide about its unknown events.",
      ),
      h("p", {}, "The events that it has sent, or may have, stay remembered: they are not sent twice."),
    ],
    yes: "Forget this send",
    no: "Keep it",
  });
}
