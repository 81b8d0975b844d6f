import { expect, onTestFinished, test, vi } from "vitest";
import { init } from "../../pkg/dist/module/module.js";

test("if init gets something other than the module, the error shows its first bytes", async () => {
  const page = new TextEncoder().encode("<!doctype html>");
  await expect(init(page)).rejects.toMatchObject({
    name: "ConfigError",
    code: "module_not_compiled",
    message: expect.stringMatching(
      /^what init\(\) was given \(15 bytes, beginning "<!doctype html>"\) is not the module of this version of the package: /,
    ),
  });
});

test("in a runtime without SIMD the error says which have it", async () => {
  const validate = vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
  onTestFinished(() => validate.mockRestore());
  await expect(init(new Uint8Array(8))).rejects.toMatchObject({
    code: "module_not_compiled",
    message: expect.stringMatching(/^this runtime lacks WebAssembly's SIMD, which is in Chrome since 91, /),
  });
});

test("if the address does not answer, the error is the runtime's own, and init can be tried again", async () => {
  await expect(init(new URL("file:///nothing.wasm"))).rejects.not.toMatchObject({ code: "module_not_compiled" });
  await expect(init(new Uint8Array())).rejects.toMatchObject({ code: "module_not_compiled" });
});
