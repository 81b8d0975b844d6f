export type Child = Node | string | false | undefined;
type Attributes = Record<string, string | boolean | undefined>;

/** Makes an element. Strings become text, never markup, since file names and contents come from outside. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

/** Isolates text from outside, so that its direction marks do not turn the text around it. */
export function foreign(text: string, className?: string): HTMLElement {
  return h("bdi", { class: className }, text);
}

export function button(label: Child, onPress: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = h("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", onPress);
  return element;
}
