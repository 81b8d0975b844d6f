import type { Receipt } from "split-events";
import type { Sandbox } from "split-events-sandbox";

export interface Tally {
  accepted: number;
  refused: number;
  unknown: number;
  /** Unknown events that the service has taken, and those whose request did not reach it as a whole. */
  unknownTaken: number;
  unknownNot: number;
  lost: number;
  twice: number;
}

export interface Wanted {
  /** The keys of the events that are sent, by their index in the input. */
  keys: readonly (string | undefined)[];
  /** The parts that were in flight at a crash. */
  inFlight: ReadonlyMap<string, number>;
  /** The events in the batches of the journal, if the rest of the input was lost with the process. */
  planned: number | undefined;
}

/** Compares the receipt of an import that crashed with the sandbox's ledger. */
export function compare(receipt: Receipt, sandbox: Pick<Sandbox, "ledger">, wanted: Wanted): Tally {
  const { keys, inFlight, planned } = wanted;
  const { accepted, refused, unknown, unsent } = receipt;
  equal("the states add up", accepted + refused + unknown + unsent, receipt.events);
  equal("nothing is left unsent", unsent, 0);
  if (planned !== undefined) equal("the receipt covers what was planned", accepted + unknown, planned);
  else {
    equal("the receipt covers the whole input", receipt.events, keys.length);
    equal("events that the check refuses are refused", refused, keys.filter((key) => key === undefined).length);
  }

  const told = new Map<string, "accepted" | "unknown">();
  const unknownParts: string[] = [];
  for (const { id, state, from, to, events } of receipt.batches) {
    if (state !== "accepted" && state !== "unknown") throw new Error(`a batch ended ${state}`);
    if (state === "unknown") unknownParts.push(partOf(id, events));
    const own = keys.slice(from.index, to.index + 1).filter((key) => key !== undefined);
    equal(`batch ${id} has the events between its places`, own.length, events);
    for (const key of own) told.set(key, state);
  }
  equal("what was in flight is unknown", unknownParts.sort(), Array.from(inFlight.keys()).sort());

  const taken = new Map<string, number>();
  for (const { event } of sandbox.ledger()) {
    const { key } = event as { key: string };
    taken.set(key, (taken.get(key) ?? 0) + 1);
  }
  const tally: Tally = { accepted, refused, unknown, unknownTaken: 0, unknownNot: 0, lost: 0, twice: 0 };
  for (const key of keys) {
    if (key === undefined) continue;
    const [times, state] = [taken.get(key) ?? 0, told.get(key)];
    if (times > 1) tally.twice += 1;
    if (state === "unknown") tally[times > 0 ? "unknownTaken" : "unknownNot"] += 1;
    else if (state === "accepted" ? times === 0 : planned === undefined || times > 0) tally.lost += 1;
  }
  equal("nothing is lost", tally.lost, 0);
  equal("no event is there twice", tally.twice, 0);
  return tally;
}

/** Returns the part of an id as `batch:from-to`, which is its form in the journal. */
function partOf(id: string, events: number): string {
  const part = id.slice(id.indexOf("-") + 1);
  return part.includes(":") ? part : `${part}:0-${events}`;
}

export function equal(what: string, got: unknown, wanted: unknown): void {
  const [left, right] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`${what}: got ${left.slice(0, 400)}, wanted ${right.slice(0, 400)}`);
}
