import type { Exchange } from "../exchange.js";
import type { Fault } from "./fault.js";
import { type Kind, kinds } from "./kinds.js";

/** Tells whether the events of a good POST are taken although this fault happens to it. */
export function takes(fault: Fault): boolean {
  const kind: Kind = kinds[fault.do];
  return fault.take ?? kind.takes(fault);
}

/** Makes the fault happen, after its wait. */
export async function happen(fault: Fault, exchange: Exchange): Promise<void> {
  const kind: Kind = kinds[fault.do];
  if (fault.ms) await exchange.pause(fault.ms);
  if (exchange.isOpen) await kind.happen(fault, exchange);
  else exchange.abandon();
}
