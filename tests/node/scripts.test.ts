import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const scripts = fileURLToPath(new URL("../../scripts", import.meta.url));

test("a script imports no npm package before the set-up has installed them", () => {
  const imported = new Set<string>();
  const visit = (path: string) => {
    if (imported.has(path)) return;
    imported.add(path);
    for (const [, name = ""] of readFileSync(path, "utf8").matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)";$/gm)) {
      if (name.startsWith(".")) visit(join(dirname(path), name));
      else if (!name.startsWith("node:")) found.push(`${path.slice(scripts.length + 1)} imports ${name}`);
    }
  };
  const found: string[] = [];
  for (const name of readdirSync(scripts)) if (name.endsWith(".mjs")) visit(join(scripts, name));
  expect(imported.size).toBeGreaterThan(20);
  expect(found).toEqual([]);
});
