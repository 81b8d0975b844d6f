import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { GROUPS } from "../../pkg/build/options/table.js";
import { BIN, blocks, exampleFolder, node, readPage } from "../support/docs.js";
import { startSandbox } from "../support/sandbox.js";

const page = readPage("docs/DELIVERY.md");

test("the examples of docs/DELIVERY.md run one after the other, and nothing goes to the service", async () => {
  const sandbox = await startSandbox();
  const { run, runModule } = exampleFolder(sandbox.url);

  const [start, fault, key, ...commands] = blocks(page, "sh").join("").trim().split("\n");
  expect(start).toBe("npx split-events sandbox --port 8787 &");
  sandbox.setFaults(JSON.parse(/^curl \S+\/_faults --data '(.*)'$/.exec(fault as string)?.[1] as string));
  expect(key).toMatch(/^export SPLIT_API_KEY=/);
  expect(commands).toHaveLength(6);
  let id = "";
  for (const command of commands) {
    const [npx, name, ...args] = command
      .replace(" ID ", ` ${id} `)
      .replace("http://127.0.0.1:8787", sandbox.url)
      .split(" ");
    expect([npx, name]).toEqual(["npx", "split-events"]);
    const { stdout } = await run(BIN, ...args);
    expect(stdout).not.toBe("");
    if (args[0] === "unknown") id = /^[0-9a-f]{16}-\d+/m.exec(stdout)?.[0] as string;
  }
  expect(id).not.toBe("");
  expect(sandbox.ledger()).toHaveLength(2);

  for (const code of blocks(page, "js")) expect((await runModule(code)).stdout).toBe("1\n");
  expect(sandbox.ledger()).toHaveLength(3);
});

test("every option of delivery stands in docs/DELIVERY.md, with its default", async () => {
  const { stdout } = await node(process.execPath, [BIN, "send", "--help"]);
  const flags = Array.from(stdout.matchAll(/^ {2}(--[a-z-]+)/gm), ([, flag]) => flag as string);
  const ofDelivery = flags.slice(flags.indexOf("--max-events")).filter((flag) => flag !== "--json");
  expect(ofDelivery.length).toBeGreaterThan(14);
  for (const flag of ofDelivery) expect(page).toContain(`\`${flag}\``);
  for (const group of ["batch", "delivery", "pace", "stores", "watch"] as const) {
    const names = Object.keys(GROUPS[group]).filter((name) => name !== "seed");
    expect(names.length).toBeGreaterThan(1);
    for (const name of names.filter((name) => !["fetch", "totalBytes", "retry"].includes(name))) {
      expect(page, group).toContain(`\`${name}`);
    }
  }
});

test("docs/DELIVERY.md explains every reason that the module knows", () => {
  const sources = readdirSync("delivery/src", { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".rs"),
  );
  const code = sources.map((path) => readPage(`delivery/src/${path}`)).join("");
  const reasons = Array.from(code.matchAll(/\(Reason::\w+, "([a-z_]+)"\)/g), ([, reason]) => reason as string);
  expect(reasons.length).toBeGreaterThan(29);
  for (const reason of reasons) expect(page).toContain(`\n| \`${reason}\` |`);
});
