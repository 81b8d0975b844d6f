import { h } from "./dom.js";

export interface FieldOptions {
  id: string;
  label: string;
  type: "password" | "url";
  value: string;
  hint: string;
  /** What is wrong with the value. */
  trouble?: string | undefined;
}

/** Makes a labelled input with its hint, and with what is wrong with its value, if anything. */
export function field({ id, label, type, value, hint, trouble }: FieldOptions): {
  element: HTMLElement;
  input: HTMLInputElement;
} {
  const described = trouble === undefined ? `${id}-hint` : `${id}-trouble ${id}-hint`;
  const input = h("input", {
    id,
    type,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": described,
    "aria-invalid": trouble === undefined ? undefined : "true",
  });
  input.value = value;
  const element = h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    input,
    trouble !== undefined && h("p", { id: `${id}-trouble`, class: "trouble" }, `${trouble}.`),
    h("p", { id: `${id}-hint`, class: "small" }, hint),
  );
  return { element, input };
}
