/** Which POSTs a fault happens to: those that match every option that is given, or all. */
export interface Match {
  /** The number of the POST, from 1, counted over all POSTs of events since the state was last cleared. */
  post?: number;
  /** Each POST whose number is a multiple of this: with 3, the third, the sixth, and so on. */
  every?: number;
  /** Bodies with more bytes than this. */
  bytesOver?: number;
  /** Bodies that contain this text. */
  contains?: string;
  /** How often it happens at most. */
  times?: number;
}

interface Common extends Match {
  /** Whether the events enter the ledger. The default depends on the kind of fault. */
  take?: boolean;
  /** How long to wait before it happens, in milliseconds. */
  ms?: number;
}

interface AtOnce {
  /** `headers`: before the body is read, so that no event is taken. `body` (default): after it was read. */
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

/** A fault, and how often it has happened, as `GET /_faults` shows it. */
export type FaultState = Fault & { fired: number };
