import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./root.mjs";

/**
 * An option, as far as the build reads it.
 *
 * @typedef {{ of: string[], words?: string[], within?: Group, [more: string]: unknown }} Option
 * @typedef {Record<string, Option>} Group
 */

/**
 * Returns the table of options of a part: of its functions alone, and without what only documentation and the command
 * line have.
 *
 * @param {import("./modules.mjs").Module} part
 */
export async function partOptions({ takers, elsewhere }) {
  /** @type {{ TAKERS: Record<string, string>, GROUPS: Record<string, Group> }} */
  const { TAKERS, GROUPS } = await import(pathToFileURL(join(root, "pkg/build/options/table.js")).href);
  const groups = Object.entries(GROUPS).map(([name, group]) => [name, taken(group)]);
  return {
    TAKERS: Object.fromEntries(takers.map((taker) => [taker, TAKERS[taker]])),
    GROUPS: Object.fromEntries(groups),
  };

  /** @returns {Group} */
  function taken(/** @type {Group} */ group) {
    const own = Object.entries(group).map(([name, { doc, flag, help, beside, kept, ...option }]) => {
      const { of, words, within } = option;
      return /** @type {const} */ ([
        name,
        {
          ...option,
          of: of.filter((taker) => takers.includes(taker)),
          ...(within && { within: taken(within) }),
          ...(words && { words: words.filter((word) => !elsewhere.includes(`${name} ${word}`)) }),
        },
      ]);
    });
    return Object.fromEntries(own.filter(([name, { of }]) => of.length > 0 && !elsewhere.includes(name)));
  }
}
