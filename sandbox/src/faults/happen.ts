import type { Exchange } from "../exchange.js";
import type { Fault } from "./fault.js";
import { type Kind, kinds } from "./kinds.js";

/** Whether events that are fit to be taken are taken although this happens to their POST. */
export function takes(fault: Fault): boolean {
  const kind: Kind = kinds[fault.do];
  return fault.take ?? kind.takes(fault);
}

/** Waits where the fault says so, then lets it happen. */
export async function happen(fault: Fault, exchange: Exchange): Promise<void> {
  const kind: Kind = kinds[fault.do];
  if (fault.ms) await exchange.pause(fault.ms);
  if (exchange.isOpen) await kind.happen(fault, exchange);
  else exchange.abandon();
}
