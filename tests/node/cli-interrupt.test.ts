import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { Receipt } from "split-events";
import { expect, onTestFinished, test, vi } from "vitest";
import { handleInterrupts } from "../../pkg/build/cli/interrupt.js";
import { Cli } from "../support/cli.js";
import { events, ndjson, parseNdjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { HeldServer } from "../support/held-server.js";

// Two signals within half a second are one keystroke.
const ANOTHER_KEYSTROKE_MS = 700;

function sendFile(endpoint: string, ...options: string[]): Cli {
  const path = new Folder().write("events.ndjson", ndjson(events(10)));
  return new Cli(["send", path, "--endpoint", endpoint, "--max-events", "2", "--json", ...options]);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`${signal} waits for the requests in flight, sends nothing more, and counts the rest as unsent`, async () => {
    const server = await HeldServer.start();
    const cli = sendFile(server.endpoint);
    await server.posts(1);
    cli.child.kill(signal);
    await cli.says("stopping");
    server.answer(202);
    const { code, stdout, stderr } = await cli.done;
    expect(code).toBe(3);
    const receipt = JSON.parse(stdout) as Receipt;
    expect(receipt).toMatchObject({ events: 10, accepted: 2, unknown: 0, unsent: 8, complete: true });
    expect(server.bodies).toHaveLength(1);
    expect(stderr).toContain("Ctrl-C again");
  });
}

test("a second Ctrl-C cuts the requests in flight: their events are unknown, and the receipt is printed", async () => {
  const server = await HeldServer.start();
  const cli = sendFile(server.endpoint);
  await server.posts(1);
  cli.child.kill("SIGINT");
  await cli.says("stopping");
  await wait(ANOTHER_KEYSTROKE_MS);
  cli.child.kill("SIGINT");
  const { code, stdout, stderr } = await cli.done;
  expect(code).toBe(3);
  expect(stderr).toContain("cutting off");
  expect(JSON.parse(stdout)).toMatchObject({ events: 10, accepted: 0, unknown: 2, unsent: 8 });
  expect(server.bodies).toHaveLength(1);
});

test("one Ctrl-C that arrives twice, as through npm, cuts no request", async () => {
  const server = await HeldServer.start();
  const cli = sendFile(server.endpoint);
  await server.posts(1);
  cli.child.kill("SIGINT");
  cli.child.kill("SIGTERM");
  await cli.says("stopping");
  server.answer(202);
  const { stdout, stderr } = await cli.done;
  expect(JSON.parse(stdout)).toMatchObject({ accepted: 2, unknown: 0, unsent: 8 });
  expect(stderr).not.toContain("cutting");
});

test("Ctrl-C ends the reading of an open standard input, and the receipt says that it was not read to its end", async () => {
  const server = await HeldServer.start();
  const args = ["send", "-", "--endpoint", server.endpoint, "--max-events", "2", "--json"];
  const cli = new Cli(args, {}, "pipe");
  cli.child.stdin?.write(`${ndjson(events(5))}{"eventTypeId":"cut o`);
  await server.posts(1);
  cli.child.kill("SIGINT");
  await cli.says("stopping");
  server.answer(202);
  const { code, stdout } = await cli.done;
  expect(code).toBe(3);
  const receipt = JSON.parse(stdout) as Receipt;
  expect(receipt).toMatchObject({ accepted: 2, refused: 0, unknown: 0, complete: false });
  expect(receipt.accepted + receipt.unsent).toBe(receipt.events);
  expect(server.bodies).toHaveLength(1);
});

test("a named pipe is read to its end, and Ctrl-C ends the reading", async () => {
  const server = await HeldServer.start();
  const pipe = new Folder().file("pipe");
  execFileSync("mkfifo", [pipe]);

  const check = new Cli(["check", pipe, "--json"]);
  await writeFile(pipe, ndjson(events(3)));
  expect(JSON.parse((await check.done).stdout)).toMatchObject({ events: 3, clean: 3 });

  const send = new Cli(["send", pipe, "--endpoint", server.endpoint, "--max-events", "2", "--json"]);
  const writer = await open(pipe, "w");
  await writer.write(ndjson(events(5)));
  await server.posts(1);
  send.child.kill("SIGINT");
  await send.says("stopping");
  server.answer(202);
  expect(JSON.parse((await send.done).stdout)).toMatchObject({ accepted: 2, complete: false });
  await writer.close();
});

test("the files of unknown and unsent events are complete after Ctrl-C", async () => {
  const server = await HeldServer.start();
  const folder = new Folder();
  const cli = sendFile(server.endpoint, "--unknown", folder.file("unknown"), "--unsent", folder.file("unsent"));
  await server.posts(1);
  cli.child.kill("SIGINT");
  await cli.says("stopping");
  await wait(ANOTHER_KEYSTROKE_MS);
  cli.child.kill("SIGINT");
  await cli.done;
  const indexes = (name: string) =>
    parseNdjson<{ index: number }>(readFileSync(folder.file(name), "utf8")).map(({ index }) => index);
  expect(indexes("unknown")).toEqual([0, 1]);
  expect(indexes("unsent")).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
});

test("a third Ctrl-C ends the process once the journal is written, and a fourth does not interrupt that", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const said: string[] = [];
  let written = () => {};
  const writing = new Promise<void>((resolve) => {
    written = resolve;
  });
  const leave = vi.fn(() => writing);
  const interrupt = handleInterrupts((line) => said.push(line), leave);
  onTestFinished(() => {
    interrupt.release();
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
  const press = process.listeners("SIGINT").at(-1) as () => void;
  const presses = (n: number) => {
    for (let time = 0; time < n; time += 1) {
      vi.advanceTimersByTime(ANOTHER_KEYSTROKE_MS);
      press();
    }
  };
  presses(2);
  expect([interrupt.stop.signal.aborted, interrupt.cut.signal.aborted]).toEqual([true, true]);
  expect(leave).not.toHaveBeenCalled();
  presses(2);
  expect(leave).toHaveBeenCalledTimes(1);
  await Promise.resolve();
  expect(exit).not.toHaveBeenCalled();
  written();
  await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(130));
});
