import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { install } from "./package-app.js";

let app: string;
let folder: string;
let files: string[];

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), "split-events-app-"));
  install(app);
  folder = join(app, "node_modules/split-events");
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return () => rmSync(app, { recursive: true, force: true });
});

test("every link of the installed pages leads to a file and a heading that exist", () => {
  const pages = files.filter((file) => file.endsWith(".md"));
  expect(pages.length).toBeGreaterThan(8);
  const dead = pages.flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(/\]\((?![a-z]+:)([^)#]*)(?:#([^)]*))?\)/g)].flatMap(
      ([link, path, anchor]) => {
        const to = path ? join(dirname(page), path) : page;
        const isThere = existsSync(to) && (!anchor || anchors(to).includes(anchor));
        return isThere ? [] : `${page.slice(folder.length + 1)}: ${link}`;
      },
    ),
  );
  expect(dead).toEqual([]);
});

test("the package takes at most 5.7 MB", () => {
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  console.log(`the installed package has ${bytes} bytes in ${files.length} files`);
  expect(bytes).toBeLessThan(5_700_000);
});

test("with Node alone, a sandbox is started, and the example is sent to it", async () => {
  const command = join(app, "node_modules/.bin/split-events");
  const sandbox = spawn(command, ["sandbox"], { cwd: app, stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void sandbox.kill());
  const [line] = await once(sandbox.stdout, "data");
  const url = /http:\/\/\S+/.exec(String(line))?.[0];
  for (const example of ["events.json", "events.csv"]) {
    const args = ["send", join("node_modules/split-events/examples", example), "--endpoint", `${url}/api/events/bulk`];
    const env = { ...process.env, SPLIT_API_KEY: "demo" };
    expect(execFileSync(command, [...args, "--json"], { cwd: app, env, encoding: "utf8" })).toContain('"accepted":2,');
  }
  expect((await (await fetch(`${url}/_ledger`)).text()).trim().split("\n")).toHaveLength(4);
});

/** Returns the anchors of a page's headings. */
function anchors(page: string): string[] {
  return Array.from(readFileSync(page, "utf8").matchAll(/^#+ (.*)$/gm), ([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
