import { render } from "preact";
import { Flow } from "./flow.js";
import { Link } from "./link/link.js";
import { keepOffline, startThread } from "./link/start.js";
import { Page } from "./Page.js";
import { hashOf, receiptOf, stepOf } from "./state/address.js";
import { onDrop } from "./state/dropped-files.js";
import type { Event } from "./state/events.js";
import { opened, type State } from "./state/state.js";
import { Store } from "./state/store.js";
import { FlowContext } from "./ui/stage.js";

const linked = new URLSearchParams(location.search).get("endpoint")?.trim() || undefined;
const store = new Store(opened(linked));
const link = new Link(startThread, (kind, now) => store.dispatch({ type: "told", kind, now } as Event));
const flow = new Flow(store, link);
/** When the page begins to keep its files, in milliseconds. */
const OFFLINE_AFTER_MS = 3_000;
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
  keepAddress(state, before);
  if ((state.busy === "sending") === (before.busy === "sending")) return;
  if (state.busy === "sending") addEventListener("beforeunload", warnBeforeLeaving);
  else removeEventListener("beforeunload", warnBeforeLeaving);
});

addEventListener("popstate", () => {
  const step = stepOf(location.hash);
  const receipt = receiptOf(location.hash);
  if (receipt !== undefined && receipt !== store.state.sent?.id) void flow.recall(receipt);
  else if (step) flow.go(step);
  else history.replaceState(null, "", addressOf(store.state));
});
addEventListener("online", () => flow.connection("online"));
addEventListener("offline", () => flow.connection("offline"));
onDrop(
  (dropped) => flow.drop(dropped),
  () => void flow.warm(),
);
addEventListener("paste", (event) => {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
  if (isTyping || store.state.step !== "file") return;
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length > 0) flow.drop({ files, folders: [] });
  else flow.paste(event.clipboardData?.getData("text/plain") ?? "");
});

const first = receiptOf(location.hash);
const left = stepOf(location.hash);
if (first === undefined) history.replaceState(null, "", addressOf(store.state));
else void flow.recall(first).then(() => history.replaceState(null, "", addressOf(store.state)));
if (left === "columns" || left === "problems" || left === "plan") void flow.remind();
draw();
void flow.list();
// what the first screen needs comes first
setTimeout(() => {
  keepOffline(() => store.dispatch({ type: "newer" })).catch(() => {}); // the page works without it
}, OFFLINE_AFTER_MS);

/** Lets the address follow the step: a step that ends a wait takes the wait's place. */
function keepAddress(state: State, before: State): void {
  if (hashOf(state) === hashOf(before) || hashOf(state) === location.hash) return;
  const wasWait = (before.busy && !state.busy) || before.busy === "looking";
  if (wasWait) history.replaceState(null, "", addressOf(state));
  else history.pushState(null, "", addressOf(state));
}

function addressOf(state: State): string {
  return `${location.pathname}${location.search}${hashOf(state)}`;
}

/** Asks before the page is left, since events under way would end unknown. */
function warnBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
