import { expect, test } from "vitest";
import { init } from "../../pkg/dist/module.js";

test("what cannot be compiled is told with what the module needs", async () => {
  const page = new TextEncoder().encode("<!doctype html>");
  await expect(init(page)).rejects.toMatchObject({
    name: "ConfigError",
    code: "module_not_compiled",
    message: expect.stringContaining("SIMD"),
  });
});

test("an address that does not answer is told as it came, and can be tried again", async () => {
  await expect(init(new URL("file:///nothing.wasm"))).rejects.not.toMatchObject({ code: "module_not_compiled" });
  await expect(init(new Uint8Array())).rejects.toMatchObject({ code: "module_not_compiled" });
});
