import { Failure } from "../say.mjs";

const oldest = 20;

/** The Node that runs these scripts and, for users, the package. */
export function node() {
  const major = Number.parseInt(process.versions.node, 10);
  if (process.platform === "win32") throw new Failure("the scripts need a POSIX system; on Windows use WSL");
  if (major < oldest) {
    throw new Failure(`found ${process.versions.node}, needed is ${oldest} or newer; get it from https://nodejs.org`);
  }
  return process.versions.node;
}
