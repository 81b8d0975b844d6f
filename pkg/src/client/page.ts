interface Page {
  /** It may be left in a moment. Only what a client with a journal has to do then is asked for. */
  mayLeave: (() => void) | undefined;
  /** It is hidden, and lives on for a while, perhaps a short one. */
  hide(): void;
  /** It is left: nothing that is done later is sure to be done. */
  leave(): void;
  /** It was kept in the back/forward cache, and is shown again. */
  comeBack(): void;
  /** The browser is online again. */
  online(): void;
}

export const inPage = typeof document !== "undefined" && typeof addEventListener === "function";

/** Watches the page, where there is one. */
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
