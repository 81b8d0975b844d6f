import { createSandbox, type Sandbox, type SandboxOptions } from "split-events-sandbox";
import { onTestFinished } from "vitest";

/** Starts a sandbox for one test. */
export async function startSandbox(options?: SandboxOptions): Promise<Sandbox & { endpoint: string }> {
  const sandbox = await createSandbox({ port: 0, ...options });
  onTestFinished(() => sandbox.close());
  return { ...sandbox, endpoint: `${sandbox.url}/api/events/bulk` };
}
