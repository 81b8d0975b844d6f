import { expect, onTestFinished, test, vi } from "vitest";
import { init } from "../../pkg/dist/module/module.js";

test("what is not the module is told with what came in its place", async () => {
  const page = new TextEncoder().encode("<!doctype html>");
  await expect(init(page)).rejects.toMatchObject({
    name: "ConfigError",
    code: "module_not_compiled",
    message: expect.stringMatching(
      /^what init\(\) was given \(15 bytes, beginning "<!doctype html>"\) is not the module of this version of the package: /,
    ),
  });
});

test("a runtime without SIMD is told what has it", async () => {
  const validate = vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
  onTestFinished(() => validate.mockRestore());
  await expect(init(new Uint8Array(8))).rejects.toMatchObject({
    code: "module_not_compiled",
    message: expect.stringMatching(/^this runtime lacks WebAssembly's SIMD, which is in Chrome since 91, /),
  });
});

test("an address that does not answer is told as it came, and can be tried again", async () => {
  await expect(init(new URL("file:///nothing.wasm"))).rejects.not.toMatchObject({ code: "module_not_compiled" });
  await expect(init(new Uint8Array())).rejects.toMatchObject({ code: "module_not_compiled" });
});
