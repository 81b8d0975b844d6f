import { step } from "./say.mjs";
import { browser } from "./setup/browser.mjs";
import { compiler } from "./setup/compiler.mjs";
import { node } from "./setup/node.mjs";
import { packages } from "./setup/packages.mjs";
import { rust } from "./setup/rust.mjs";

/**
 * Everything that building and running needs; what is there already is left alone.
 *
 * @param {{ forTests: boolean }} options Chromium is only installed for the tests
 */
export async function setup({ forTests }) {
  await step("Node", node);
  await step("npm packages", packages);
  await step("C compiler", compiler);
  await step("Rust", rust);
  await step("Chromium", () => browser({ install: forTests }));
}
