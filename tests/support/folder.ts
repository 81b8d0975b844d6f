import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { fileWithKey } from "./secrets.js";

/** A folder that is removed after the test. The test fails if a file in it contains a key. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "split-events-"));

  constructor() {
    onTestFinished(() => {
      const leak = fileWithKey(this.path);
      rmSync(this.path, { recursive: true, force: true });
      if (leak) throw new Error(`${leak} holds a key`);
    });
  }

  /** Returns the path of a file in it, which may not exist yet. */
  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.file(name), content);
    return this.file(name);
  }
}
