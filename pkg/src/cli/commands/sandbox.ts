import { Failure } from "../failure.js";
import { printText } from "../output/output.js";

/** What the command uses of the sandbox; a test starts it. */
interface Sandbox {
  MENU: string;
  createSandbox(options: {
    port: number;
    host: string;
    maxBodyBytes: number;
  }): Promise<{ url: string; close(): Promise<void> }>;
}

export interface SandboxFlags {
  port?: number;
  host?: string;
  maxBytes?: number;
}

/** The sandbox is built from this package: it exists when this runs, not when it is compiled. */
const SANDBOX: string = "split-events/sandbox";

/** Starts a sandbox, which serves until a signal ends it. */
export async function sandboxCommand(flags: SandboxFlags): Promise<void> {
  const { createSandbox, MENU }: Sandbox = await import(SANDBOX);
  const { port = 0, host = "127.0.0.1", maxBytes = 10_000_000 } = flags;
  try {
    const sandbox = await createSandbox({ port, host, maxBodyBytes: maxBytes });
    printText(`the sandbox is at ${sandbox.url} (${MENU})\n`);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void sandbox.close());
  } catch (error) {
    throw new Failure("no_address", reason(error));
  }
}

/** Returns why the sandbox cannot listen, and what to do. */
function reason(error: unknown): string {
  const { code, message, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const where = `port ${port} on ${address}`;
  if (code === "EADDRINUSE") return `${where} is in use: stop the program there, or choose another with --port`;
  if (code === "EACCES") return `${where} needs more rights: choose a port above 1023 with --port`;
  if (code === "EADDRNOTAVAIL") return `${address} is not an address of this machine: choose another with --host`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the host is not known: choose another with --host";
  return message;
}
