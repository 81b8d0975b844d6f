import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { bundle } from "../bundle.ts";
import { PAUSE_MS, type Runtime } from "./runtime.ts";

/** Runs the pipelines in this process. `entry` is that of another build of the package. */
export async function node(entry?: string): Promise<Runtime> {
  const { gc } = globalThis;
  if (!gc) throw new Error("there is no gc(): run node with --expose-gc, as `npm run bench` does");
  const path = await bundle("node", entry);
  const { Stage } = (await import(pathToFileURL(path).href)) as typeof import("../stage/stage.ts");
  const stage = new Stage();
  return {
    title: `Node ${process.versions.node}`,
    load: async (input) => stage.load(input),
    agree: async () => stage.agree(),
    time: async (name) => {
      gc();
      await sleep(PAUSE_MS);
      const started = performance.now();
      stage.run(name);
      return performance.now() - started;
    },
    drop: async () => stage.drop(),
    close: async () => {},
  };
}
