import { findChromium, howToGetChromium, isExecutable } from "../../chromium.mjs";
import { finish } from "../child.mjs";
import { Advice, Failure } from "../say.mjs";
import { aptInstalls, byApt } from "./apt.mjs";

/**
 * Chromium, by apt where that needs nobody's password.
 *
 * @param {{ install: boolean }} options
 */
export async function browser({ install }) {
  if (process.env.CHROMIUM_PATH && !isExecutable(process.env.CHROMIUM_PATH)) {
    throw new Failure(`CHROMIUM_PATH is ${process.env.CHROMIUM_PATH}, where nothing can be executed`);
  }
  if (!findChromium() && install && aptInstalls()) await byApt("chromium");
  const path = findChromium();
  if (!path) return new Advice(`none, which only the tests in the browser need: ${howToGetChromium}`);
  const { code, stdout, output } = await finish(path, ["--version"]);
  if (code !== 0) throw new Failure(`${path} --version failed with exit code ${code} (above)`, output);
  return stdout.trim();
}
