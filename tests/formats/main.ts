import { spawnSync } from "node:child_process";
import { mkdtempSync, openAsBlob, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { difference } from "./compare.ts";

/** What holds no table of all events. */
const OTHERS = ["expected.json", "sheets.xlsx"];

const rows = Number(process.argv[2] ?? 20_000);
if (!Number.isInteger(rows) || rows < 1) {
  console.error("usage: npm run python-formats -- [ROWS]");
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "split-events-formats-"));
try {
  const script = fileURLToPath(new URL("write.py", import.meta.url));
  const { status, error } = spawnSync(process.env.PYTHON ?? "python3", [script, folder, String(rows)], {
    stdio: "inherit",
  });
  if (error || status !== 0) {
    const packages = "pyarrow duckdb polars pandas fastavro openpyxl xlsxwriter";
    console.error(`the files could not be written: python3 is needed, with ${packages} (name it by PYTHON)`);
    process.exitCode = 1;
  }
  const files = readdirSync(folder).filter((name) => !OTHERS.includes(name));
  for (const name of process.exitCode ? [] : files) {
    const path = join(folder, name);
    const found = await difference(path, await openAsBlob(path));
    console.log(`${name}: ${found ? `differs: ${JSON.stringify(found, null, 2)}` : `${rows} rows arrived`}`);
    if (found) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
