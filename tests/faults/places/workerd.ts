import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Job, Result } from "../job.ts";
import { bundle, MODULE, modulePath } from "./bundle.ts";
import type { Place } from "./place.ts";

const CONTROL_FD = 3;

/** Starts a workerd that may reach this machine, as `wrangler dev` does. Each job is a request. */
export async function startWorkerd(): Promise<Place> {
  const script = await bundle("worker");
  const folder = dirname(script);
  copyFileSync(modulePath, join(folder, MODULE));
  const config = join(folder, "workerd.capnp");
  writeFileSync(config, capnp(basename(script)));

  const program = binary();
  const child = spawn(program, ["serve", config, `--control-fd=${CONTROL_FD}`], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const closed = once(child, "close");
  const ended = closed.then(([code]) => {
    throw new Error(`workerd ended with exit code ${code}: ${said}`);
  });
  const port = await Promise.race([listening(child.stdio[CONTROL_FD] as Readable), ended]);
  ended.catch(() => undefined);
  const agent = new Agent({ keepAlive: true });
  return {
    name: "workerd",
    title: execFileSync(program, ["--version"], { encoding: "utf8" }).trim(),
    perform: (job) => ask(agent, port, job),
    close: async () => {
      agent.destroy();
      child.kill();
      await closed;
    },
  };
}

/** The workerd that comes with wrangler. */
function binary(): string {
  const wrangler = createRequire(import.meta.url).resolve("wrangler/package.json");
  return (createRequire(wrangler)("workerd") as { default: string }).default;
}

function capnp(script: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "faults", worker = .faults),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "faults")],
);
const faults :Workerd.Worker = (
  modules = [
    (name = "${script}", esModule = embed "${script}"),
    (name = "${MODULE}", wasm = embed "${MODULE}"),
  ],
  compatibilityDate = "2026-04-01",
);
`;
}

async function listening(control: Readable): Promise<number> {
  for await (const line of createInterface({ input: control })) {
    const said = JSON.parse(line) as { event: string; port?: number };
    if (said.event === "listen" && said.port !== undefined) return said.port;
  }
  throw new Error("workerd does not listen");
}

function ask(agent: Agent, port: number, job: Job): Promise<Result> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: "127.0.0.1", port, method: "POST" }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      answer.once("error", reject);
      answer.once("end", () => (answer.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text))));
    });
    asked.once("error", reject);
    asked.end(JSON.stringify(job));
  });
}
