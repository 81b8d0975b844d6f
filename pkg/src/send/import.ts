import { newImportId } from "../check/import-id.js";
import type { DeliveryOptions } from "../delivery/options.js";
import { ConfigError } from "../errors/config-error.js";
import { rowsFor } from "../options/rows.js";
import { keyDigest } from "./key-digest.js";
import type { SendOptions } from "./options.js";

/** The options that decide which batches are made and which are sent: an import that is gone on with must make the same. */
const KEPT = rowsFor("send")
  .filter(({ kept }) => kept)
  .map(({ name }) => name as keyof SendOptions);

/** How a journal describes its import. */
export interface Import {
  version: 1;
  run: string;
  /** Unix time in milliseconds. */
  started: number;
  /** It keeps bodies: nothing is read again. */
  bodies: boolean;
  /** The options that were given of those that the table of options marks as kept. */
  options: Partial<SendOptions>;
  /** Where it goes, without a query, which may hold a secret; missing where it is the service itself. */
  endpoint?: string;
  /** There was a query. */
  endpointCut?: true;
  /** A digest of the SDK key that it began with, as {@link keyDigest} makes it. */
  key?: number;
  /** A later process of it had another key, or went to another endpoint. */
  moved?: true;
  /** What the caller says of its source, to find it again. */
  source?: unknown;
}

/** A new import, for a journal that holds none. */
export async function newImport(options: SendOptions): Promise<Import> {
  const started = Date.now();
  // the clock is kept, so that an import taken up a day later finds the same timestamps old
  const kept: Import["options"] = { ...(started > 0 && { now: started }) };
  for (const name of KEPT) if (options[name] !== undefined) Object.assign(kept, { [name]: asJson(options[name]) });
  const { journalBodies: bodies = true, journalSource: source } = options;
  const run = newImportId();
  return {
    ...{ version: 1, run, started, bodies, options: kept, key: await keyDigest(run, options.apiKey) },
    ...keptEndpoint(options.endpoint),
    ...(source !== undefined && { source }),
  };
}

/** JSON writes a Map as if nothing were in it. */
function asJson(option: unknown): unknown {
  return option instanceof Map ? Object.fromEntries(option) : option;
}

function keptEndpoint(endpoint: string | undefined): Pick<Import, "endpoint" | "endpointCut"> {
  if (endpoint === undefined || !URL.canParse(endpoint)) return {};
  const { origin, pathname, search, hash } = new URL(endpoint);
  return { endpoint: origin + pathname, ...((search !== "" || hash !== "") && { endpointCut: true }) };
}

/** Where an import that is taken up goes on, unless another address is given. */
export function endpointOf({ endpoint, endpointCut }: Import): string | undefined {
  if (!endpointCut) return endpoint;
  throw new ConfigError(
    "endpoint_missing",
    `the import went to ${endpoint} with a query, which no journal keeps: give it again, as endpoint (--endpoint)`,
  );
}

/** The import as its journal is to describe it from now on, where it goes elsewhere than before; else nothing. */
export async function movedImport(began: Import, { apiKey, endpoint }: DeliveryOptions): Promise<Import | undefined> {
  const isThere = keptEndpoint(endpoint).endpoint === began.endpoint;
  if (isThere && began.key === (await keyDigest(began.run, apiKey))) return undefined;
  return { ...began, moved: true };
}
