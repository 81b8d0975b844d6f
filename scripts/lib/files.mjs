import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/**
 * Makes a folder hold these files and no others. Files that did not change are not written, so that tools which look at
 * their times do no work again.
 *
 * @param {string} folder
 * @param {Map<string, string | Uint8Array>} files contents by path, with `/`
 * @param {(path: string) => boolean} [isOurs] which of the folder's files are removed if they are not given
 */
export function writeFiles(folder, files, isOurs = () => true) {
  for (const path of listFiles(folder)) if (isOurs(path) && !files.has(path)) rmSync(join(folder, path));
  for (const [path, content] of files) {
    const file = join(folder, path);
    if (existsSync(file) && readFileSync(file).equals(Buffer.from(content))) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** @param {string} folder */
function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"));
}
