import { exampleFile } from "../example.js";
import type { ListedSend } from "../memory/memory.js";
import { button, h } from "../ui/dom.js";
import { icon } from "../ui/icon.js";
import { notice, type Tone } from "../ui/notice.js";
import { openSends, type PastSendActions, pastSends } from "../ui/past-sends.js";
import { type Scene, title } from "../ui/stage.js";

export interface ChooseActions extends PastSendActions {
  onFiles: (files: File[]) => void;
}

/** A notice above the choice of files. */
export interface Notice {
  tone: Tone;
  text: string;
}

const LEAD =
  "Split (Harness FME) answers “202 Accepted” and silently drops bad events later. This page finds them first, " +
  "repairs what it can, sends what is good, and tells you how every single event ended.";

/** Shows what the page is for, and asks for files. `sends` are those of this browser, which take a moment to read. */
export function chooseScene(actions: ChooseActions, sends: Promise<ListedSend[]>, above?: Notice): Scene {
  const { onFiles } = actions;
  const heading = "Know what Split would drop. Before you send it.";
  const [open, past] = [h("div", { class: "past-place" }), h("div", { class: "past-place" })];
  sends.then(
    (known) => {
      open.replaceChildren(...openSends(known, actions));
      past.replaceChildren(...pastSends(known, actions));
    },
    () => {}, // the send step says why sends cannot be read
  );
  const content = h(
    "div",
    { class: "choose" },
    h("div", { class: "pitch" }, title(heading), h("p", { class: "lead" }, LEAD)),
    above && notice(above.tone, h("p", {}, above.text)),
    open,
    dropZone(onFiles),
    h(
      "p",
      { class: "try" },
      button("Try the documentation’s example", () => onFiles([exampleFile()]), { class: "button quiet" }),
      h("span", {}, "Two events, word for word from the service’s own documentation. Guess how many would arrive."),
    ),
    past,
    conversation(),
    promises(),
  );
  return { step: "Choose", heading, content, ...(above?.tone === "plain" && { announcement: above.text }) };
}

function dropZone(onFiles: (files: File[]) => void): HTMLElement {
  const input = h("input", {
    type: "file",
    id: "files",
    multiple: true,
    class: "unseen",
    "aria-describedby": "formats",
  });
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    if (files.length > 0) onFiles(files);
  });
  return h(
    "div",
    { class: "drop" },
    icon("tray"),
    h("p", { class: "invitation" }, "Drop your events here"),
    input,
    h("label", { for: "files", class: "button" }, "Choose files"),
    h(
      "p",
      { id: "formats", class: "small" },
      "JSON, NDJSON, CSV, TSV, Parquet or Excel, also in gzip, zstd or zip · several files at once · any size",
    ),
  );
}

/** Tells in four lines what happens without a check. */
function conversation(): HTMLElement {
  const line = (who: string, what: Node | string, className: string) =>
    h("li", { class: className }, h("span", { class: "who" }, who), h("span", { class: "what" }, what));
  return h(
    "figure",
    { class: "conversation" },
    h("figcaption", {}, "Meanwhile, without a check"),
    h(
      "ol",
      {},
      line("You", h("code", {}, 'timestamp: "1645557823"'), "you"),
      line("Split", h("code", {}, "202 Accepted"), "split"),
      line("You", "Lovely.", "you"),
      line("Split", "(drops it: seconds, not milliseconds. Tells nobody.)", "split silent"),
    ),
  );
}

function promises(): HTMLElement {
  const promise = (name: string, text: string) => h("li", {}, h("strong", {}, name), h("span", {}, text));
  return h(
    "ul",
    { class: "promises" },
    promise("Checked right here", "Your files stay in this browser until you press Send."),
    promise("Nothing sent twice unasked", "What may have arrived is shown to you, not sent again."),
    promise("Every event accounted for", "Accepted, refused, unknown or unsent. It always adds up."),
  );
}
