import type { Input } from "../cases/case.ts";
import { pipelines } from "../pipelines/all.ts";
import type { Name } from "../pipelines/pipeline.ts";
import { agree } from "./agree.ts";
import { Stage } from "./stage.ts";

const stage = new Stage(pipelines, agree);
const { gc } = globalThis as { gc?: () => void };

/** Each request is one step. The clock stands still here, so runtimes/workerd.ts measures. */
const steps: Record<string, (request: Request, url: URL) => void | Promise<void>> = {
  "/load": async (request, url) => {
    const input = JSON.parse(url.searchParams.get("input") ?? "") as Omit<Input, "bytes">;
    stage.load({ ...input, bytes: new Uint8Array(await request.arrayBuffer()) });
  },
  "/agree": () => stage.agree(),
  "/collect": () => {
    if (!gc) throw new Error("there is no gc(): --expose-gc did not arrive");
    gc();
  },
  "/nothing": () => {},
  "/run": (_, url) => stage.run(url.searchParams.get("name") as Name),
  "/drop": () => stage.drop(),
};

export default {
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    try {
      await steps[url.pathname]?.(request, url);
      return new Response();
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
