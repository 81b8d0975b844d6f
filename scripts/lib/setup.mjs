import { step } from "./say.mjs";
import { packages } from "./setup/packages.mjs";
import { chromium, compiler, engines, lookUp, node, npm, rustup } from "./setup/prerequisites.mjs";
import { rust } from "./setup/rust.mjs";

/**
 * Prepares all that building and running needs; what is there already is left alone.
 *
 * @param {{ forBrowser?: boolean, forEngines?: boolean }} [wanted] whether Chromium, or Firefox and WebKit too, are needed
 */
export async function setup({ forBrowser = false, forEngines = false } = {}) {
  const browsers = [...(forBrowser || forEngines ? [chromium] : []), ...(forEngines ? engines : [])];
  await lookUp([node, npm, compiler, rustup, ...browsers]);
  await step("npm packages", packages);
  await step("Rust for WebAssembly", rust);
}
