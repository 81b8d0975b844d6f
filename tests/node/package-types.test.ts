import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { codes, type Severity, type State } from "split-events";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "./package-app.js";

const known = codes().map(({ code }) => code);

test("a switch over the codes of issues is checked: one that is missing or misspelt does not compile", () => {
  expect(known.length).toBeGreaterThan(50);
  expect(compiled(switchOver(known))).toBe("");
  for (const code of known) expect(known.filter((other) => other === code)).toHaveLength(1);
  const [first, ...others] = known;
  expect(compiled(switchOver(others))).toContain(`Type '"${first}"' is not assignable to type 'never'`);
  expect(compiled(switchOver([...known, "not_jsno"]))).toContain(`Type '"not_jsno"' is not comparable`);
});

test("severities and states are the words of the tables", () => {
  const severities: Record<Severity, true> = { error: true, repair: true, warning: true, note: true };
  expect(Object.keys(severities).sort()).toEqual([...new Set(codes().map(({ severity }) => severity))].sort());
  const states: Record<State, true> = { accepted: true, refused: true, unknown: true, unsent: true };
  expect(Object.keys(states)).toHaveLength(4);
});

test("a table of all reasons is checked: one that is missing or misspelt does not compile", () => {
  const table = readFileSync(join(ROOT, "delivery/src/outcome.rs"), "utf8");
  const reasons = Array.from(table.matchAll(/\(Reason::\w+, "([a-z_]+)"\)/g), ([, reason]) => reason as string);
  expect(reasons.length).toBeGreaterThan(29);
  expect(compiled(tableOf(reasons))).toBe("");
  expect(compiled(tableOf(reasons.slice(1)))).toContain(`Property '${reasons[0]}' is missing`);
  expect(compiled(tableOf([...reasons, "rate_limit"]))).toContain("'rate_limit' does not exist");
});

function switchOver(all: readonly string[]): string {
  const cases = all.map((code) => `    case ${JSON.stringify(code)}:\n`).join("");
  return `import type { Issue } from "split-events";
export function told(issue: Issue): string {
  switch (issue.code) {
${cases}      return issue.hint;
    default: {
      const none: never = issue.code;
      return none;
    }
  }
}
`;
}

function tableOf(reasons: readonly string[]): string {
  return `import type { Reason } from "split-events";
export const table: Record<Reason, true> = { ${reasons.map((reason) => `${reason}: true`).join(", ")} };
`;
}

/** Returns what the compiler says of a program that uses the package. */
function compiled(program: string): string {
  const cache = join(ROOT, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "types-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "program.ts"), program);
  const tsc = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");
  const options = ["--ignoreConfig", "--noEmit", "--strict", "--types", "", "--module", "nodenext"];
  try {
    const lib = ["--target", "es2022", "--lib", "es2022,dom,dom.asynciterable"];
    return execFileSync(process.execPath, [tsc, ...options, ...lib, "program.ts"], { cwd: folder, encoding: "utf8" });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
