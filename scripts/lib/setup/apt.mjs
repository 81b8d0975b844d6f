import { existsSync } from "node:fs";
import { finish } from "../child.mjs";

/** Whether apt installs here without anybody's password. */
export const aptInstalls = () => process.getuid?.() === 0 && existsSync("/etc/debian_version");

/**
 * Installs packages of Debian. The first try is without apt-get update: where the lists are fresh, it saves the time.
 *
 * @param {...string} packages
 */
export async function byApt(...packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = () => finish("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env });
  if ((await install()).code === 0) return;
  await finish("apt-get", ["update", "-qq"], { env });
  await install();
}
