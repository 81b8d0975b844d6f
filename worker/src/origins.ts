/** The origins whose pages may post. */
export interface Origins {
  exact: ReadonlySet<string>;
  /** Domains of which every subdomain may post, by the beginning and the end of its origin. */
  under: readonly { scheme: string; suffix: string }[];
}

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const SUBDOMAINS = /^([a-z][a-z0-9+.-]*:\/\/)\*\./i;
/** The labels before a domain. */
const LABELS = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i;

/** Returns whether a page of this origin may post. Without `origins` every page may. */
export function allows(origins: Origins | undefined, origin: string): boolean {
  if (!origins || origins.exact.has(origin)) return true;
  return origins.under.some(
    ({ scheme, suffix }) =>
      origin.startsWith(scheme) && origin.endsWith(suffix) && LABELS.test(origin.slice(scheme.length, -suffix.length)),
  );
}

/** Reads origins as people write them; `undefined` for all. Throws a RangeError that says what to write. */
export function originsFrom(texts: readonly string[]): Origins | undefined {
  const exact = new Set<string>();
  const under = [];
  for (const text of texts) {
    const subdomains = SUBDOMAINS.exec(text);
    if (text === "*") continue;
    else if (text.toLowerCase() === "null") exact.add("null");
    else if (subdomains) under.push(domainOf(text, subdomains[1] ?? ""));
    else exact.add(originOf(text));
  }
  return texts.length === 0 || texts.includes("*") ? undefined : { exact, under };
}

function domainOf(text: string, scheme: string): Origins["under"][number] {
  const origin = originOf(scheme + text.slice(scheme.length + "*.".length), text);
  const begins = scheme.toLowerCase();
  return { scheme: begins, suffix: `.${origin.slice(begins.length)}` };
}

/** Returns an origin as browsers write it: in lower case, without a slash, without the scheme's default port. */
function originOf(text: string, written = text): string {
  const shown = JSON.stringify(written.slice(0, 80));
  if (!SCHEME.test(text)) {
    const named = URL.canParse(`https://${text.replace("*.", "")}`);
    const means = /^\*\./.test(text) ? "https://*." : "https://";
    const instead = named ? `${means}${new URL(`https://${text.replace("*.", "")}`).host}` : "https://shop.example";
    throw new RangeError(`${shown} has no scheme: write ${instead}`);
  }
  if (text.includes("*")) {
    throw new RangeError(`in ${shown} a * may stand for subdomains only: write https://*.shop.example, or * for all`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.host === "") throw new RangeError(`${shown} is no origin: write one as https://shop.example`);
  const origin = `${url.protocol}//${url.host}`.toLowerCase();
  const isMore = !["", "/"].includes(url.pathname) || `${url.search}${url.hash}${url.username}${url.password}` !== "";
  if (!isMore) return origin;
  const instead = written === text ? origin : origin.replace("://", "://*.");
  throw new RangeError(`${shown} is more than an origin: write ${instead}`);
}
