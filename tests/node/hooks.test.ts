import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Control, createClient, Outbox, resumeImport, type SendOptions, send } from "split-events";
import { memoryStore } from "split-events/stores/memory";
import { expect, onTestFinished, test, vi } from "vitest";
import { event, events, ndjson } from "../support/events.js";
import { startSandbox } from "../support/sandbox.js";

const apiKey = "a-key-for-tests";

/** Collects what the console would show. */
function shown(): string[] {
  const lines: string[] = [];
  const spy = vi.spyOn(console, "error").mockImplementation((what, error) => void lines.push(`${what} ${error}`));
  onTestFinished(() => spy.mockRestore());
  return lines;
}

/** Sets up 20 events in 4 batches, one of which is refused, and one event that the check refuses. */
async function setUp() {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 2, do: "status", status: 400 }]);
  const options = { apiKey, endpoint: sandbox.endpoint, maxEvents: 5, concurrency: 1 };
  return { sandbox, options, input: ndjson([...events(20), event(0, { key: "" })]) };
}

const failures = {
  throws: () => {
    throw new Error("of the hook");
  },
  rejects: async () => {
    throw new Error("of the hook");
  },
};

test("a hook that throws or rejects does not change a delivery: it is counted, and shown once", async () => {
  for (const fail of [failures.throws, failures.rejects]) {
    const lines = shown();
    const { options, input } = await setUp();
    const calls = { onProgress: 0, onAttempt: 0, onUndelivered: 0 };
    const hook = (name: keyof typeof calls) => () => {
      calls[name] += 1;
      return fail() as never;
    };
    const receipt = await send(input, {
      ...options,
      onProgress: hook("onProgress"),
      onAttempt: hook("onAttempt"),
      onUndelivered: hook("onUndelivered"),
    });
    expect(receipt).toMatchObject({ events: 21, accepted: 15, refused: 6, unknown: 0, unsent: 0 });
    expect(calls).toMatchObject({ onAttempt: 4, onUndelivered: 2 });
    expect(receipt.hookErrors).toBe(calls.onProgress + calls.onAttempt + calls.onUndelivered);
    const what = (name: string) => `split-events: ${name} failed, and the delivery goes on: Error: of the hook`;
    expect(lines.sort()).toEqual([what("onAttempt"), what("onProgress"), what("onUndelivered")]);
    vi.restoreAllMocks();
  }
});

test("if no hook fails the receipt counts none", async () => {
  const { options, input } = await setUp();
  expect((await send(input, { ...options, onUndelivered: async () => {} })).hookErrors).toBe(0);
  const journal = memoryStore();
  const first = await send(events(3), { ...options, journal });
  expect(first.hookErrors).toBe(0);
  expect(await resumeImport(journal, { apiKey })).toEqual(first);
});

test("a hook that rejects does not end the process", async () => {
  const { options } = await setUp();
  const script = `
    import { send } from "split-events";
    const fail = async () => { throw new Error("of the hook"); };
    const hooks = { onProgress: fail, onAttempt: fail, onUndelivered: fail };
    const input = ${JSON.stringify(events(20))};
    const receipt = await send([...input, {}], { ...${JSON.stringify(options)}, ...hooks });
    console.log(receipt.events, receipt.accepted, receipt.hookErrors > 4);`;
  const done = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { cwd: "tests" });
  expect(done.stdout).toBe("21 15 true\n");
  expect(done.stderr.match(/failed, and the delivery goes on/g)).toHaveLength(3);
});

test("onUndelivered is awaited before more is read or sent, and before the receipt", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 400, times: 100 } as never]);
  let read = 0;
  let writing = 0;
  let most = 0;
  let written = 0;
  const readWhileWriting: number[] = [];
  async function* source() {
    for (; read < 200; read += 1) yield ndjson([event(read)]);
  }
  const receipt = await send(source(), {
    ...{ apiKey, endpoint: sandbox.endpoint, maxEvents: 10, concurrency: 2 },
    statuses: { 400: "refused" },
    onUndelivered: async (_, lines) => {
      writing += 1;
      most = Math.max(most, writing);
      const [before, posts] = [read, sandbox.posts().length];
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      readWhileWriting.push(read - before);
      expect(sandbox.posts().length - posts).toBeLessThan(2);
      written += new TextDecoder().decode(lines).trim().split("\n").length;
      writing -= 1;
    },
  });
  expect(receipt.hookErrors).toBe(0);
  expect(most).toBe(1);
  expect(writing).toBe(0);
  expect(Math.max(...readWhileWriting)).toBeLessThan(2);
  expect(written).toBe(receipt.refused + receipt.unknown + receipt.unsent);
  expect(written).toBeGreaterThan(0);
});

