interface Page {
  /** It is hidden or left, perhaps for ever: nothing that is done later is sure to be done. */
  leave(): void;
  /** It was kept in the back/forward cache and is shown again, or is online again. */
  comeBack(): void;
}

/** Watches the page, where there is one. */
export function onPage({ leave, comeBack }: Page): () => void {
  const { document, addEventListener, removeEventListener } = globalThis;
  if (typeof document === "undefined" || typeof addEventListener !== "function") return () => {};
  const hidden = () => {
    if (document.visibilityState === "hidden") leave();
  };
  const shown = ({ persisted }: PageTransitionEvent) => {
    if (persisted) comeBack();
  };
  document.addEventListener("visibilitychange", hidden);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", shown);
  addEventListener("online", comeBack);
  return () => {
    document.removeEventListener("visibilitychange", hidden);
    removeEventListener("pagehide", leave);
    removeEventListener("pageshow", shown);
    removeEventListener("online", comeBack);
  };
}
