import { expect, test } from "vitest";
import { BIN, blocks, exampleFolder, readPage } from "../support/docs.js";
import { startSandbox } from "../support/sandbox.js";

const page = readPage("README.md");

test("the commands and the first example of README.md run, and nothing goes to the service", async () => {
  const sandbox = await startSandbox();
  const { run, runModule } = exampleFolder(sandbox.url);

  const lines = (blocks(page, "sh")[1] as string).replaceAll("\\\n", "").trim().split("\n").filter(Boolean);
  const commands = lines.flatMap((line) => /split-events (.*?)\s*(?:#.*)?$/.exec(line)?.[1] ?? []);
  expect(commands.map((command) => command.split(" ")[0])).toEqual(["check", "plan", "sandbox", "send"]);
  for (const command of commands.filter((command) => !command.startsWith("sandbox"))) {
    const args = command.replace("http://127.0.0.1:8787", sandbox.url).split(/\s+/);
    expect((await run(BIN, ...args)).stdout).toMatch(/^2 events: /);
  }
  expect(sandbox.ledger()).toHaveLength(2);

  expect((await runModule(blocks(page, "js")[0] as string)).stdout).toBe("0 of 1 would be lost []\n1 0 0 0\n");
  expect(sandbox.ledger()).toHaveLength(3);
});

test("every link between these documents leads to a file and a heading that exist", () => {
  const anchors = (text: string) =>
    Array.from(text.matchAll(/^#+ (.*)$/gm), ([, title]) =>
      (title as string)
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
  for (const from of [
    "README.md",
    "docs/PACKAGE.md",
    "docs/SANDBOX.md",
    "worker/README.md",
    "docs/DELIVERY.md",
    "docs/WORKER.md",
    "CONTRIBUTING.md",
  ]) {
    const links = readPage(from).matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g);
    for (const [link, path, anchor] of links) {
      const folder = from.split("/").slice(0, -1).join("/");
      const to = path ? new URL(path, `file:///${folder ? `${folder}/` : ""}`).pathname.slice(1) : from;
      if (!/\.md$/.test(to)) continue;
      const text = readPage(to);
      if (anchor) expect(anchors(text), `${from}: ${link}`).toContain(anchor);
    }
  }
});
