import { finish } from "../child.mjs";
import { Failure } from "../say.mjs";
import { aptInstalls, byApt } from "./apt.mjs";

const packages = ["firefox-esr", "gir1.2-webkit2-4.1", "python3-gi", "xvfb"];

const webkit = `import gi
gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import WebKit2
print(f"{WebKit2.get_major_version()}.{WebKit2.get_minor_version()}.{WebKit2.get_micro_version()}")`;

/** Firefox, WebKitGTK with what drives it, and a display for it: by apt where that needs nobody's password. */
export async function engines() {
  const found = (await versions()) ?? (aptInstalls() ? await byApt(...packages).then(versions) : undefined);
  if (found) return found;
  throw new Failure(
    `Firefox, WebKitGTK or Xvfb is missing: apt-get install ${packages.join(" ")} (Debian 12 or newer)`,
  );
}

async function versions() {
  const firefox = await version(process.env.FIREFOX_PATH ?? "firefox-esr", ["--version"]);
  const webkitGtk = await version("/usr/bin/python3", ["-c", webkit]);
  // it has no --version, and its help goes to its standard error
  const xvfb = await finish("Xvfb", ["-help"]).catch(() => undefined);
  return firefox && webkitGtk && xvfb ? `${firefox}, WebKitGTK ${webkitGtk}` : undefined;
}

/**
 * @param {string} command
 * @param {string[]} args
 */
async function version(command, args) {
  const found = await finish(command, args).catch(() => undefined);
  return found?.code === 0 ? found.stdout.trim() : undefined;
}
