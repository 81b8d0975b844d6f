import { init } from "split-events";
import type { Input } from "../cases/case.ts";
import { pipelines } from "../pipelines/all.ts";
import type { Name } from "../pipelines/pipeline.ts";
import { agree } from "./agree.ts";
import { Stage } from "./stage.ts";

const PAUSE_MS = 20;

/** The functions that runtimes/browser.ts calls in the page. */
export interface Page {
  load(input: Omit<Input, "bytes">): Promise<void>;
  agree(): void;
  time(name: Name): Promise<number>;
  drop(): void;
}

const stage = new Stage(pipelines, agree);
const { gc } = globalThis as { gc?: () => void };

const page: Page = {
  async load(input) {
    if (!crossOriginIsolated) throw new Error("the page is not isolated, so its clock is coarse");
    await init("/split_events.wasm");
    const response = await fetch("/input");
    stage.load({ ...input, bytes: new Uint8Array(await response.arrayBuffer()) });
  },
  agree: () => stage.agree(),
  async time(name) {
    if (!gc) throw new Error("there is no gc(): --expose-gc did not arrive");
    gc();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const started = performance.now();
    stage.run(name);
    return performance.now() - started;
  },
  drop: () => stage.drop(),
};
Object.assign(globalThis, { bench: page });
