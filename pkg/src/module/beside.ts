import { FOLDER } from "../place.js";
import { notMoved } from "./not-loaded.js";

/**
 * Returns the address of the module beside the script of the package.
 *
 * @throws ConfigError if the script has no address, since a bundler made it something other than a module
 */
export function beside(address: () => URL): string {
  let href: string;
  try {
    href = address().href;
  } catch {
    throw notMoved("the script of the package is no module");
  }
  // Vite 5 to 7 bundle a package into this folder in development, and leave its files where they are
  return href.replace("/node_modules/.vite/deps/wasm/", `/node_modules/split-events/${FOLDER}/wasm/`);
}
