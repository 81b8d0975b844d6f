import { ConfigError, check, init, type Preset, presetMapping, presets } from "split-events";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";

test("presets lists each preset with what it reads and what has to be given", async () => {
  const { code, stdout } = await runCli(["presets"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^preset +reads$/m);
  expect(stdout).toMatch(/^segment +/m);
  const { json } = await runJson<(Preset & { needs: string[] })[]>(["presets"]);
  expect(json.find(({ name }) => name === "segment")).toMatchObject({ needs: ["trafficTypeName"] });
  for (const { name, title, reads } of json) {
    expect(stdout).toContain(name);
    expect([title, reads].every((text) => text !== "")).toBe(true);
  }
});

test("presets NAME prints its mapping, and one that there is not is answered with the name that was probably meant", async () => {
  const { stdout } = await runCli(["presets", "segment"]);
  await init();
  expect(JSON.parse(stdout)).toEqual(presetMapping("segment"));
  for (const args of [
    ["presets", "segmnet"],
    ["check", "--preset", "segmnet", "-"],
    ["map", "--preset", "segmnet", "-"],
  ]) {
    expect(await runCli(args, { input: "{}" })).toEqual({
      code: 2,
      stdout: "",
      stderr: 'split-events: there is no preset "segmnet": did you mean segment?\n',
    });
  }
  expect((await runCli(["presets", "zzzz"])).stderr).toContain("split-events presets lists them");
  await expect(check("", { preset: "segmnet" })).rejects.toBeInstanceOf(ConfigError);
});

test("the mapping of every preset is one that the module takes, and every preset is described", async () => {
  await init();
  for (const { name } of presets()) {
    await expect(check("", { mapping: presetMapping(name) }), name).resolves.toMatchObject({ events: 0 });
  }
});
