import { readPage } from "./docs.js";
import { type Block, blocksOf } from "./pasted.js";

/** Which tests run a block of docs/PACKAGE.md, by its first line. Those of Node run all others. */
const RUN_BY: Record<string, "worker" | "browser"> = {
  "// worker.ts": "worker",
  "npm install --save-dev wrangler": "worker",
  "curl http://127.0.0.1:8788 --data-binary @node_modules/split-events/examples/events.csv": "worker",
  "cp node_modules/split-events/template/index.ts node_modules/split-events/template/wrangler.jsonc .": "worker",
  'curl http://127.0.0.1:8788/api/events/bulk -H "Authorization: Bearer web" --data-binary @node_modules/split-events/examples/events.json':
    "worker",
  "// main.js": "browser",
  "<!-- index.html -->": "browser",
  "// serve.mjs": "browser",
  "npm install --save-dev vite": "browser",
};

/** The heading of the blocks that tests/packaging runs. */
export const OF_FIXTURES = "Where it runs";

export const all = blocksOf(readPage("docs/PACKAGE.md"));

/** Returns the blocks of docs/PACKAGE.md that tests of this kind run. */
export function blocksFor(kind: "node" | "worker" | "browser"): Block[] {
  return all.filter(({ name, heading }) => heading !== OF_FIXTURES && (RUN_BY[name] ?? "node") === kind);
}

/** Returns the names in the list above that no block has. */
export function unused(): string[] {
  return Object.keys(RUN_BY).filter((name) => !all.some((block) => block.name === name));
}
