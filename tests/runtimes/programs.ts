import { fileURLToPath } from "node:url";

const fetched = (name: string) => fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url));

/** What `npm run test:runtimes` fetches. Node 22, workerd and Chromium have their tests among all others. */
export const programs = {
  "node 20": { program: fetched("node"), args: [] },
  deno: { program: fetched("deno"), args: ["run", "--allow-all"] },
  bun: { program: fetched("bun"), args: [] },
} satisfies Record<string, { program: string; args: string[] }>;
