import { Batcher, type CheckOptions, check, type Report, send } from "split-events";
import { expect, test, vi } from "vitest";
import { event } from "../support/events.js";

const NOW = 1_700_000_000_000;
const DAY = 86_400_000;
const OLD = event(0, { timestamp: NOW - 91 * DAY });

/** Returns the reports of the same events from each function of the package. */
async function reports(options: CheckOptions): Promise<Report[]> {
  const batcher = new Batcher(options);
  batcher.push(OLD);
  batcher.finish();
  const sending = { ...options, apiKey: "key", fetch: async () => new Response(null, { status: 202 }) };
  return [await check([OLD], options), await send([OLD], sending), batcher.report];
}

test("the clock is the runtime's own, unless now sets another or switches it off", async () => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  try {
    const old = { clean: 1, warned: 1, issueCounts: { timestamp_old: 1 } };
    const none = { clean: 1, warned: 0, issueCounts: {} };
    expect(await reports({})).toMatchObject([old, old, old]);
    expect(await reports({ now: NOW - 2 * DAY })).toMatchObject([none, none, none]);
    expect(await reports({ now: false })).toMatchObject([none, none, none]);
    const ahead = { clean: 1, warned: 1, issueCounts: { timestamp_ahead: 1 } };
    expect(await reports({ now: NOW - 93 * DAY })).toMatchObject([ahead, ahead, ahead]);
  } finally {
    vi.useRealTimers();
  }
});

test("a clock that stands at zero, as outside a Worker's requests, causes no warnings", async () => {
  vi.useFakeTimers({ now: 0, toFake: ["Date"] });
  try {
    expect((await check([OLD])).issueCounts).toEqual({});
  } finally {
    vi.useRealTimers();
  }
});

test("a wrong clock is an error that names the option", async () => {
  for (const now of ["2022-02-22", 0, -1, Number.NaN, true, {}]) {
    await expect(check([OLD], { now: now as number })).rejects.toThrow(
      /^now must be Unix time in milliseconds, or false/,
    );
  }
});
