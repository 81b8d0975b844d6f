import type { Tone } from "../state/state.js";
import type { Children } from "./foreign.js";

export function Notice({ tone, children }: { tone: Tone; children: Children }) {
  return (
    <div class={`notice ${tone}`} role={tone === "error" ? "alert" : undefined}>
      {children}
    </div>
  );
}
