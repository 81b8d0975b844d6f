import type { Control, Progress } from "split-events";
import { count, counted, duration, stateCounts } from "split-events/internal/words";
import { button, h } from "../ui/dom.js";
import { announce, type Scene, title } from "../ui/stage.js";

/** The pause, the stop and the cut of a send. The first press of Stop stops, the second cuts off. */
export interface SendControls {
  control: Control;
  stop: AbortController;
  cut: AbortController;
}

const OFFLINE = "You are offline: sending goes on when the connection is back.";

/** Shows the progress of a send. `total` is how many events the check found. */
export function sendingScene(
  total: number,
  host: string,
  controls: SendControls,
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
    "Stop waits for the answers to requests under way, so that no event ends unknown.",
  );

  const pause = () => {
    if (controls.control.paused) controls.control.resume();
    else controls.control.pause();
    const { paused } = controls.control;
    pauseButton.textContent = paused ? "Go on" : "Pause";
    drawPace(paused ? "Paused: nothing is sent until you go on." : "", paused);
    announce(paused ? "Paused." : "Going on.");
  };

  const press = () => {
    pauseButton.disabled = true;
    controls.control.resume(); // a paused send would never stop
    if (!controls.stop.signal.aborted) {
      controls.stop.abort();
      stopButton.textContent = "Cut off now";
      stopButton.className = "button danger";
      hint.textContent =
        "Stopping: nothing more is sent, and the page waits for the answers to requests under way. If you cut them off, their events end unknown.";
    } else {
      controls.cut.abort();
      stopButton.disabled = true;
      hint.textContent = "Cutting off…";
    }
    announce(hint.textContent ?? "");
  };
  // a double click or a key held down must not stop and cut off at once
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
    if (!controls.control.paused) drawPace(paceText(latest), latest.offline || isPaused(latest));
    if (offline !== latest.offline) {
      offline = latest.offline;
      announce(offline ? OFFLINE : "The connection is back: going on.");
    }
    const states = stateCounts(latest);
    latest = undefined;
    const settled = accepted + refused + unknown + unsent;
    bar.max = Math.max(total, settled);
    bar.value = settled;
    const parts = [`${count(settled)} of ${counted(Math.max(total, settled), "event")}`, ...states];
    if (inFlight > 0) parts.push(`${counted(inFlight, "request")} under way`);
    counts.textContent = parts.join(" · ");
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
  return { scene: { step: "Send", heading, content, announcement: `${counted(total, "event")} to send.` }, draw, say };
}

function isPaused({ pausedMs }: Pick<Progress, "pausedMs">): boolean {
  return pausedMs > 1000;
}

/** Says how fast it goes, or what holds it up. */
function paceText({ pausedMs, eventsPerSecond, secondsLeft, stopped, offline }: Progress): string {
  if (stopped) return `Nothing more is sent: ${stopped.message}.`;
  if (offline) return OFFLINE;
  if (isPaused({ pausedMs })) return `The service asked for a pause: sending goes on in ${duration(pausedMs / 1000)}.`;
  const speed = eventsPerSecond !== undefined && `${count(Math.round(eventsPerSecond))} events a second`;
  const left = secondsLeft !== undefined && secondsLeft > 1 && `${duration(secondsLeft)} left`;
  return [speed, left].filter(Boolean).join(" · ");
}
