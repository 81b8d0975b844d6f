import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";
import { eventually, requestText, Wire } from "./support.js";

const SANDBOX = fileURLToPath(new URL("../../sandbox", import.meta.url));
const BIN = "bin/split-events-sandbox.js";

interface Run {
  child: ChildProcess;
  stdout: string;
  stderr: string;
  exited: Promise<number | null>;
}

const run = (...parameters: string[]): Run => runIn(SANDBOX, ...parameters);

function runIn(folder: string, ...parameters: string[]): Run {
  const child = spawn(process.execPath, [join(folder, BIN), ...parameters], { stdio: ["ignore", "pipe", "pipe"] });
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

describe("split-events-sandbox", () => {
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
      `split-events-sandbox: port ${port} on 127.0.0.1 is in use: stop the program there, or choose another with --port\n`,
    );
    expect(started.stdout).toBe("");
  });

  test.each([
    [["--port", "x"], '--port is "x", expected a whole number from 0 to 65535'],
    [["--port", "65536"], '--port is "65536"'],
    [["--port", "1e3"], '--port is "1e3"'],
    [["--max-bytes", "0"], '--max-bytes is "0"'],
    [["--what"], "Unknown option '--what'"],
    [["events.json"], "Unexpected argument 'events.json'"],
    [["--port"], "--port"],
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
    expect(started.stdout).toContain("--port N");
  });

  test("if the package split-events is not built, only GET /_dropped fails, and says so", async () => {
    const alone = new Folder();
    for (const part of ["bin", "dist", "package.json"]) {
      cpSync(join(SANDBOX, part), alone.file(part), { recursive: true });
    }
    const url = await address(runIn(alone.path));
    const headers = { authorization: "Bearer key" };
    const taken = await fetch(`${url}/api/events/bulk`, { method: "POST", headers, body: "[1]" });
    expect(taken.status).toBe(202);
    const response = await fetch(`${url}/_dropped`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("split-events is not built");
  });
});
