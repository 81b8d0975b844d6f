import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { manifest } from "./package-app.js";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("package, crates, lock files and the changelog name one version", () => {
  const { version } = manifest;
  expect(/^\[workspace\.package\]\nversion = "(.*)"$/m.exec(read("Cargo.toml"))?.[1]).toBe(version);
  expect(versionsOf("split-events", "Cargo.lock")).toEqual([version]);
  expect(versionsOf("split-events-base", "Cargo.lock")).toEqual([version]);
  expect(versionsOf("split-events-checking", "Cargo.lock")).toEqual([version]);
  expect(versionsOf("split-events-mapping", "Cargo.lock")).toEqual([version]);
  expect(versionsOf("split-events-delivery", "Cargo.lock")).toEqual([version]);
  expect(versionsOf("split-events-bindings", "Cargo.lock")).toEqual([version]);
  expect(versionsOf("split-events", "fuzz/Cargo.lock")).toEqual([version]);
  expect(versionsOf("split-events-base", "fuzz/Cargo.lock")).toEqual([version]);
  expect(versionsOf("split-events-checking", "fuzz/Cargo.lock")).toEqual([version]);
  expect(versionsOf("split-events-mapping", "fuzz/Cargo.lock")).toEqual([version]);
  expect(JSON.parse(read("package-lock.json")).packages.pkg.version).toBe(version);
  expect(/^## (.*)$/m.exec(read("CHANGELOG.md"))?.[1]).toBe(version);
});

test("no other package of the workspace has a version", () => {
  const { workspaces } = JSON.parse(read("package.json")) as { workspaces: string[] };
  const others = ["package.json", ...workspaces.map((folder) => `${folder}/package.json`)];
  const versions = others.filter((path) => "version" in JSON.parse(read(path)));
  expect(versions).toEqual(["pkg/package.json"]);
});

function versionsOf(crate: string, lock: string): string[] {
  const found = read(lock).matchAll(/^name = "(.*)"\nversion = "(.*)"$/gm);
  return Array.from(found).flatMap(([, name, version]) => (name === crate ? [version as string] : []));
}
