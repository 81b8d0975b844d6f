import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

const CONTROL_FD = 3;

/** The workerd that comes with wrangler. */
export const workerdPath = (() => {
  const wrangler = createRequire(import.meta.url).resolve("wrangler/package.json");
  return (createRequire(wrangler)("workerd") as { default: string }).default;
})();

/** Starts workerd with a configuration whose socket has port 0. Returns the port when it listens. */
export async function serve(config: string): Promise<{ port: number; close(): Promise<void> }> {
  const child = spawn(workerdPath, ["serve", config, `--control-fd=${CONTROL_FD}`], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const port = await Promise.race([listening(child.stdio[CONTROL_FD] as Readable), ended(child)]);
  return {
    port,
    close: async () => {
      child.kill();
      await once(child, "close");
    },
  };
}

async function listening(control: Readable): Promise<number> {
  for await (const line of createInterface({ input: control })) {
    const said = JSON.parse(line) as { event: string; port?: number };
    if (said.event === "listen" && said.port !== undefined) return said.port;
  }
  throw new Error("workerd does not listen");
}

async function ended(child: ChildProcess): Promise<never> {
  const [code] = await once(child, "close");
  throw new Error(`workerd ended with exit code ${code}`);
}
