import { createSandbox, type Sandbox, type SandboxOptions } from "split-events-sandbox";
import { onTestFinished } from "vitest";

/** Starts a sandbox for one test. */
export async function startSandbox(options?: SandboxOptions): Promise<Sandbox & { endpoint: string }> {
  const sandbox = await createSandbox({ port: 0, ...options });
  onTestFinished(() => sandbox.close());
  return { ...sandbox, endpoint: `${sandbox.url}/api/events/bulk` };
}

/** Returns the keys of the events that a sandbox has taken, in their order. */
export function keysIn(sandbox: Pick<Sandbox, "ledger">): string[] {
  return sandbox.ledger().map(({ event }) => (event as { key: string }).key);
}
