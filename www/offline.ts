import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** Writes the service worker of the built page: it keeps all of the page's files, so that it opens without a network. */
export function offline(): Plugin {
  let out = "";
  return {
    name: "offline",
    apply: "build",
    configResolved: ({ root, build }) => {
      out = join(root, build.outDir);
    },
    closeBundle: {
      order: "post",
      handler: () => {
        const files = readdirSync(out, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && entry.name !== "sw.js")
          .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
          .sort();
        const hash = createHash("sha256");
        for (const file of files) hash.update(file).update(readFileSync(join(out, file)));
        const script = readFileSync(new URL("src/sw.js", import.meta.url), "utf8")
          .replace('"[]"', JSON.stringify(JSON.stringify(["./", ...files.filter((file) => file !== "index.html")])))
          .replace("THE_POLICY", policyOf(readFileSync(join(out, "index.html"), "utf8")))
          .replace("VERSION", hash.digest("hex").slice(0, 16));
        writeFileSync(join(out, "sw.js"), script);
      },
    },
  };
}

/** Returns the content security policy that a page states. */
function policyOf(page: string): string {
  const [, policy] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page) ?? [];
  if (policy === undefined) throw new Error("index.html states no content security policy");
  return policy;
}
