import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { counted, listed } from "../../words/index.js";
import { Failure } from "../failure.js";
import { fileName } from "../output/text.js";

/** The ends of names of files that may hold events; one that is compressed may have another before it. */
const TABLES = ["csv", "json", "jsonl", "log", "ndjson", "parquet", "tab", "tsv", "txt", "xlsx", "zip"];
const COMPRESSED = ["gz", "zst"];
/** The most names of files that are said to be left out. */
const SAID_MAX = 5;

/**
 * Returns the files in a folder and in its folders, by name. Files of other kinds are left out, and so is what is
 * hidden: names with a dot or, as of Spark, an underscore in front. `found` says how many files of which kinds there are.
 *
 * @throws Failure with the code `folder_empty` if there is none.
 */
export async function filesIn(folder: string): Promise<{ files: string[]; found: string }> {
  const files: string[] = [];
  const leftOut: string[] = [];
  const kinds = new Map<string, number>();
  for (const path of await pathsIn(folder)) {
    const kind = kindOf(basename(path));
    if (kind === undefined) {
      leftOut.push(path);
      continue;
    }
    files.push(path);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const others = leftOut.length === 0 ? "" : `, left out ${listedShort(leftOut)}`;
  if (files.length === 0) {
    throw new Failure("folder_empty", `${fileName(folder)} is a folder without a file that may hold events${others}`);
  }
  const found = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${count} ${kind}`);
  const said = `${fileName(folder)}: reading ${counted(files.length, "file")} (${found.join(", ")})${others}`;
  return { files, found: said };
}

async function pathsIn(folder: string): Promise<string[]> {
  const paths: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (/^[._]/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) paths.push(...(await pathsIn(path)));
    else if (entry.isFile() || (await stat(path)).isFile()) paths.push(path);
  }
  return paths;
}

/** Returns the kind of a file by its name, as `.json.gz`; `undefined` if it is one that holds no events. */
function kindOf(name: string): string | undefined {
  const [first, ...ends] = name.toLowerCase().split(".");
  const [last, before] = [ends.at(-1), ends.at(-2)];
  // a number is no kind: logs are counted, as events.log.1
  if (first === undefined || last === undefined || /^\d*$/.test(last)) return "without a kind";
  if (TABLES.includes(last)) return `.${last}`;
  if (!COMPRESSED.includes(last)) return undefined;
  return before !== undefined && TABLES.includes(before) ? `.${before}.${last}` : `.${last}`;
}

function listedShort(paths: string[]): string {
  const names = paths.slice(0, SAID_MAX).map(fileName);
  const more = paths.length - names.length;
  return listed(more > 0 ? [...names, `${more} more`] : names);
}
