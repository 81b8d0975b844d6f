import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { writeFiles } from "./files.mjs";
import { root } from "./root.mjs";

/** What the tarball has beside code: where it lies in the tarball, by where it lies here. */
const places = new Map([
  ["docs/PACKAGE.md", "README.md"],
  ...["CODES", "DELIVERY", "GLOSSARY", "JOURNAL", "MAPPING", "OPTIONS", "SANDBOX", "WORKER"].map(
    (name) => /** @type {[string, string]} */ ([`docs/${name}.md`, `docs/${name}.md`]),
  ),
  ["CHANGELOG.md", "CHANGELOG.md"],
  ["LICENSE", "LICENSE"],
  ["examples/events.csv", "examples/events.csv"],
  ["tests/data/sending-event-data.json", "examples/events.json"],
  // by name: wrangler writes into this folder, too
  ...["README.md", "index.ts", "package.json", "wrangler.jsonc"].map(
    (name) => /** @type {[string, string]} */ ([`worker/template/${name}`, `template/${name}`]),
  ),
]);

const folders = ["docs/", "examples/", "template/"];

/** Writes the pages, examples and the Worker's template into `pkg`, whose tarball has no dead link. */
export function pages() {
  /** @type {Map<string, string | Uint8Array>} */
  const files = new Map();
  for (const [from, to] of places) {
    const content = readFileSync(join(root, from));
    files.set(to, to.endsWith(".md") ? page(content.toString(), from, to) : content);
  }
  writeFiles(join(root, "pkg"), files, (path) => folders.some((folder) => path.startsWith(folder)));
  return `${files.size} files`;
}

/**
 * Returns a page as it stands in the tarball: links lead to where their files lie there, or become text if they lie
 * outside; commands name the installed files.
 *
 * @param {string} text
 * @param {string} from
 * @param {string} to
 */
function page(text, from, to) {
  const linked = text.replaceAll(/\[([^\]]+)\]\((?![a-z]+:)([^)#]*)(#[^)]*)?\)/g, (link, words, path, anchor = "") => {
    if (path === "") return link;
    const target = posix.join(posix.dirname(from), path).replace(/\/$/, "");
    const place = places.get(target) ?? (target === "worker/template" ? "template" : undefined);
    return place === undefined ? words : `[${words}](${posix.relative(posix.dirname(to), place) || "."}${anchor})`;
  });
  return linked.replaceAll(
    /(?<![\w/.(])(worker\/template|examples\/events\.csv|tests\/data\/sending-event-data\.json)(?![\w/])/g,
    (path) => posix.join("node_modules/split-events", places.get(path) ?? "template"),
  );
}
