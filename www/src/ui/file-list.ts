import { byteSize, count } from "split-events/internal/words";
import { foreign, h } from "./dom.js";

const MOST = 5;

export function fileList(files: readonly File[]): HTMLElement {
  const rows = files
    .slice(0, MOST)
    .map(({ name, size }) => h("li", {}, foreign(name, "name"), " ", h("span", {}, byteSize(size))));
  const rest = files.length - rows.length;
  return h(
    "ul",
    { class: "files", "aria-label": "Files" },
    ...rows,
    rest > 0 && h("li", {}, `and ${count(rest)} more`),
  );
}
