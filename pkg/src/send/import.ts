import { runId } from "../check/run.js";
import { ConfigError, InputError } from "../errors.js";
import { init } from "../module/module.js";
import { withDefaults } from "../options/checked.js";
import { defaultOf } from "../options/table.js";
import { assertStore, type Store } from "../stores/store.js";
import type { BatchOptions, CheckOptions, DeliveryOptions, Receipt, SendOptions, StoreOptions } from "../types.js";
import { RawJournal, RawLedger } from "../wasm/split_events.js";

/** What makes batches, and what of them is sent: an import that is taken up must make the same. */
const KEPT = [
  "format",
  "lines",
  "map",
  "repair",
  "normalizeNames",
  "trafficTypes",
  "flatten",
  "timestampUnit",
  "now",
  "maxEvents",
  "maxBytes",
  "resend",
] as const satisfies (keyof CheckOptions | keyof BatchOptions | keyof StoreOptions)[];

export type KeptOptions = Pick<CheckOptions & BatchOptions & StoreOptions, (typeof KEPT)[number]>;

/** How a journal describes its import. */
export interface Import {
  version: 1;
  run: string;
  /** Unix time in milliseconds. */
  started: number;
  /** It keeps bodies: nothing is read again. */
  bodies: boolean;
  options: KeptOptions;
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

const DAY = 24 * 60 * 60 * 1000;

/** A new import, for a journal that holds none. */
export async function newImport(options: SendOptions): Promise<Import> {
  const started = Date.now();
  // the clock is kept, so that an import taken up a day later finds the same timestamps old
  const kept: KeptOptions = { ...(started > 0 && { now: started }) };
  for (const name of KEPT) if (options[name] !== undefined) Object.assign(kept, { [name]: asJson(options[name]) });
  const { journalBodies: bodies = true, journalSource: source } = options;
  const run = runId();
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

/**
 * 32 bits of a SHA-256 of the key, salted by the run's id: whether two runs had the same key can be told by it, and the
 * key cannot. 0, which stands for any key, where there is none or the runtime makes no digests.
 */
async function keyDigest(run: string, apiKey: string | undefined): Promise<number> {
  const { subtle } = globalThis.crypto ?? {};
  if (typeof apiKey !== "string" || apiKey === "" || subtle === undefined) return 0;
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(`${run} ${apiKey}`));
  return new DataView(digest).getUint32(0) || 1;
}

export interface Journal {
  raw: RawJournal;
  import: Import | undefined;
  receipt: Receipt | undefined;
}

/** Reads what a journal's store holds. */
export async function readJournal(store: Store): Promise<Journal> {
  const raw = await loadJournal(store);
  const known = raw.description === "" ? undefined : parseImport(raw.description);
  return {
    raw,
    import: known,
    receipt: raw.receipt === undefined ? undefined : { ...JSON.parse(raw.receipt), hookErrors: 0 },
  };
}

/** The same of any journal: a client's or an outbox's has no run, since its batches have ids of their own. */
export async function readUnknown(store: Store): Promise<{ raw: RawJournal; run: string }> {
  const raw = await loadJournal(store);
  const isImport = raw.description !== "" && !raw.isOutbox;
  return { raw, run: isImport ? parseImport(raw.description).run : "" };
}

/** The same, whatever it is the journal of. */
export async function loadJournal(store: Store): Promise<RawJournal> {
  await init();
  assertStore("journal", store);
  const raw = new RawJournal();
  for await (const [key, value] of store.entries()) {
    if (!raw.load(key, value)) {
      throw new InputError(
        "journal_unreadable",
        `the journal holds "${key}", which this version of split-events does not understand: give another journal, or use the version that wrote it`,
      );
    }
  }
  return raw;
}

function parseImport(text: string): Import {
  const parsed = JSON.parse(text) as Import | { version: string };
  if (parsed.version === 1) return parsed as Import;
  if (String(parsed.version).startsWith("outbox")) {
    throw new InputError(
      "journal_unreadable",
      "this is the journal of a client or an Outbox: give it to createClient or Outbox.open, which send what it holds",
    );
  }
  throw new InputError(
    "journal_unreadable",
    `the journal is of version ${parsed.version}, which this version of split-events does not understand`,
  );
}

/** Reads the ledger's store for the run with this id. `anyKey`: it has no key, so that all that went there counts. */
export async function readLedger(
  run: string,
  options: SendOptions,
  { moved = false, anyKey = false }: { moved?: boolean; anyKey?: boolean },
): Promise<RawLedger | undefined> {
  const { ledger: store, ledgerDays: days = defaultOf("send", "ledgerDays"), apiKey } = options;
  if (store === undefined) return undefined;
  const key = anyKey ? undefined : apiKey;
  const raw = new RawLedger(
    run,
    Date.now(),
    days * DAY,
    withDefaults("send", options),
    await keyDigest(run, key),
    moved,
  );
  let [of, digest] = ["", 0];
  for await (const [name, value] of store.entries()) {
    const [by = ""] = name.split("/", 1);
    if (by !== of) [of, digest] = [by, await keyDigest(by, key)];
    if (!raw.load(name, value, digest)) {
      throw new InputError(
        "ledger_unreadable",
        `the ledger holds "${name}", which is no entry of a ledger: give another ledger`,
      );
    }
  }
  return raw;
}
