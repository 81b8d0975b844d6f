import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Imports, rustImports, typeScriptImports } from "../support/imports.js";

/**
 * The floors of each package, the lowest first: files and folders, with `<` between two floors. A file imports from its
 * own floor, from lower ones, and from the packages listed before its own. If two names fit, the longer one counts.
 */
const floors = {
  "base/src": `limits place lanes host names text decimal encoding gzip objects formula < amount bytes codes batch time native < json
    < finding event undelivered < keys < rules < lib`,
  "mapping/src": `path cell < mapping record < cells made parse presets < columns < apply overlay suggest < recognise < lib`,
  "checking/src": "check < map < lib",
  src: "only < read < report sample < intake < lib",
  "delivery/src": `loopback part certain call < outcome compact pace < answer step journal < policy
    < machine held recorded < driver < draft pause_cause < import outbox < plan listing < resolve < client < lib`,
  "bindings/src": `host text gzip runtime keys failure < options words item < wake stores journal presets suggest key_list policy < fetch hooks ledger
    resolve input < batcher drive submit teller < taking shared < deliver send < outbox client < lib`,
  "simulate/src": "plan store service < driver schedule outbox < main",
  "xtask/src": "instances names panics < main",
  "pkg/src": `report wasm.d place platform platform-types < receipt < words < errors < options < module < hooks < stores < input < containers < known-keys < journal < check < mapping
    < delivery < outbox < client < send < index index.check index.client index.worker warm-up warm-up.client < browser bun default deno edge-light inline node workerd < cli`,
  "sandbox/src": `http json-spans sdk faults/fault faults/options faults/schedule < state exchange ledger judge
    < faults events dropped < routes < server`,
  "worker/src": `log part problem lines secrets digest origins surroundings < settings < deliver < receive operate
    < routes < index`,
  "www/src": `example messages link/protocol < failure thread/files < thread/memory < thread < state < link < flow < ui < steps < Page < main`,
};

const rust = rustImports();
const typeScript = typeScriptImports("pkg/src", "sandbox/src", "worker/src", "www/src");

describe.each([
  ["Rust", rust],
  ["TypeScript", typeScript],
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

test("the page imports no value of the package but its words, and nothing of its thread", () => {
  const page = [...typeScript.keys()].filter((file) => /^www\/src\/(?!thread\/)/.test(file));
  const imports = page.flatMap((file) =>
    [
      ...readFileSync(file, "utf8").matchAll(
        /^import (?!type )[^;]*? from "(split-events|split-events\/(?!internal\/words).*?|.*\/thread\/.*?)";/gms,
      ),
    ]
      .filter(([, from]) => !from?.endsWith("?worker&url"))
      .map(([text]) => `${file}: ${text}`),
  );
  expect(imports).toEqual([]);
});

test("the thread's first script reaches no value of the package, which would come with the first screen", () => {
  const reached = new Set<string>();
  const follow = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    const statics = [...readFileSync(file, "utf8").matchAll(/^import (?!type )[^;]*? from "(\.[^"]+)";/gms)];
    for (const [, path = ""] of statics) follow(join(dirname(file), path.replace(/\.js$/, ".ts")));
  };
  follow("www/src/thread/main.ts");
  const values = [...reached].filter((file) =>
    /^import (?!type )[^;]*? from "split-events/ms.test(readFileSync(file, "utf8")),
  );
  expect(values).toEqual([]);
});

test("each entry of the floors names a file or a folder", () => {
  const files = [...rust.keys(), ...typeScript.keys()];
  expect(entries.map(({ path }) => path).filter((path) => !files.some((file) => stands(file, path)))).toEqual([]);
});

const entries = Object.entries(floors)
  .flatMap(([folder, names]) =>
    names.split("<").map((floor) => floor.match(/\S+/g)?.map((name) => `${folder}/${name}`)),
  )
  .flatMap((paths = [], height) => paths.map((path) => ({ path, height })))
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
