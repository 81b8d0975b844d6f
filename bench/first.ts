import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { baselineEntry } from "../scripts/lib/baseline.mjs";
import { median } from "./median.ts";
import { serve } from "./runtimes/serve.ts";

// What a program pays for the package before its second event: in a fresh Node and at the first request of a fresh
// workerd. Each round starts one process of each; the medians are compared.

const ROUNDS = 20;
const MODULE = "split_events_bg.wasm";
const EVENTS = '[{"eventTypeId":"a","trafficTypeName":"user","key":"k","timestamp":1700000000000},{"eventTypeId":"a"}]';
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const entries = { baseline: baselineEntry(), ours: here("../pkg/dist/node.js") };

for (const kind of ["text", "objects"]) {
  const { baseline, ours } = await rounds({
    baseline: () => cpuOfCheck(entries.baseline, kind),
    ours: () => cpuOfCheck(entries.ours, kind),
  });
  const ratio = (ours / baseline).toFixed(2);
  console.log(
    `Node, CPU of import and first check of ${kind}: ${ms(baseline)} before, ${ms(ours)} now, ratio ${ratio}`,
  );
}

const configs = {
  empty: await workerConfig("empty", "empty.js"),
  baseline: await workerConfig("baseline", "worker.js", join(dirname(entries.baseline), "workerd.js")),
  ours: await workerConfig("ours", "worker.js", here("../pkg/dist/workerd.js")),
};
const { empty, baseline, ours } = await rounds({
  empty: () => firstRequest(configs.empty),
  baseline: () => firstRequest(configs.baseline),
  ours: () => firstRequest(configs.ours),
});
console.log(`workerd, first request above an empty Worker's: ${ms(baseline - empty)} before, ${ms(ours - empty)} now`);

async function rounds<Name extends string>(
  kinds: Record<Name, () => number | Promise<number>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(kinds) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) times[name].push(await kinds[name]());
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}

function cpuOfCheck(entry: string, kind: string): number {
  return Number(execFileSync(process.execPath, [here("first/check.mjs"), entry, kind], { encoding: "utf8" }));
}

async function workerConfig(name: string, source: string, entry?: string): Promise<string> {
  const folder = here(`dist/first/${name}`);
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [here(`first/${source}`)],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd"],
    external: ["cloudflare:*"],
    logLevel: "error",
    ...(entry !== undefined && { alias: { "split-events": entry } }),
    plugins: [
      {
        name: "module-beside",
        setup: ({ onResolve }) => onResolve({ filter: /\.wasm$/ }, () => ({ path: MODULE, external: true })),
      },
    ],
  });
  if (entry !== undefined) copyFileSync(join(dirname(entry), "wasm", MODULE), join(folder, MODULE));
  const config = join(folder, "workerd.capnp");
  writeFileSync(config, capnp(entry !== undefined));
  return config;
}

function capnp(hasModule: boolean): string {
  const module = hasModule ? `, (name = "${MODULE}", wasm = embed "${MODULE}")` : "";
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "first", worker = .first)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "first")],
);
const first :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")${module}],
  compatibilityDate = "2026-04-01",
);
`;
}

async function firstRequest(config: string): Promise<number> {
  const { port, close } = await serve(config);
  try {
    const started = performance.now();
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: EVENTS });
    await answer.text();
    if (!answer.ok) throw new Error(`the Worker answered ${answer.status}`);
    return performance.now() - started;
  } finally {
    await close();
  }
}

function ms(time: number): string {
  return `${time.toFixed(1)} ms`;
}
