import { spawnSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundle, modulePath } from "../bundle.ts";
import { median } from "../median.ts";
import { PAUSE_MS, type Runtime } from "./runtime.ts";
import { serve, workerdPath } from "./serve.ts";

const MODULE = "split_events_bg.wasm";

/**
 * Runs the pipelines in workerd. Its clock stands still while JavaScript runs, so each run is one request over a
 * connection that stays open, timed from here. The median time of an empty request before each run is subtracted.
 */
export async function workerd(): Promise<Runtime> {
  const script = await bundle("workerd");
  const folder = dirname(script);
  copyFileSync(modulePath, join(folder, MODULE));
  const config = join(folder, "workerd.capnp");
  writeFileSync(config, capnp(basename(script)));

  const { port, close } = await serve(config);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (path: string, body?: Uint8Array) => answered(agent, port, path, body);
  const timed = async (path: string) => {
    const started = performance.now();
    await ask(path);
    return performance.now() - started;
  };
  const nothings: number[] = [];
  return {
    title: spawnSync(workerdPath, ["--version"], { encoding: "utf8" }).stdout.trim(),
    load: async ({ bytes, ...rest }) => ask(`/load?input=${encodeURIComponent(JSON.stringify(rest))}`, bytes),
    agree: () => ask("/agree"),
    time: async (name) => {
      await ask("/collect");
      await sleep(PAUSE_MS);
      nothings.push(await timed("/nothing"));
      return (await timed(`/run?name=${name}`)) - median(nothings);
    },
    drop: () => ask("/drop"),
    close: async () => {
      agent.destroy();
      await close();
    },
  };
}

function capnp(script: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "bench", worker = .bench)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "bench")],
  v8Flags = ["--expose-gc"],
);
const bench :Workerd.Worker = (
  modules = [
    (name = "${script}", esModule = embed "${script}"),
    (name = "${MODULE}", wasm = embed "${MODULE}"),
  ],
  compatibilityDate = "2026-04-01",
);
`;
}

function answered(agent: Agent, port: number, path: string, body?: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: "127.0.0.1", port, path, method: body ? "POST" : "GET" }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      answer.once("error", reject);
      answer.once("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(text))));
    });
    asked.once("error", reject);
    asked.end(body);
  });
}
