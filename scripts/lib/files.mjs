import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/**
 * Writes a file unless it has this content already, so that tools which look at its time do no work again.
 *
 * @param {string} file
 * @param {string | Uint8Array} content
 */
export function writeChanged(file, content) {
  if (existsSync(file) && readFileSync(file).equals(Buffer.from(content))) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/**
 * Makes a folder hold these files and no others, and writes those that changed.
 *
 * @param {string} folder
 * @param {Map<string, string | Uint8Array>} files contents by path, with `/`
 * @param {(path: string) => boolean} [isOurs] which of the folder's files are removed if they are not given
 */
export function writeFiles(folder, files, isOurs = () => true) {
  for (const path of listFiles(folder)) if (isOurs(path) && !files.has(path)) rmSync(join(folder, path));
  for (const [path, content] of files) writeChanged(join(folder, path), content);
}

/** @param {string} folder */
function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"));
}
