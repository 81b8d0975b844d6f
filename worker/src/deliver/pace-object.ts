/** No pause is longer, whatever the service asks for: after it one request asks the service again. */
export const PAUSE_MAX_MS = 3_600_000;

/** What a shard may do now: wait, or send up to `requests` requests. */
export interface Lease {
  waitMs: number;
  requests: number;
  /** How many times an operator had resumed when the lease was made: handed back with `done`. */
  resumes: number;
}

/** A pause that a shard ran into, with what the service answered. */
export interface Hold {
  ms: number;
  reason: string;
}

export interface PaceState {
  /** 0 if there is no pause. */
  pausedMs: number;
  pauseReason?: string;
  pausedSince?: string;
  /** All shards that have ever taken anything. */
  shards: number[];
}

/** The calls that the pace answers. */
export interface PaceObject extends Rpc.DurableObjectBranded {
  know(shard: number): Promise<void>;
  lease(shard: number, most: number, owed: number): Promise<Lease>;
  hold(shard: number, lease: Pick<Lease, "resumes">, hold: Hold): Promise<void>;
  done(shard: number, lease: Pick<Lease, "resumes">, hold?: Hold): Promise<void>;
  resume(): Promise<PaceState>;
  state(): Promise<PaceState>;
}
