import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { bundle } from "../bundle.ts";
import { type Clock, PAUSE_MS, type Runtime } from "./runtime.ts";

const clocks: Readonly<Record<Clock, () => number>> = {
  wall: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/** Runs the pipelines in this process. `entry` is that of another build of the package. */
export async function node(entry?: string): Promise<Runtime> {
  const { gc } = globalThis;
  if (!gc) throw new Error("there is no gc(): run node with --expose-gc, as `npm run bench` does");
  const path = await bundle("node", entry);
  const bundled = (await import(pathToFileURL(path).href)) as typeof import("../stage/node.ts");
  const stage = bundled.stage();
  return {
    title: `Node ${process.versions.node}`,
    load: async (input) => stage.load(input),
    agree: async (peers) => stage.agree(peers),
    time: async (name, clock = "wall") => {
      gc();
      await sleep(PAUSE_MS);
      const began = clocks[clock]();
      stage.run(name);
      return clocks[clock]() - began;
    },
    drop: async () => stage.drop(),
    close: async () => {},
  };
}
