import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { findKey } from "../../pkg/dist/cli/key.js";
import { ProgressLine } from "../../pkg/dist/cli/progress.js";

function terminal(): PassThrough & { isTTY: boolean; written: () => string } {
  let text = "";
  const stream = Object.assign(new PassThrough(), { isTTY: true, written: () => text });
  stream.on("data", (data) => {
    text += data;
  });
  return stream;
}

test("on a terminal the key is asked for, and what is typed is not shown", async () => {
  const [input, output] = [terminal(), terminal()];
  const key = findKey({}, false, { input, output });
  await new Promise((resolve) => output.once("data", resolve));
  input.write("typed-secret\r");
  expect(await key).toBe("typed-secret");
  expect(output.written()).toContain("SDK key");
  expect(output.written()).not.toContain("typed-secret");
});

test("the key is not asked for where it is set, where nobody can answer, or where the input is typed", async () => {
  const [input, output] = [terminal(), terminal()];
  expect(await findKey({ SPLIT_API_KEY: "set" }, false, { input, output })).toBe("set");
  for (const question of [
    findKey({}, true, { input, output }),
    findKey({}, false, { input: new PassThrough(), output }),
    findKey({}, false, { input, output: new PassThrough() }),
  ]) {
    await expect(question).rejects.toMatchObject({ code: "no_key" });
  }
  expect(output.written()).toBe("");
});

test("an empty answer, or Ctrl-C, is no key", async () => {
  for (const typed of ["\r", "\u0003"]) {
    const [input, output] = [terminal(), terminal()];
    const key = findKey({}, false, { input, output });
    await new Promise((resolve) => output.once("data", resolve));
    input.write(typed);
    await expect(key).rejects.toMatchObject({ code: "no_key" });
  }
});

test("progress is one line that is redrawn and goes away, and only on a terminal", () => {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 20, write: (text: string) => written.push(text) };
  const line = new ProgressLine(stream, 0);
  line.show(() => "a text that is longer than the terminal is wide");
  line.clear();
  line.clear();
  expect(written).toEqual(["\r\u001b[2Ka text that is long", "\r\u001b[2K"]);

  const elsewhere = new ProgressLine({ ...stream, isTTY: false }, 0);
  elsewhere.show(() => "text");
  elsewhere.clear();
  expect(written).toHaveLength(2);
});
