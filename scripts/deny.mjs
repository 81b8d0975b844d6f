import { stripVTControlCharacters } from "node:util";
import { finish } from "./lib/child.mjs";
import { Failure, run, step } from "./lib/say.mjs";
import { cargoDeny, lookUp } from "./lib/setup/prerequisites.mjs";

const known = ["advisories", "bans", "licenses", "sources"];
const usage = `usage: npm run deny [-- ${known.join("|")} ...]`;

// Not in `npm test`: advisories come from a database on the network.
await run(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new Failure(`there is no check named ${unknown}; ${usage}`);
  await lookUp([cargoDeny]);
  for (const manifest of ["Cargo.toml", "fuzz/Cargo.toml"]) {
    await step(`cargo deny ${manifest}`, () => deny(manifest, wanted.length > 0 ? wanted : known));
  }
});

/**
 * @param {string} manifest
 * @param {string[]} wanted
 */
async function deny(manifest, wanted) {
  // an exception for a crate of one workspace need not be met in the other
  const rules = ["--allow", "unmatched-skip"];
  const where = ["--manifest-path", manifest, "--config", "deny.toml", "--workspace", "--locked"];
  const { code, output } = await finish("cargo", ["deny", ...where, "check", ...rules, ...wanted]);
  if (code !== 0) throw new Failure("failed (its output is above)", output);
  return stripVTControlCharacters(output).trim().split("\n").at(-1);
}
