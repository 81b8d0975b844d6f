import { describe, expect, test } from "vitest";
import type { Checked, ListedSend, Look, Sent } from "../../www/src/link/protocol.js";
import { hashOf, stepOf } from "../../www/src/state/address.js";
import type { Event } from "../../www/src/state/events.js";
import { isReachable, nearest } from "../../www/src/state/reachable.js";
import { reduce } from "../../www/src/state/reduce.js";
import { opened, STEPS, type State } from "../../www/src/state/state.js";

const LOOK: Look = { isTable: true, mapping: {}, parts: [], missing: [], first: [], isOwn: true, base: {} };
const WARM = { service: "https://service.test/", presets: [], dropped: [] };
const checked = (clean: number, more: Partial<Checked> = {}) =>
  ({ report: { events: clean, clean, repaired: 0 }, ...more }) as Checked;
const SENT = { id: "1" } as Sent;

/** Returns the state after these events. */
function stateAfter(...events: Event[]): State {
  return events.reduce(reduce, opened(undefined));
}

const CHOSEN: Event[] = [
  { type: "warmed", warm: WARM },
  { type: "chose", files: [] },
  { type: "looked", look: LOOK },
];
const CHECKED: Event[] = [...CHOSEN, { type: "check", reading: {} }, { type: "checked", checked: checked(3) }];
const SENDING: Event[] = [...CHECKED, { type: "went", step: "plan" }, { type: "send" }];

test("only the steps whose content is known can be shown", () => {
  const reachable = (...events: Event[]) => STEPS.filter((step) => isReachable(stateAfter(...events), step));
  expect(reachable()).toEqual(["file"]);
  expect(reachable(...CHOSEN)).toEqual(["file", "columns"]);
  expect(reachable(...CHECKED)).toEqual(["file", "columns", "problems", "plan"]);
  expect(reachable(...SENDING)).toEqual(["problems", "send"]);
  expect(reachable(...SENDING, { type: "sent", sent: SENT, brokenOff: undefined })).toEqual([
    "file",
    "columns",
    "problems",
    "plan",
    "receipt",
  ]);
});

test("a step that cannot be shown becomes the nearest before it that can", () => {
  expect(nearest(stateAfter(), "receipt")).toBe("file");
  expect(nearest(stateAfter(...CHOSEN), "receipt")).toBe("columns");
  expect(nearest(stateAfter(...CHECKED), "send")).toBe("plan");
  expect(nearest(stateAfter(...SENDING), "columns")).toBe("send");
  expect(nearest(stateAfter(), "decide")).toBe("file");
});

test("without events that can be sent there is no plan", () => {
  const state = stateAfter(...CHOSEN, { type: "check", reading: {} }, { type: "checked", checked: checked(0) });
  expect(isReachable(state, "plan")).toBe(false);
});

test("the address of each step leads back to it, and a place in the page is no step", () => {
  for (const step of STEPS) expect(stepOf(hashOf({ step }))).toBe(step);
  expect(stepOf("#step")).toBeUndefined();
});

describe("sending", () => {
  test("ends with the receipt, unless the user looks at an earlier step", () => {
    const sent: Event = { type: "sent", sent: SENT, brokenOff: undefined };
    expect(stateAfter(...SENDING, sent).step).toBe("receipt");
    const elsewhere = stateAfter(...SENDING, { type: "went", step: "problems" }, sent);
    expect([elsewhere.step, elsewhere.busy, elsewhere.sent]).toEqual(["problems", undefined, SENT]);
  });

  test("that did not begin leads back to the plan, with the reason", () => {
    const trouble = { kind: "config", code: "missing_api_key", message: "apiKey is missing" } as const;
    const state = stateAfter(...SENDING, { type: "unsent", trouble });
    expect([state.step, state.trouble, state.sending]).toEqual(["plan", trouble, undefined]);
  });

  test("notes whether the files can go on later", () => {
    const state = stateAfter(...SENDING, { type: "sent", sent: SENT, brokenOff: 5 });
    expect(state.checked?.brokenOff).toBe(5);
    const over = reduce(reduce(state, { type: "send" }), { type: "sent", sent: SENT, brokenOff: undefined });
    expect(over.checked?.brokenOff).toBeUndefined();
  });

  test("is stopped by the first press and cut by the second, which also end a pause", () => {
    const paused = stateAfter(...SENDING, { type: "pressed", what: "pause" });
    expect(paused.sending?.isPaused).toBe(true);
    const stopped = reduce(paused, { type: "pressed", what: "stop" });
    expect(stopped.sending).toMatchObject({ isPaused: false, stops: 1 });
    expect(reduce(stopped, { type: "pressed", what: "stop" }).sending?.stops).toBe(2);
  });
});

test("other files keep what was typed, and nothing of the files before", () => {
  const typed: Event = { type: "typed", target: { apiKey: "some-key" } };
  const state = stateAfter(...CHECKED, typed, { type: "chose", files: [] });
  expect(state.target).toEqual({ apiKey: "some-key", endpoint: WARM.service });
  expect([state.look, state.checked, state.reading]).toEqual([undefined, undefined, {}]);
});

test("forgetting takes the key and the address that were typed", () => {
  const typed: Event = { type: "typed", target: { apiKey: "some-key", endpoint: "https://elsewhere.test/" } };
  const state = stateAfter(...CHECKED, typed, { type: "forgot", notice: { tone: "plain", text: "" } });
  expect(state.target).toEqual({ apiKey: "", endpoint: WARM.service });
  expect(state.step).toBe("file");
});

test("a notice goes with its step", () => {
  const noticed: Event = { type: "noticed", notice: { tone: "error", text: "no file" } };
  const send = { id: "1" } as ListedSend;
  expect(stateAfter(noticed).notice?.text).toBe("no file");
  expect(stateAfter(noticed, { type: "decide", send }).notice).toBeUndefined();
});

test("what the thread tells of a check that was stopped changes nothing", () => {
  const state = stateAfter(...CHOSEN, { type: "check", reading: {} }, { type: "stopped" });
  expect(state.step).toBe("columns");
  const told: Event = { type: "told", kind: "checking", now: { file: 0, bytes: 1, totalBytes: 2 } };
  expect(reduce(state, told)).toBe(state);
});
