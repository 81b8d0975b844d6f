import type { Progress } from "split-events";
import { h } from "../ui/dom.js";
import { count, counted } from "../ui/format.js";
import { announce, type Scene, title } from "../ui/stage.js";

/** The first press stops, the second cuts off. */
export interface Brakes {
  stop: AbortController;
  cut: AbortController;
}

/** While events are on their way. `total`: how many the check found. */
export function sendingScene(
  total: number,
  host: string,
  brakes: Brakes,
): { scene: Scene; draw: (now: Progress) => void } {
  const heading = "Sending…";
  const bar = h("progress", { "aria-label": "Sending", max: String(total), value: "0" });
  const counts = h("p", { class: "counts" }, `0 of ${counted(total, "event")}`);
  const stopButton = h("button", { type: "button", class: "button quiet" }, "Stop");
  const hint = h(
    "p",
    { class: "small" },
    "Stop waits for the answers that are on their way, so that nothing becomes uncertain.",
  );

  const press = () => {
    if (!brakes.stop.signal.aborted) {
      brakes.stop.abort();
      stopButton.textContent = "Cut off now";
      stopButton.className = "button danger";
      hint.textContent =
        "Stopping: nothing more is sent, and the answers on their way are waited for. Cut off, those events end unknown.";
    } else {
      brakes.cut.abort();
      stopButton.disabled = true;
      hint.textContent = "Cutting off…";
    }
    announce(hint.textContent ?? "");
  };
  // A double click or a key held down must not stop and cut off at once.
  stopButton.addEventListener("click", ({ detail }) => {
    if (detail < 2) press();
  });
  stopButton.addEventListener("keydown", (event) => {
    if (event.repeat) event.preventDefault();
  });

  let latest: Progress | undefined;
  const drawLatest = () => {
    if (!latest) return;
    const { accepted, refused, unknown, unsent, inFlight } = latest;
    latest = undefined;
    const settled = accepted + refused + unknown + unsent;
    bar.max = Math.max(total, settled);
    bar.value = settled;
    const parts = [
      `${count(accepted)} accepted`,
      refused && `${count(refused)} refused`,
      unknown && `${count(unknown)} unknown`,
      unsent && `${count(unsent)} unsent`,
      inFlight && `${counted(inFlight, "request")} under way`,
    ];
    counts.textContent = `${count(settled)} of ${counted(Math.max(total, settled), "event")} · ${parts.filter(Boolean).join(" · ")}`;
  };
  const draw = (now: Progress) => {
    if (!latest) requestAnimationFrame(drawLatest);
    latest = now;
  };

  const content = h(
    "section",
    { class: "card sending" },
    title(heading),
    h("p", { class: "lead" }, "To ", h("strong", {}, host), "."),
    bar,
    counts,
    h("div", { class: "actions" }, stopButton),
    hint,
  );
  return { scene: { step: "Send", heading, content, announcement: `${counted(total, "event")} to go.` }, draw };
}
