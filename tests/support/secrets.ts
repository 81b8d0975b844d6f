import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The key of every command, unless a test sets another. */
export const API_KEY = "sdk-key-3f9d1c0b7a-must-never-show";

/** All keys that the tests use. None may be in a file. */
const SECRETS = [API_KEY, "a-key-for-tests", "sdk-key-7c1e-must-never-show", "sdk-key-5b0f77-must-never-show"];

/** Returns the first file below this folder that contains a key, whether journal, ledger, receipt or another. */
export function fileWithKey(folder: string): string | undefined {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "node_modules") {
      const found = fileWithKey(path);
      if (found) return found;
    }
    if (!entry.isFile()) continue;
    const text = readFileSync(path, "latin1");
    if (SECRETS.some((secret) => text.includes(secret)) || text.includes("Bearer sdk-")) return path;
  }
  return undefined;
}
