import { render } from "preact";
import { Flow } from "./flow.js";
import { Link } from "./link/link.js";
import { startThread } from "./link/start.js";
import { Page } from "./Page.js";
import { hashOf, stepOf } from "./state/address.js";
import { onDrop } from "./state/dropped-files.js";
import type { Event } from "./state/events.js";
import { opened, type Step } from "./state/state.js";
import { Store } from "./state/store.js";
import { FlowContext } from "./ui/stage.js";

const linked = new URLSearchParams(location.search).get("endpoint")?.trim() || undefined;
const store = new Store(opened(linked));
const link = new Link(startThread, (kind, now) => store.dispatch({ type: "told", kind, now } as Event));
const flow = new Flow(store, link);
const root = document.querySelector("#page") as HTMLElement;

let isDrawing = false;
function draw(): void {
  isDrawing = false;
  render(
    <FlowContext.Provider value={flow}>
      <Page state={store.state} />
    </FlowContext.Provider>,
    root,
  );
}

store.subscribe((state, before) => {
  if (!isDrawing) queueMicrotask(draw);
  isDrawing = true;
  if (state.step !== before.step) {
    const address = addressOf(state.step);
    const wasWait = (before.busy && !state.busy) || before.busy === "looking";
    if (hashOf(state.step) === location.hash) return;
    if (wasWait) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  }
  if ((state.busy === "sending") === (before.busy === "sending")) return;
  if (state.busy === "sending") addEventListener("beforeunload", warnBeforeLeaving);
  else removeEventListener("beforeunload", warnBeforeLeaving);
});

addEventListener("popstate", () => {
  const step = stepOf(location.hash);
  if (step) flow.go(step);
  else history.replaceState(null, "", addressOf(store.state.step));
});
addEventListener("online", () => flow.connection("online"));
addEventListener("offline", () => flow.connection("offline"));
onDrop(
  (dropped) => flow.drop(dropped),
  () => void flow.warm(),
);
history.replaceState(null, "", addressOf("file"));
draw();
void flow.list();

function addressOf(step: Step): string {
  return `${location.pathname}${location.search}${hashOf(step)}`;
}

/** Asks before the page is left, since events under way would end unknown. */
function warnBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
