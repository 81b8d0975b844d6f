export type Child = Node | string | false | undefined;
type Attributes = Record<string, string | boolean | undefined>;

/** An element. Strings become text, never markup: file names and what was found in files are anybody's. */
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

/** Text of unknown origin: isolated, so that its direction marks turn nothing around it. */
export function foreign(text: string, className?: string): HTMLElement {
  return h("bdi", { class: className }, text);
}

export function button(label: Child, onPress: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = h("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", onPress);
  return element;
}
