import { foreign, h } from "../ui/dom.js";
import { count } from "../ui/format.js";
import { type Scene, title } from "../ui/stage.js";

/** While files are being read; `reading` tells it which one. */
export function checkingScene(files: readonly File[]): { scene: Scene; reading: (file: File) => void } {
  const heading = "Checking…";
  const now = h("p", { class: "lead" });
  const content = h(
    "section",
    { class: "card checking" },
    title(heading),
    now,
    h("progress", { "aria-label": "Checking" }),
    h("p", { class: "small" }, "Nothing is being sent."),
  );
  const reading = (file: File) => {
    const place = files.length > 1 ? ` (${count(files.indexOf(file) + 1)} of ${count(files.length)})` : "";
    now.replaceChildren("Reading ", foreign(file.name, "name"), place);
  };
  return { scene: { step: "Check", heading, content }, reading };
}
