import { count } from "split-events/internal/words";
import { foreign, h } from "../ui/dom.js";
import { type Scene, title } from "../ui/stage.js";

/** Shows that files are being checked. Call `reading` with each file in its turn. */
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
