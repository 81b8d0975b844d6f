import type { Control, Progress } from "split-events";
import { button, h } from "../ui/dom.js";
import { count, counted, duration } from "../ui/format.js";
import { announce, type Scene, title } from "../ui/stage.js";

/** Pausing holds everything back for a while. Of the stops the first press stops, the second cuts off. */
export interface Brakes {
  control: Control;
  stop: AbortController;
  cut: AbortController;
}

const OFFLINE = "You are offline: sending goes on when the connection is back.";

/** While events are on their way. `total`: how many the check found. */
export function sendingScene(
  total: number,
  host: string,
  brakes: Brakes,
): { scene: Scene; draw: (now: Progress) => void; say: (text: string) => void } {
  const heading = "Sending…";
  const bar = h("progress", { "aria-label": "Sending", max: String(total), value: "0" });
  const counts = h("p", { class: "counts" }, `0 of ${counted(total, "event")}`);
  const pace = h("p", { class: "small" });
  const drawPace = (text: string, isHeldUp: boolean) => {
    pace.textContent = text;
    pace.className = isHeldUp ? "held-up" : "small";
  };
  const pauseButton = button("Pause", () => pause(), { class: "button quiet" });
  const stopButton = h("button", { type: "button", class: "button quiet" }, "Stop");
  const hint = h(
    "p",
    { class: "small" },
    "Stop waits for the answers that are on their way, so that nothing becomes uncertain.",
  );

  const pause = () => {
    if (brakes.control.paused) brakes.control.resume();
    else brakes.control.pause();
    const { paused } = brakes.control;
    pauseButton.textContent = paused ? "Go on" : "Pause";
    drawPace(paused ? "Paused: nothing is sent until you go on." : "", paused);
    announce(paused ? "Paused." : "Going on.");
  };

  const press = () => {
    pauseButton.disabled = true;
    brakes.control.resume(); // stopped, it would wait for ever
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
  let offline = false;
  const drawLatest = () => {
    if (!latest) return;
    const { accepted, refused, unknown, unsent, inFlight } = latest;
    if (!brakes.control.paused) drawPace(paceText(latest), latest.offline || isPaused(latest));
    if (offline !== latest.offline) {
      offline = latest.offline;
      announce(offline ? OFFLINE : "The connection is back: going on.");
    }
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
    pace,
    h("div", { class: "actions" }, pauseButton, stopButton),
    hint,
  );
  const say = (text: string) => {
    drawPace(text, text !== "");
    announce(text);
  };
  return { scene: { step: "Send", heading, content, announcement: `${counted(total, "event")} to go.` }, draw, say };
}

function isPaused({ pausedMs }: Pick<Progress, "pausedMs">): boolean {
  return pausedMs > 1000;
}

/** How fast it goes, or what holds it up. */
function paceText({ pausedMs, eventsPerSecond, secondsLeft, stopped, offline }: Progress): string {
  if (stopped) return `Nothing more is sent: ${stopped.message}.`;
  if (offline) return OFFLINE;
  if (isPaused({ pausedMs })) return `The service asks for a pause: it goes on in ${duration(pausedMs / 1000)}.`;
  const speed = eventsPerSecond !== undefined && `${count(Math.round(eventsPerSecond))} events a second`;
  const left = secondsLeft !== undefined && secondsLeft > 1 && `${duration(secondsLeft)} left`;
  return [speed, left].filter(Boolean).join(" · ");
}
