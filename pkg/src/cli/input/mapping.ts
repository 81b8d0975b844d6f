import { readFile } from "node:fs/promises";
import { Batcher, ConfigError, init } from "../../node.js";
import { Failure, systemReason } from "../failure.js";
import { fileName } from "../output/text.js";

/** Reads the file of `--mapping`, and checks it, before anything else is read. */
export async function mappingFile(name: string | undefined): Promise<{ mapping?: string }> {
  if (name === undefined) return {};
  const mapping = await textOf(name);
  await init();
  try {
    new Batcher({ mapping }).free();
  } catch (error) {
    if (!(error instanceof ConfigError) || error.code !== "invalid_mapping") throw error;
    throw new Failure(error.code, error.message.replace(/^mapping\b/, fileName(name)));
  }
  return { mapping };
}

async function textOf(name: string): Promise<string> {
  try {
    return await readFile(name, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new Failure(
        "file_not_found",
        `--mapping: there is no file ${fileName(name)}; split-events map FILE --write ${fileName(name)} makes one`,
      );
    }
    throw new Failure("file_unreadable", `--mapping: ${fileName(name)} cannot be read: ${systemReason(error)}`);
  }
}
