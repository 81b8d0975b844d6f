import type { Fault } from "split-events-sandbox";
import { tls } from "../support/tls.ts";
import type { Job } from "./job.ts";
import { type PlaceName, proves } from "./places/place.ts";
import { at, handshake, hole, nobody, nonsense, type Somewhere, sandbox } from "./somewhere.ts";

/** A way in which a request can fail, or seem to fail. */
export interface Failing {
  name: string;
  open(): Promise<Somewhere>;
  options?: Partial<Job["options"]>;
  /** The number and size of the events in the batch; default two small ones. */
  load?: { events: number; bytes: number };
  /** Whether the user cuts the request as soon as the server has taken it. */
  cut?: true;
  /** The state and reason of the batch. */
  says(place: PlaceName): [state: string, reason?: string];
  posts: number;
  taken: number;
  /** Whether the client must close its connection. */
  leaves?: true;
}

const LOST: [string, string] = ["unknown", "connection_lost"];
const NOT_CONNECTED: [string, string] = ["unsent", "not_connected"];

/** The outcome if the error proves that nothing was sent, as in certain.rs. */
const neverSent = (place: PlaceName) => (proves(place) ? NOT_CONNECTED : LOST);
const neverSentInNode = (place: PlaceName) => (place.startsWith("node") ? NOT_CONNECTED : LOST);
const lost = () => LOST;

const LATER: Fault = { do: "delay", ms: 600_000 };

/** Every way in which a request can fail, provoked on this machine. A new one is a row. */
export const failures: readonly Failing[] = [
  { name: "nobody listens", open: nobody, says: neverSent, posts: 0, taken: 0 },
  { name: "a host that nobody knows", open: () => at("http://nowhere.invalid"), says: neverSent, posts: 0, taken: 0 },
  { name: "a certificate that nobody signed", open: () => sandbox([], { tls }), says: neverSent, posts: 0, taken: 0 },
  { name: "closed in the TLS handshake", open: () => handshake("end"), says: neverSentInNode, posts: 0, taken: 0 },
  { name: "reset in the TLS handshake", open: () => handshake("resetAndDestroy"), says: lost, posts: 0, taken: 0 },
  {
    name: "no answer to the attempt to connect",
    open: hole,
    options: { timeoutMs: 12_000 },
    says: (place) => (place.startsWith("node") ? NOT_CONNECTED : ["unknown", "timeout"]),
    posts: 0,
    taken: 0,
  },
  {
    name: "reset before the body was read",
    open: () => sandbox([{ do: "reset", when: "headers" }]),
    load: { events: 80, bytes: 12_000 },
    says: lost,
    posts: 1,
    taken: 0,
  },
  {
    name: "read, then closed",
    open: () => sandbox([{ do: "close", take: true }]),
    says: lost,
    posts: 1,
    taken: 1,
  },
  {
    name: "read, then reset",
    open: () => sandbox([{ do: "reset", take: true }]),
    says: lost,
    posts: 1,
    taken: 1,
  },
  { name: "answered in no HTTP", open: nonsense, says: lost, posts: 1, taken: 1 },
  {
    name: "half a response with 202",
    open: () => sandbox([{ do: "halfResponse" }]),
    says: () => ["accepted"],
    posts: 1,
    taken: 1,
  },
  {
    name: "half a response with 500",
    open: () => sandbox([{ do: "halfResponse", status: 500, take: true }]),
    says: () => ["unknown", "server_error"],
    posts: 1,
    taken: 1,
  },
  {
    name: "never answered",
    open: () => sandbox([LATER]),
    options: { timeoutMs: 1_500 },
    says: () => ["unknown", "timeout"],
    posts: 1,
    taken: 1,
    leaves: true,
  },
  {
    name: "cut by the user",
    open: () => sandbox([LATER]),
    cut: true,
    says: () => ["unknown", "cut"],
    posts: 1,
    taken: 1,
    leaves: true,
  },
];

/** The case of a runtime that trusts the tests' certificate, which is for another address. */
export const wrongName: Failing = {
  name: "a certificate for another name",
  open: () => sandbox([], { tls }, "0.0.0.0"),
  says: neverSent,
  posts: 0,
  taken: 0,
};
