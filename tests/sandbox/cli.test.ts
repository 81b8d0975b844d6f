import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { startSandbox } from "../support/sandbox.js";
import { eventually, requestText, Wire } from "./support.js";

const BIN = fileURLToPath(new URL("../../pkg/bin/split-events.js", import.meta.url));

interface Run {
  child: ChildProcess;
  stdout: string;
  stderr: string;
  exited: Promise<number | null>;
}

function run(...parameters: string[]): Run {
  const child = spawn(process.execPath, [BIN, "sandbox", ...parameters], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const started: Run = { child, stdout: "", stderr: "", exited: once(child, "close").then(([code]) => code) };
  child.stdout?.on("data", (text) => {
    started.stdout += text;
  });
  child.stderr?.on("data", (text) => {
    started.stderr += text;
  });
  return started;
}

async function address(started: Run): Promise<string> {
  await eventually(() => expect(started.stdout).toContain("\n"));
  return /http:\/\/[^ ]+/.exec(started.stdout)?.[0] ?? "";
}

describe("split-events sandbox", () => {
  test("prints one line with its address and its requests", async () => {
    const started = run();
    const url = await address(started);
    expect(started.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(started.stdout).toContain("POST /api/events/bulk");
    expect(started.stdout).toContain("GET /_ledger");
    expect((await fetch(`${url}/_ledger`)).status).toBe(200);
  });

  test("--port and --max-bytes take effect", async () => {
    const free = await startSandbox();
    await free.close();
    const started = run("--port", String(free.port), "--max-bytes", "5");
    expect(await address(started)).toBe(free.url);
    const headers = { authorization: "Bearer key" };
    const response = await fetch(`${free.url}/api/events/bulk`, { method: "POST", headers, body: "[1,2,3]" });
    expect(response.status).toBe(413);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s ends it at once, even with requests that hang", async (signal) => {
    const started = run();
    const url = await address(started);
    await fetch(`${url}/_faults`, { method: "POST", body: '[{"do":"hang"},{"do":"delay","ms":600000}]' });
    const wire = await Wire.open({ url, port: Number(new URL(url).port) });
    wire.socket.write(requestText("[1]"));
    await eventually(async () => expect(await (await fetch(`${url}/_posts`)).text()).toContain('"hang"'));
    started.child.kill(signal);
    expect(await started.exited).toBe(0);
    expect(started.stderr).toBe("");
  });

  test("a busy port: one line, exit 2", async () => {
    const { port } = await startSandbox();
    const started = run("--port", String(port));
    expect(await started.exited).toBe(2);
    expect(started.stderr).toBe(
      `split-events: port ${port} on 127.0.0.1 is in use: stop the program there, or choose another with --port\n`,
    );
    expect(started.stdout).toBe("");
  });

  test.each([
    [["--port", "x"], '--port takes a whole number from 0 to 65535, but is "x"'],
    [["--port", "65536"], "but is 65536"],
    [["--port", "1e3"], 'but is "1e3"'],
    [["--max-bytes", "0"], "--max-bytes takes a whole number from 1"],
    [["--what"], "unknown option --what"],
    [["events.json"], "sandbox was given too many arguments"],
    [["--port"], "--port needs a value"],
    [["--host", "203.0.113.1"], "203.0.113.1 is not an address of this machine"],
  ])("%j: one line, exit 2", async (parameters, message) => {
    const started = run(...parameters);
    expect(await started.exited).toBe(2);
    expect(started.stderr).toContain(message);
    expect(started.stderr.trimEnd()).not.toContain("\n");
    expect(started.stdout).toBe("");
  });

  test("--help prints the usage", async () => {
    const started = run("--help");
    expect(await started.exited).toBe(0);
    expect(started.stdout).toContain("--port <n>");
  });
});
