import { parseArgs } from "node:util";
import { createSandbox, DEFAULT_HOST, DEFAULT_MAX_BODY_BYTES, MENU, type SandboxOptions } from "./server.js";

const USAGE = `Usage: split-events-sandbox [--port N] [--host HOST] [--max-bytes N]

Stands in for events.split.io on this machine: keeps a ledger of the events it took, and fails on demand.

  --port N       listen on this port; default: any free port
  --host HOST    listen on this address; default ${DEFAULT_HOST}
  --max-bytes N  answer 413 to larger bodies; default ${DEFAULT_MAX_BODY_BYTES}
  -h, --help     print this help

Requests: ${MENU}.
`;

class UsageError extends Error {}

try {
  await main();
} catch (error) {
  process.stderr.write(`split-events-sandbox: ${oneLine(error)}\n`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const { help, ...options } = readArguments();
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const sandbox = await createSandbox(options);
  process.stdout.write(`split-events-sandbox: ${sandbox.url} (${MENU})\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void sandbox.close());
}

function readArguments(): SandboxOptions & { help: boolean } {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      host: { type: "string", default: DEFAULT_HOST },
      "max-bytes": { type: "string", default: String(DEFAULT_MAX_BODY_BYTES) },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return {
    port: wholeNumber("--port", values.port, 0, 65_535),
    host: values.host,
    maxBodyBytes: wholeNumber("--max-bytes", values["max-bytes"], 1, Number.MAX_SAFE_INTEGER),
    help: values.help,
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new UsageError(`${name} is "${text}", expected a whole number from ${least} to ${most}`);
}

/** Returns one line that says what went wrong and what to do. */
function oneLine(error: unknown): string {
  const { code, message, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const where = `port ${port} on ${address}`;
  if (code === "EADDRINUSE") return `${where} is in use: stop the program there, or choose another with --port`;
  if (code === "EACCES") return `${where} needs more rights: choose a port above 1023 with --port`;
  if (code === "EADDRNOTAVAIL") return `${address} is not an address of this machine: choose another with --host`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the host is not known: choose another with --host";
  return (message.split("\n", 1)[0] ?? message).replace(/\.$/, "");
}
