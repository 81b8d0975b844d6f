import { setContainers } from "../input/containers.js";

/** Lets inputs be containers, which are opened by files of their own. */
export function registerContainers(): void {
  setContainers(() => import("./index.js"));
}
