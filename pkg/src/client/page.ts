/** What is called when a page changes. */
interface Page {
  /** The page may be left in a moment. `undefined` if there is no journal that could store events then. */
  mayLeave: (() => void) | undefined;
  /** The page is hidden. It lives on, perhaps only for a short time. */
  hide(): void;
  /** The page is left. What is begun later may not be done. */
  leave(): void;
  /** The page was in the back/forward cache, and is shown again. */
  comeBack(): void;
  /** The browser is online again. */
  online(): void;
}

export const inPage = typeof document !== "undefined" && typeof addEventListener === "function";

/** Watches the page, if there is one. Returns the function that ends this. */
export function onPage({ mayLeave, hide, leave, comeBack, online }: Page): () => void {
  if (!inPage) return () => {};
  const { document, addEventListener, removeEventListener } = globalThis;
  const hidden = () => {
    if (document.visibilityState === "hidden") hide();
  };
  const shown = ({ persisted }: PageTransitionEvent) => {
    if (persisted) comeBack();
  };
  if (mayLeave) addEventListener("beforeunload", mayLeave);
  document.addEventListener("visibilitychange", hidden);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", shown);
  addEventListener("online", online);
  return () => {
    if (mayLeave) removeEventListener("beforeunload", mayLeave);
    document.removeEventListener("visibilitychange", hidden);
    removeEventListener("pagehide", leave);
    removeEventListener("pageshow", shown);
    removeEventListener("online", online);
  };
}
