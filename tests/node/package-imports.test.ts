import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./package-app.js";

/** The folders of pkg/src, each above those that its files may import. */
const FLOORS = [
  "report",
  "receipt",
  "errors",
  "options",
  "module",
  "hooks",
  "stores",
  "input",
  "known-keys",
  "journal",
  "check",
  "delivery",
  "outbox",
  "client",
  "send",
  "", // the entries
  "cli",
];
const SRC = join(ROOT, "pkg/src");
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));

test("no folder of the package imports from a higher one, be it types alone", () => {
  const upward = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => floorOf(imported) > floorOf(file))
      .map((imported) => `${file} -> ${imported}`),
  );
  expect(upward).toEqual([]);
});

test("no file of the package imports itself by way of others, be it types alone", () => {
  const done = new Set<string>();
  const walk = (file: string, path: string[]) => {
    if (path.includes(file)) throw new Error([...path.slice(path.indexOf(file)), file].join(" -> "));
    if (done.has(file)) return;
    for (const imported of importsOf(file)) walk(imported, [...path, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  expect(done.size).toBeGreaterThanOrEqual(files.length);
});

function floorOf(file: string): number {
  const folder = file.includes("/") ? (file.split("/", 1)[0] as string) : "";
  const floor = FLOORS.indexOf(folder);
  if (floor < 0) throw new Error(`${file} is in a folder that FLOORS does not name`);
  return floor;
}

/** Returns the files of pkg/src that a file imports. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), "utf8");
  const named = Array.from(text.matchAll(/(?:from|import\()\s*"(\.[^"]+)\.js"/g), ([, path]) =>
    join(dirname(file), `${path}.ts`),
  );
  return named.filter((path) => files.includes(path));
}
