import { describe, expect, test } from "vitest";
import { type Imports, rustImports, typeScriptImports } from "../support/imports.js";

/**
 * The floors, the lowest first: a folder, and the files and folders in it that stand on the same floor. A file imports
 * from its own floor and from lower ones. Where two entries name a file, the longer one counts.
 */
const floors: [folder: string, names: string][] = [
  ["src", "host lanes gzip objects text"],
  ["src", "issue"],
  ["src", "json"],
  ["src", "timestamp event"],
  ["src", "properties keys rules"],
  ["src", "read/buffer"],
  ["src", "check"],
  ["src", "read"],
  ["src", "batch report undelivered"],
  ["src", "intake"],
  ["src", "lib"],
  ["delivery/src", "loopback retry split foreign certain pace"],
  ["delivery/src", "outcome"],
  ["delivery/src", "machine"],
  ["delivery/src", "journal"],
  ["delivery/src", "run receipt held outbox"],
  ["delivery/src", "client"],
  ["delivery/src", "lib"],
  ["bindings/src", "host timer text gzip lib"],
  ["bindings/src", "options"],
  ["bindings/src", "stores fetch hooks journal"],
  ["bindings/src", "signal under_way"],
  ["bindings/src", "send outbox"],
  ["bindings/src", "objects client api"],
  ["simulate/src", "plan store service"],
  ["simulate/src", "driver schedule outbox"],
  ["simulate/src", "main"],
  ["xtask/src", "names panics"],
  ["xtask/src", "main"],
  ["pkg/src", "errors wasm.d run"],
  ["pkg/src", "options"],
  ["pkg/src", "module"],
  ["pkg/src", "hooks control stores/store"],
  ["pkg/src", "input sources known-keys size"],
  ["pkg/src", "types progress"],
  ["pkg/src", "stores"],
  ["pkg/src", "items import"],
  ["pkg/src", "codes receipt-csv journal check deliver batcher outbox client"],
  ["pkg/src", "send"],
  ["pkg/src", "index"],
  ["pkg/src", "browser bun default deno node workerd"],
  ["pkg/src", "cli"],
  ["sandbox/src", "http json-spans sdk faults/fault faults/options faults/schedule"],
  ["sandbox/src", "state exchange ledger judge"],
  ["sandbox/src", "faults events dropped"],
  ["sandbox/src", "routes"],
  ["sandbox/src", "server"],
  ["sandbox/src", "cli"],
  ["worker/src", "log part problem lines secrets surroundings in/origins"],
  ["worker/src", "settings"],
  ["worker/src", "env in/request-name in/members in/holding"],
  ["worker/src", "out"],
  ["worker/src", "in operate"],
  ["worker/src", "routes"],
  ["worker/src", "index"],
  ["www/src", "example undelivered ui/format"],
  ["www/src", "words endpoint failure import memory"],
  ["www/src", "ui"],
  ["www/src", "steps"],
  ["www/src", "flow"],
  ["www/src", "main"],
];

describe.each([
  ["Rust", rustImports()],
  ["TypeScript", typeScriptImports("pkg/src", "worker/src", "www/src", "sandbox/src")],
])("in %s", (_, imports) => {
  test("no files import each other in a circle", () => {
    expect(circles(imports)).toEqual([]);
  });

  test("no file imports one that stands on a higher floor", () => {
    const wrong = [...imports].flatMap(([file, imported]) =>
      [...imported].filter((other) => floor(file) < floor(other)).map((other) => `${file} imports ${other}`),
    );
    expect(wrong.map((arrow) => `${arrow}, which is a floor above`)).toEqual([]);
  });

  test("each file stands on a floor", () => {
    expect([...imports.keys()].filter((file) => floor(file) < 0)).toEqual([]);
  });
});

test("each entry of the floors names a file or a folder", () => {
  const files = [
    ...rustImports().keys(),
    ...typeScriptImports("pkg/src", "worker/src", "www/src", "sandbox/src").keys(),
  ];
  expect(entries.map(({ path }) => path).filter((path) => !files.some((file) => stands(file, path)))).toEqual([]);
});

const entries = floors
  .flatMap(([folder, names], height) => names.split(" ").map((name) => ({ path: `${folder}/${name}`, height })))
  .sort((a, b) => b.path.length - a.path.length);

function stands(file: string, path: string) {
  return file.startsWith(`${path}/`) || file.replace(/\.\w+$/, "") === path;
}

function floor(file: string) {
  return entries.find(({ path }) => stands(file, path))?.height ?? -1;
}

/** Returns a circle for each import that closes one, as its files in order. */
function circles(imports: Imports): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]) => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    if (path.includes(file) || done.has(file)) return;
    for (const other of imports.get(file) ?? []) visit(other, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}
