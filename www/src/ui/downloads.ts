import { byteSize } from "split-events/internal/words";
import { h } from "./dom.js";
import { icon } from "./icon.js";

export interface Download {
  label: string;
  /** The name of the saved file. */
  name: string;
  content: Blob;
}

export function jsonFile(value: unknown): Blob {
  return new Blob([JSON.stringify(value, null, 2), "\n"], { type: "application/json" });
}

export function csvFile(text: string): Blob {
  return new Blob([text], { type: "text/csv" });
}

/** Makes links that save files which exist in the page only. Call `release` when they are no longer shown. */
export function downloads(list: readonly Download[]): { element: HTMLElement; release: () => void } {
  const addresses: string[] = [];
  const links = list.map(({ label, name, content }) => {
    const href = URL.createObjectURL(content);
    addresses.push(href);
    return h(
      "li",
      {},
      h("a", { href, download: name }, icon("down"), label),
      " ",
      h("span", { class: "small" }, byteSize(content.size)),
    );
  });
  return {
    element: h("ul", { class: "downloads", "aria-label": "Downloads" }, ...links),
    release: () => {
      for (const address of addresses) URL.revokeObjectURL(address);
    },
  };
}
