import { StoreError } from "../../errors/store-error.js";

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Returns the error for a failure of the file system. */
export function explain(folder: string, cause: unknown): StoreError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return FULL.has(code)
    ? new StoreError(
        "store_full",
        `the store in ${folder} has no room: ${message}: free space, then open it again`,
        cause,
      )
    : new StoreError(
        "store_failed",
        `the store in ${folder} failed: ${message}: repair that, then open it again`,
        cause,
      );
}

/** Returns the error for a file that a newer version wrote. */
export function newer(path: string, version: number, read: number): StoreError {
  return new StoreError(
    "store_failed",
    `${path} was written by a newer split-events: it is of version ${version}, and this one reads up to ${read}. Use the split-events that wrote it, or a newer one`,
  );
}

/** Returns the error for a file that is damaged at a byte. */
export function corrupt(path: string, at: number, what: string): StoreError {
  const advice = "nothing was changed; restore the file from a copy, or move it away to begin a new store";
  return new StoreError("store_corrupt", `${path} is damaged at byte ${at}: ${what}: ${advice}`);
}
