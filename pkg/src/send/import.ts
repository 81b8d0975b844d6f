import { newImportId } from "../check/import-id.js";
import type { DeliveryOptions } from "../delivery/options.js";
import { ConfigError } from "../errors/config-error.js";
import { withDefaults } from "../options/checked.js";
import { rowsFor } from "../options/rows.js";
import { parsedUrl } from "../platform.js";
import { journalVersion } from "../wasm/split_events.js";
import { keyDigest } from "./key-digest.js";
import type { SendOptions } from "./options.js";

/** The options that decide which batches are made and which events are sent: a resumed import must do the same. */
const KEPT = rowsFor("send")
  .filter(({ kept }) => kept)
  .map(({ name }) => name as keyof SendOptions);

/** The description of an import in its journal, as JSON. */
export interface Import {
  /** The version of the journal's format when the import began. */
  version: number;
  /** The id of the import. */
  run: string;
  /** When it began, in Unix milliseconds. */
  started: number;
  /** Whether the journal keeps bodies, so that no source is read again. */
  bodies: boolean;
  /** The options that were given, of those that the table of options marks as `kept`. */
  options: Partial<SendOptions>;
  /** The endpoint without its query, which may hold a secret. Missing if it is the service itself. */
  endpoint?: string;
  /** Set if the endpoint had a query. */
  endpointCut?: true;
  /** The {@link keyDigest} of the SDK key that it began with. */
  key?: number;
  /** Set if a later process of the import had another key or went to another endpoint. */
  moved?: true;
  /** The option `journalSource`. */
  source?: unknown;
}

/** Describes a new import. */
export async function newImport(options: SendOptions): Promise<Import> {
  const started = Date.now();
  // the clock is kept, so that an import resumed a day later finds the same timestamps old
  const kept: Import["options"] = { ...(started > 0 && { now: started }) };
  for (const name of KEPT) if (options[name] !== undefined) Object.assign(kept, { [name]: asJson(options[name]) });
  const { journalSource: source } = options;
  const bodies = withDefaults("send", options).journalBodies === true;
  const id = newImportId();
  return {
    ...{ version: journalVersion(), run: id, started, bodies, options: kept, key: await keyDigest(id, options.apiKey) },
    ...keptEndpoint(options.endpoint),
    ...(source !== undefined && { source }),
  };
}

/** Returns an option as JSON can write it: of a Map it would write `{}`. */
function asJson(option: unknown): unknown {
  return option instanceof Map ? Object.fromEntries(option) : option;
}

function keptEndpoint(endpoint: string | undefined): Pick<Import, "endpoint" | "endpointCut"> {
  const url = endpoint === undefined ? undefined : parsedUrl(endpoint);
  if (!url) return {};
  const { origin, pathname, search, hash } = url;
  return { endpoint: origin + pathname, ...((search !== "" || hash !== "") && { endpointCut: true }) };
}

/**
 * Returns the endpoint of an import; `undefined` if it is the service itself.
 *
 * @throws ConfigError if the endpoint had a query, which the journal does not keep.
 */
export function endpointOf({ endpoint, endpointCut }: Import): string | undefined {
  if (!endpointCut) return endpoint;
  throw new ConfigError(
    "endpoint_missing",
    `the import went to ${endpoint} with a query, which no journal keeps: give it again, as endpoint (--endpoint)`,
  );
}

/**
 * Returns the new description of an import that goes to another endpoint or under another key than it began; else
 * `undefined`.
 */
export async function movedImport(began: Import, { apiKey, endpoint }: DeliveryOptions): Promise<Import | undefined> {
  const isThere = keptEndpoint(endpoint).endpoint === began.endpoint;
  if (isThere && began.key === (await keyDigest(began.run, apiKey))) return undefined;
  return { ...began, moved: true };
}
