import type { Event } from "./events.js";
import { nearest } from "./reachable.js";
import { opened, type Sending, type State } from "./state.js";

/** Returns the state after an event. */
export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case "went": {
      const step = nearest(state, event.step);
      return step === "plan" ? without(went(state, step), "held") : went(state, step);
    }
    case "said":
      return { ...state, said: { text: event.text, number: state.said.number + 1 } };
    case "newer":
      return { ...state, isOld: true };
    case "warmed": {
      const endpoint = state.target.endpoint || event.warm.service;
      return { ...state, warm: event.warm, target: { ...state.target, endpoint } };
    }
    case "listed":
      return { ...state, sends: event.sends };
    case "noticed":
      return { ...went(state, "file"), notice: event.notice };
    case "chose":
      return { ...forImport(state), step: "problems", busy: "looking", files: event.files };
    case "read":
      return { ...state, reading: event.reading, isLookOld: true };
    case "looked":
      return { ...without(state, "busy"), look: event.look, isLookOld: false, ...(event.step && { step: event.step }) };
    case "check": {
      const { checked: _, sent: __, reach: ___, ...others } = state;
      return { ...went(others, "problems"), busy: "checking", reading: event.reading };
    }
    case "checked":
      return { ...without(state, "busy", "reach"), checked: event.checked };
    case "stopped":
      return {
        ...without(state, "busy", "reach", "checked"),
        step: nearest(without(state, "busy", "checked"), "columns"),
      };
    case "failed":
      return { ...without(state, "busy", "reach"), step: "file", notice: event.notice };
    case "typed":
      return { ...state, target: { ...state.target, ...event.target } };
    case "fleetingSaid":
      return { ...state, saidFleeting: true };
    case "send":
      return {
        ...without(went(state, "send"), "held", "trouble"),
        busy: "sending",
        sending: { waiting: "no", isPaused: false, stops: 0 },
      };
    case "held":
      return { ...ended(brokenOff(state, event.brokenOff), "plan"), held: event.held };
    case "sent":
      return { ...ended(brokenOff(state, event.brokenOff), "receipt"), sent: event.sent };
    case "recalled":
      return { ...forImport(state), step: "receipt", sent: event.sent };
    case "unsent":
      return { ...ended(state, "plan"), ...(event.trouble && { trouble: event.trouble }) };
    case "pressed":
      return state.sending ? { ...state, sending: pressed(state.sending, event.what) } : state;
    case "decide":
      return { ...went(state, "decide"), deciding: event.send };
    case "forgot":
      return { ...opened(state.linked), ...kept(state), notice: event.notice };
    case "asked":
      return event.question ? { ...state, question: event.question } : without(state, "question");
    case "told":
      if (event.kind === "checking") return state.busy === "checking" ? { ...state, reach: event.now } : state;
      if (!state.sending) return state;
      if (event.kind === "waiting") return { ...state, sending: { ...state.sending, waiting: event.now } };
      return { ...state, sending: { ...state.sending, progress: event.now } };
  }
}

/** Shows a step. What was said above another is not said there. */
function went(state: State, step: State["step"]): State {
  return { ...without(state, "notice"), step };
}

/** Shows what became of a send, unless the user looks at an earlier step. */
function ended(state: State, step: State["step"]): State {
  const over = without(state, "busy", "sending");
  return state.step === "send" ? { ...over, step } : over;
}

/** Notes whether the files can now go on where a send of them ended early. */
function brokenOff(state: State, began: number | undefined): State {
  if (!state.checked) return state;
  const { brokenOff: _, ...checked } = state.checked;
  return { ...state, checked: { ...checked, ...(began !== undefined && { brokenOff: began }) } };
}

function pressed(sending: Sending, what: "pause" | "stop"): Sending {
  if (what === "pause") return { ...sending, isPaused: !sending.isPaused };
  return { ...sending, isPaused: false, stops: sending.stops === 0 ? 1 : 2 };
}

/** Returns what stays when other files are chosen. */
function forImport(state: State): State {
  return { ...opened(state.linked), ...kept(state), target: state.target };
}

function kept({ warm, sends, said, saidFleeting, linked, isOld }: State): Partial<State> {
  return {
    ...{ said },
    ...(warm && { warm, target: { apiKey: "", endpoint: linked ?? warm.service } }),
    ...(sends && { sends }),
    ...(isOld && { isOld }),
    ...(saidFleeting && { saidFleeting }),
  };
}

function without<Name extends keyof State>(state: State, ...names: Name[]): State {
  const left = { ...state };
  for (const name of names) delete left[name];
  return left;
}
