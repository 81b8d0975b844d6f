import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { findKey } from "../../pkg/build/cli/environment/key.js";
import { ProgressLine } from "../../pkg/build/cli/output/progress.js";
import { progressText } from "../../pkg/build/cli/output/progress-text.js";

function terminal(): PassThrough & { isTTY: boolean; written: () => string } {
  let text = "";
  const stream = Object.assign(new PassThrough(), { isTTY: true, written: () => text });
  stream.on("data", (data) => {
    text += data;
  });
  return stream;
}

test("on a terminal the key is asked for, and what is typed is not shown", async () => {
  const [input, output] = [terminal(), terminal()];
  const key = findKey({}, false, { input, output });
  await new Promise((resolve) => output.once("data", resolve));
  input.write("typed-secret\r");
  expect(await key).toBe("typed-secret");
  expect(output.written()).toContain("SDK key");
  expect(output.written()).not.toContain("typed-secret");
});

test("the key is not asked for if it is set, without a terminal, or if the input comes from the terminal", async () => {
  const [input, output] = [terminal(), terminal()];
  expect(await findKey({ SPLIT_API_KEY: "set" }, false, { input, output })).toBe("set");
  for (const question of [
    findKey({}, true, { input, output }),
    findKey({}, false, { input: new PassThrough(), output }),
    findKey({}, false, { input, output: new PassThrough() }),
  ]) {
    await expect(question).rejects.toMatchObject({ code: "no_key" });
  }
  expect(output.written()).toBe("");
});

test("an empty answer, or Ctrl-C, is no key", async () => {
  for (const typed of ["\r", "\u0003"]) {
    const [input, output] = [terminal(), terminal()];
    const key = findKey({}, false, { input, output });
    await new Promise((resolve) => output.once("data", resolve));
    input.write(typed);
    await expect(key).rejects.toMatchObject({ code: "no_key" });
  }
});

test("progress is one line that is redrawn and goes away, and only on a terminal", () => {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 20, write: (text: string) => written.push(text) };
  const line = new ProgressLine(stream, 0);
  line.show(() => "a text that is longer than the terminal is wide");
  line.clear();
  line.clear();
  expect(written).toEqual(["\r\u001b[2Ka text that is long", "\r\u001b[2K"]);

  const elsewhere = new ProgressLine({ ...stream, isTTY: false }, 0);
  elsewhere.show(() => "text");
  elsewhere.clear();
  expect(written).toHaveLength(2);
});

test("progress shows counts with speed and time left, or with a pause or a stop", () => {
  const state = {
    events: 1200,
    bytes: 1,
    accepted: 1000,
    refused: 0,
    unknown: 20,
    unsent: 0,
    inFlight: 4,
    pausedMs: 0,
    offline: false,
  };
  const read = "1.5 MB of 20.3 MB";
  const counts = "1.5 MB of 20.3 MB, 1,200 events: 1,000 accepted, 20 unknown";
  expect(progressText(state, read)).toBe(counts);
  expect(progressText({ ...state, eventsPerSecond: 1500.4 }, read)).toBe(`${counts}; 1,500 events/s`);
  const timed = { ...state, eventsPerSecond: 100, secondsLeft: 37.2 };
  expect(progressText(timed, read)).toBe(`${counts}; 100 events/s, 38 s left`);
  expect(progressText({ ...timed, secondsLeft: 600 }, read)).toBe(`${counts}; 100 events/s, 10 min left`);
  expect(progressText({ ...timed, secondsLeft: 8000 }, read)).toBe(`${counts}; 100 events/s, 2 h 13 min left`);
  expect(progressText({ ...timed, pausedMs: 11_500 }, read)).toBe(`${counts}; paused, 12 s`);
  const stopped = { reason: "aborted", message: "you stopped it" } as const;
  expect(progressText({ ...timed, stopped }, "")).toBe("1,200 events: 1,000 accepted, 20 unknown; stopping");
});
