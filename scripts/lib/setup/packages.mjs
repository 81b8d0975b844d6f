import { readFileSync } from "node:fs";
import { join } from "node:path";
import { finish } from "../child.mjs";
import { root } from "../root.mjs";
import { Failure } from "../say.mjs";

const toolsNode = 22;

/** Installs what package-lock.json names, the Node 22 that vitest and wrangler need among it. */
export async function packages() {
  let said = "up to date";
  if (!isInstalled()) {
    const { code, output } = await finish("npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"]);
    if (code !== 0) {
      if (output.includes("EUSAGE")) {
        throw new Failure("package-lock.json does not fit the package.json files; run: npm install");
      }
      const [, reason = ""] = /^npm error (?!code|errno|syscall|path|command)(.+)$/m.exec(output) ?? [];
      throw new Failure(`npm ci failed${reason && `: ${reason}`}; is npm's registry reachable? See: npm ci`);
    }
    said = "installed";
  }
  const { code, stdout } = await finish(join(root, "node_modules/.bin/node"), ["--version"]).catch(() => ({
    code: 1,
    stdout: "",
  }));
  if (code !== 0 || !stdout.startsWith(`v${toolsNode}.`)) {
    throw new Failure(
      `Node ${toolsNode} is missing in node_modules (are npm's install scripts off?); run: npm rebuild node --ignore-scripts=false`,
    );
  }
  return `${said}, Node ${stdout.trim().slice(1)} for the tools`;
}

function isInstalled() {
  const wanted = readPackages(join(root, "package-lock.json"));
  const found = installedPackages(root);
  if (!wanted || !found) return false;
  const missing = Object.entries(wanted).filter(
    ([path, entry]) => path !== "" && !entry.optional && !same(entry, found[path]),
  );
  const stale = Object.entries(found).filter(([path, entry]) => !same(entry, wanted[path]));
  return missing.length === 0 && stale.length === 0;
}

/**
 * Returns what npm has installed in `folder`: npm writes it to this file, last.
 *
 * @param {string} folder
 */
export function installedPackages(folder) {
  return readPackages(join(folder, "node_modules/.package-lock.json"));
}

/**
 * @param {Entry} a
 * @param {Entry | undefined} b
 */
function same(a, b) {
  return b !== undefined && a.version === b.version && a.integrity === b.integrity && a.link === b.link;
}

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} Entry
 * @param {string} file
 * @returns {Record<string, Entry> | undefined}
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
