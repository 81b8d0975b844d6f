import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startSandbox } from "../support/sandbox.js";

/** Runs a module of JavaScript in a process of its own. */
async function run(code: string, ...flags: string[]): Promise<{ exit: number | null; output: string; ms: number }> {
  const began = performance.now();
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const child = spawn(process.execPath, [...flags, "--input-type=module", "--eval", `${IMPORTS}\n${code}`], { cwd });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exit = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { exit, output, ms: performance.now() - began };
}

const IMPORTS = `
import { Batcher, check, createClient, KnownKeys, send } from "split-events";
import { failModule } from "split-events/internal/debug";
const event = { eventTypeId: "a", trafficTypeName: "user", key: "k", value: 1, timestamp: Date.now() };
const fail = () => { try { failModule(); } catch {} };
`;

test("what the garbage collector frees of a module that failed does not touch the next one", async () => {
  const { exit, output } = await run(
    `
    for (let round = 0; round < 3; round += 1) {
      for (let number = 0; number < 500; number += 1) {
        new Batcher().push([event]);
        KnownKeys.of(["a"]);
      }
      fail();
      const batcher = new Batcher();
      batcher.push([event]);
      for (let turn = 0; turn < 5; turn += 1) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 5));
        batcher.push([event]);
      }
      console.log(batcher.report.events);
    }`,
    "--expose-gc",
  );
  expect({ exit, output }).toEqual({ exit: 0, output: "6\n6\n6\n" });
});

test("a module that failed leaves its memory and its listeners, though a signal of its delivery lives on", async () => {
  const { exit, output } = await run(
    `
    const { getEventListeners } = await import("node:events");
    const { signal } = new AbortController();
    const fetch = (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    for (let round = 0; round < 50; round += 1) {
      const sending = send([event], { apiKey: "a-key-for-tests", fetch, signal }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1));
      fail();
      await sending;
    }
    gc();
    console.log(process.memoryUsage().external < 30_000_000 || process.memoryUsage());
    console.log(getEventListeners(signal, "abort").length);
    `,
    "--expose-gc",
  );
  expect([exit, output]).toEqual([0, "true\n0\n"]);
});

test("a request in whose beginning the module failed rejects no promise that nobody has", async () => {
  const { exit, output } = await run(`
    const fetch = async (_, { signal }) => {
      fail();
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    const options = { apiKey: "a-key-for-tests", fetch };
    console.log(await send([event], options).catch(({ code, receipt }) => [code, receipt.unknown].join()));
  `);
  expect({ exit, output }).toEqual({ exit: 0, output: "module_failed,1\n" });
});

test("a module that failed keeps no process alive, and rejects no promise that nobody has", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "hang" }]);
  const { exit, output, ms } = await run(`
    const options = { apiKey: "key", endpoint: "${sandbox.endpoint}", timeoutMs: 100_000 };
    const sending = send([event], options).catch((error) => error.code);
    await new Promise((resolve) => setTimeout(resolve, 500));
    fail();
    console.log(await sending);
  `);
  expect({ exit, output }).toEqual({ exit: 0, output: "module_failed\n" });
  expect(ms).toBeLessThan(20_000);
});
