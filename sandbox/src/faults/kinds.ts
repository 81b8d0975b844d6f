import type { Exchange } from "../exchange.js";
import type { Do, Fault, FaultOf } from "./fault.js";
import type { Option } from "./options.js";

export interface Kind<F extends Fault = Fault> {
  needs: readonly Option[];
  may: readonly Option[];
  /** Tells whether the events are taken if the fault has no `take`. */
  takes(fault: F): boolean;
  happen(fault: F, exchange: Exchange): void | Promise<void>;
}

const GARBAGE = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x00, 0x3c, 0x68, 0x74, 0x6d, 0x6c, 0x80, 0x5d, 0x0d, 0x0a, 0xc3]);

/** Returns the date in `seconds`, rounded up to a whole second, so that the pause is never too short. */
const httpDate = (seconds: number): string => new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000).toUTCString();

const isGood = (status: number): boolean => status < 300;

/** The kinds of faults. A new one is a row here and a line in fault.ts. */
export const kinds: { [K in Do]: Kind<FaultOf<K>> } = {
  status: {
    needs: ["status"],
    may: ["headers", "body", "retryAfterDate", "when"],
    takes: (fault) => isGood(fault.status),
    happen: ({ status, headers, body, retryAfterDate }, exchange) => {
      const asked = retryAfterDate === undefined ? {} : { "retry-after": httpDate(retryAfterDate) };
      exchange.answer(status, { ...asked, ...headers }, body);
    },
  },
  reset: {
    needs: [],
    may: ["when"],
    takes: () => false,
    happen: (_, exchange) => exchange.reset(),
  },
  close: {
    needs: [],
    may: ["when"],
    takes: () => false,
    happen: (_, exchange) => exchange.close(),
  },
  hang: {
    needs: [],
    may: ["when"],
    takes: (fault) => fault.when !== "headers",
    happen: (_, exchange) => exchange.hang(),
  },
  delay: {
    needs: ["ms"],
    may: ["status", "headers", "body"],
    takes: (fault) => isGood(fault.status ?? 202),
    happen: ({ status, headers, body }, exchange) => {
      if (status === undefined) exchange.answerAsUsual(headers, body);
      else exchange.answer(status, headers, body);
    },
  },
  slowBody: {
    needs: [],
    may: ["status", "headers", "size", "interval"],
    takes: (fault) => isGood(fault.status ?? 202),
    happen: ({ status = 202, headers, size = 100, interval = 100 }, exchange) =>
      exchange.trickle(status, headers, size, interval),
  },
  halfResponse: {
    needs: [],
    may: ["status", "headers", "size"],
    takes: (fault) => isGood(fault.status ?? 202),
    happen: ({ status = 202, headers, size = 100 }, exchange) => exchange.answerHalf(status, headers, size),
  },
  garbage: {
    needs: [],
    may: ["status"],
    takes: (fault) => isGood(fault.status ?? 202),
    happen: ({ status = 202 }, exchange) => exchange.answer(status, { "content-type": "application/json" }, GARBAGE),
  },
  redirect: {
    needs: [],
    may: ["status", "location"],
    takes: () => false,
    happen: ({ status = 302, location }, exchange) =>
      exchange.answer(status, { location: location ?? exchange.record.path }),
  },
};
