/** Which POSTs a fault meets: those that fit everything that is given, or all where nothing is. */
export interface Match {
  /** The number of the POST, from 1, counted over all POSTs of events since the state was last cleared. */
  post?: number;
  /** Every so many POSTs: with 3, the third, the sixth, and so on. */
  every?: number;
  /** Bodies of more bytes than this. */
  bytesOver?: number;
  /** Bodies with this text in them. */
  contains?: string;
  /** How often it happens before it is used up. */
  times?: number;
}

interface Common extends Match {
  /** Whether the events enter the ledger. Each kind has its default. */
  take?: boolean;
  /** Milliseconds to wait before. */
  ms?: number;
}

interface AtOnce {
  /** `headers`: at once, the body unread, so that nothing can be taken. `body` (default): the whole request is read. */
  when?: "headers" | "body";
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export type Fault = Common &
  (
    | ({ do: "status"; retryAfterDate?: number } & Answer & AtOnce)
    | ({ do: "reset" } & AtOnce)
    | ({ do: "close" } & AtOnce)
    | ({ do: "hang" } & AtOnce)
    | ({ do: "delay"; ms: number } & Partial<Answer>)
    | { do: "slowBody"; status?: number; headers?: Record<string, string>; size?: number; interval?: number }
    | { do: "halfResponse"; status?: number; headers?: Record<string, string>; size?: number }
    | { do: "garbage"; status?: number }
    | { do: "redirect"; status?: number; location?: string }
  );

export type Do = Fault["do"];
export type FaultOf<K extends Do> = Extract<Fault, { do: K }>;

/** As `GET /_faults` shows it. */
export type FaultState = Fault & { fired: number };
