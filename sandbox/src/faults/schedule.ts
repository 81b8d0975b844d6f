import type { Body } from "../http/body.js";
import type { Fault, FaultState } from "./fault.js";

/** The part of a body that faults are matched with. */
type Seen = Pick<Body, "bytes" | "content">;

const UNREAD: Seen = { bytes: 0, content: Buffer.alloc(0) };

/** Chooses the fault for each POST: the first of the list that matches and is not used up. */
export class Schedule {
  readonly #faults: FaultState[];

  constructor(faults: readonly Fault[] = []) {
    this.#faults = faults.map((fault) => ({ ...fault, fired: 0 }));
  }

  /** Returns the fault that happens before the body is read. It goes before all faults that wait for the body. */
  atHeaders(post: number): Fault | undefined {
    return this.#fire((fault) => isAtHeaders(fault) && fits(fault, post, UNREAD));
  }

  /** Returns the fault that happens once the whole body was read. */
  atBody(post: number, body: Seen): Fault | undefined {
    return this.#fire((fault) => !isAtHeaders(fault) && fits(fault, post, body));
  }

  list(): FaultState[] {
    return structuredClone(this.#faults);
  }

  #fire(suits: (fault: FaultState) => boolean): Fault | undefined {
    const found = this.#faults.find((fault) => fault.fired < (fault.times ?? Number.POSITIVE_INFINITY) && suits(fault));
    if (found) found.fired += 1;
    return found;
  }
}

const isAtHeaders = (fault: Fault): boolean => "when" in fault && fault.when === "headers";

const fits = (fault: Fault, post: number, { bytes, content }: Seen): boolean =>
  (fault.post === undefined || fault.post === post) &&
  (fault.every === undefined || post % fault.every === 0) &&
  (fault.bytesOver === undefined || bytes > fault.bytesOver) &&
  (fault.contains === undefined || content.includes(fault.contains));
