import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Files by the files that they import, paths from the root of the repository. */
export type Imports = Map<string, Set<string>>;

/** Reads what each file of the workspace's crates imports; tests and `mod x;` count for nothing. */
export function rustImports(): Imports {
  const manifest = readFileSync("Cargo.toml", "utf8");
  const folders = /members = \[(.*?)\]/s.exec(manifest)?.[1]?.match(/[^\s",]+/g) ?? [];
  const crates = new Map(
    folders.map((folder) => [crateName(join(folder, "Cargo.toml")), modules(join(folder, "src"))]),
  );
  const imports: Imports = new Map();
  for (const own of crates.values()) {
    for (const [module, file] of own) {
      const resolve = (path: string[]) => {
        const [first = "", ...rest] = path;
        if (first === "crate") return deepest(own, rest, crates);
        if (first === "self") return deepest(own, [...split(module), ...rest]);
        if (first === "super") {
          const up = path.lastIndexOf("super") + 1;
          return deepest(own, [...split(module).slice(0, -up), ...path.slice(up)]);
        }
        if (own.has([...split(module), first].join("::"))) return deepest(own, [...split(module), ...path]);
        const other = crates.get(first);
        return other && deepest(other, rest);
      };
      const paths = rustCode(file).match(/(?<![\w:])\w+(?:::[\w*]+)+/g) ?? [];
      imports.set(file, edges(file, paths.map(split).map(resolve)));
    }
  }
  return imports;
}

/** Reads what each file of the packages imports, types included. */
export function typeScriptImports(...folders: string[]): Imports {
  const { paths } = JSON.parse(readFileSync("tsconfig.base.json", "utf8")).compilerOptions;
  const files = folders.flatMap((folder) => [...listed(folder, ".ts"), ...listed(folder, ".tsx")]);
  const resolve = (file: string, name: string) => {
    if (name.startsWith(".")) {
      const path = join(dirname(file), name).replace(/\?.*$/, "");
      return (
        [".ts", ".tsx"].map((ending) => path.replace(/\.js$/, ending)).find((found) => files.includes(found)) ?? ""
      );
    }
    const types: string =
      paths[name]?.[0] ?? paths[name.replace(/[^/]*$/, "*")]?.[0].replace("*", basename(name)) ?? "";
    return types.replace("./pkg/build/", "pkg/src/").replace(".d.ts", ".ts");
  };
  return new Map(
    files.map((file) => {
      const code = readFileSync(file, "utf8").replace(/^\s*(\/\*.*?\*\/|\/\/.*?$)/gms, "");
      const names = [...code.matchAll(/\b(?:(?<!import )from |import |import\()"([^"]+)"/g)].map(
        ([, name = ""]) => name,
      );
      const found = names.map((name) => resolve(file, name)).filter((path) => files.includes(path));
      return [file, edges(file, found)];
    }),
  );
}

const edges = (file: string, found: (string | undefined)[]) =>
  new Set(found.filter((path) => path !== undefined && path !== file) as string[]);

const listed = (folder: string, ending: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path))
    .sort();

const split = (path: string) => path.split("::").filter((part) => part !== "");

function crateName(manifest: string) {
  const text = readFileSync(manifest, "utf8");
  const name = /\[lib\][^[]*?name = "(.*?)"/.exec(text) ?? /\[package\][^[]*?name = "(.*?)"/.exec(text);
  return name?.[1]?.replaceAll("-", "_") ?? "";
}

/** The files of a crate by their module path; those that only tests have are left out. */
function modules(folder: string) {
  const found = new Map<string, string>();
  for (const file of listed(folder, ".rs")) {
    const path = file.slice(folder.length + 1, -".rs".length).split("/");
    if (["lib", "main", "mod"].includes(path.at(-1) ?? "")) path.pop();
    found.set(path.join("::"), file);
  }
  for (const [module, file] of [...found]) {
    for (const [, name = ""] of withoutTexts(file).matchAll(/#\[cfg\(test\)\]\s*mod (\w+);/g)) {
      found.delete([...split(module), name].join("::"));
    }
  }
  return found;
}

/**
 * Returns the file of the longest beginning of a path that is a module. What a table of contents passes on from one of
 * the `crates` is in that crate's file.
 */
function deepest(
  modules: Map<string, string>,
  path: string[],
  crates = new Map<string, Map<string, string>>(),
): string | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const file = modules.get(path.slice(0, length).join("::"));
    if (file === undefined) continue;
    const rest = path.slice(length);
    const passesOn = ([name, other]: [string, Map<string, string>]) =>
      other.has(rest[0] ?? "") && rustCode(file).includes(`use ${name}::`);
    const [, from] = (/(lib|mod)\.rs$/.test(file) && [...crates].find(passesOn)) || [];
    return from ? deepest(from, rest) : file;
  }
  return undefined;
}

const withoutTexts = (file: string) =>
  readFileSync(file, "utf8").replace(/r#".*?"#|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\\n])'|\/\/.*?$|\/\*.*?\*\//gms, "");

/** The code of a file without comments, texts and tests; braces in imports are written out as whole paths. */
function rustCode(file: string) {
  let code = withoutTexts(file).replace(/pub\(in .*?\)/g, "pub");
  for (let at = code.search(/#\[cfg\(test\)\]/); at >= 0; at = code.search(/#\[cfg\(test\)\]/)) {
    code = code.slice(0, at) + code.slice(itemEnd(code, at));
  }
  return code.replace(/\buse ([^;]+);/g, (_, tree: string) => {
    let paths = tree;
    while (paths.includes("{")) {
      paths = paths.replace(/([\w:]*)\{([^{}]*)\}/, (_, prefix: string, inner: string) =>
        inner
          .split(",")
          .map((path) => prefix + path.trim())
          .join(", "),
      );
    }
    return `use ${paths};`;
  });
}

/** Returns the index behind the item that begins at `at`. */
function itemEnd(code: string, at: number) {
  let depth = 0;
  for (let end = at; end < code.length; end += 1) {
    if (code[end] === "{") depth += 1;
    if (code[end] === "}") depth -= 1;
    if (depth === 0 && (code[end] === "}" || code[end] === ";")) return end + 1;
  }
  return code.length;
}