test("a hook that never settles holds an import until the user stops it, and then for timeoutMs at most", async () => {
  const never = () => new Promise<void>(() => {});
  const ends: [string, (stop: AbortController) => Partial<SendOptions>][] = [
    ["signal", ({ signal }) => ({ signal, timeoutMs: 200 })],
    ["cutSignal", ({ signal }) => ({ cutSignal: signal, timeoutMs: 600_000 })],
    ["deadlineMs", () => ({ deadlineMs: 300, timeoutMs: 200 })],
  ];
  for (const [what, end] of ends) {
    const lines = shown();
    const { options, input } = await setUp();
    const stop = new AbortController();
    let calls = 0;
    const onUndelivered = () => {
      calls += 1;
      if (calls === 1) setTimeout(() => stop.abort(), 50);
      return never();
    };
    const receipt = await send(input, { ...options, ...end(stop), onUndelivered });
    expect(receipt.accepted + receipt.refused + receipt.unknown + receipt.unsent, what).toBe(receipt.events);
    expect(receipt.stopped, what).toBeDefined();
    expect(receipt.hookErrors, what).toBe(calls);
    expect(lines[0]).toContain("the promise of onUndelivered did not settle in time");
    vi.restoreAllMocks();
  }
});

test("a hook that settles is awaited after a stop too", async () => {
  const { options, input } = await setUp();
  const stop = new AbortController();
  stop.abort();
  let written = 0;
  const receipt = await send(input, {
    ...options,
    signal: stop.signal,
    onUndelivered: async (_, lines) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      written += new TextDecoder().decode(lines).trim().split("\n").length;
    },
  });
  expect(receipt).toMatchObject({ events: 21, unsent: 20, refused: 1, hookErrors: 0 });
  expect(written).toBe(21);
});

test("a client counts failures of its hooks, and close waits for hooks that have begun", async () => {
  const lines = shown();
  const { options } = await setUp();
  const { maxEvents: _, concurrency: __, ...rest } = options;
  const client = createClient({
    ...rest,
    onRefused: failures.throws,
    onAttempt: failures.rejects as never,
    onSettled: failures.throws,
  });
  client.track({ key: "" });
  client.track({ key: "" });
  client.track(event(0));
  const receipt = await client.flush();
  expect(receipt).toMatchObject({ accepted: 1, refused: 2, hookErrors: 4 });
  expect(lines).toHaveLength(3);
  expect((await client.close()).hookErrors).toBe(4);

  let saved = false;
  const second = createClient({
    ...rest,
    onSettled: (async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      saved = true;
    }) as never,
  });
  second.track(event(1));
  await second.close();
  expect(saved).toBe(true);
});

test("failing hooks of an outbox change neither a delivery nor the process", async () => {
  const lines = shown();
  const { options } = await setUp();
  const outbox = await Outbox.open(memoryStore(), {
    ...{ apiKey, endpoint: options.endpoint },
    onAttempt: failures.rejects as never,
    onSettled: failures.throws,
  });
  outbox.add({ id: "a", events: 1, body: new TextEncoder().encode(JSON.stringify([event(0)])) });
  expect((await outbox.deliver()).settled).toMatchObject([{ state: "accepted" }]);
  expect(lines).toHaveLength(2);
});

test("a listener of a Control that throws does not stop the other listeners", () => {
  const lines = shown();
  const control = new Control();
  const heard: boolean[] = [];
  control.subscribe(failures.throws);
  control.subscribe(() => void heard.push(control.paused));
  control.pause();
  control.resume();
  expect(heard).toEqual([true, false]);
  expect(lines[0]).toContain("a listener of a Control failed");
});
