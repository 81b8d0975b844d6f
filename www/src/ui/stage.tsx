import { createContext } from "preact";
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import type { Flow } from "../flow.js";
import { messages } from "../messages/en.js";
import type { Children } from "./foreign.js";

/** What the user does, for the parts of the page. */
export const FlowContext = createContext<Flow>(undefined as unknown as Flow);

export function useFlow(): Flow {
  return useContext(FlowContext);
}

/** The first line of a step. */
export function Title({ children }: { children: Children }) {
  return <h1 tabIndex={-1}>{children}</h1>;
}

let isFirst = true;

/**
 * Greets each new scene: its heading gets the focus and the title, and screen readers say the announcement. The first
 * scene of a page takes no focus. A scene is new if its `id` is.
 */
export function useScene({
  id,
  heading,
  announcement = "",
}: {
  id: string;
  heading: string;
  announcement?: string;
}): void {
  const flow = useFlow();
  const shown = useRef<string>(undefined);
  useLayoutEffect(() => {
    if (shown.current === id) return;
    shown.current = id;
    document.title = id.split(" ")[0] === "file" ? messages.title : messages.titleOf(heading);
    const isOpening = isFirst;
    isFirst = false;
    if (isOpening) return;
    flow.say(announcement);
    scrollTo({ top: 0 });
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  });
}
