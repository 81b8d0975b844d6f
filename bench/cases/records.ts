import { type Bar, type Case, CHUNK, type Expected, type Input, SEED, type System, today } from "./case.ts";
import { type Record as Members, messages } from "./messages.ts";
import { Random } from "./random.ts";

const REPAIRED = 0.1;
const REFUSED = 0.01;
const PEER = "JSON.parse, a map by hand, ajv, JSON.stringify";

type Verdict = "clean" | "repaired" | "refused";
/** A record, the verdict about its event, and whether a program that repairs nothing sends that event. */
interface Made {
  record: Members;
  verdict: Verdict;
  judged: boolean;
}
type Change = (record: Members) => Members;

const repairs: readonly Change[] = [
  (record) => ({ ...record, userId: Number(String(record.userId).slice(5)) }),
  (record) => ({ ...record, userId: ` ${record.userId} ` }),
];

const refusals: readonly Change[] = [
  (record) => ({ ...record, event: "" }),
  (record) => ({ ...record, userId: "k".repeat(251) }),
  (record) => ({ ...record, userId: null, anonymousId: null }),
  (record) => ({ ...record, timestamp: "yesterday" }),
  (record) => ({ ...record, properties: "none" }),
];

export const records: readonly Case[] = [
  repeated("segment", "Segment"),
  repeated("rudderstack", "RudderStack"),
  repeated("amplitude", "Amplitude"),
  shuffled("segment", "Segment"),
  shuffled("amplitude", "Amplitude"),
  {
    name: "segment-dirty",
    title: "Segment, 10 % repaired, 1 % refused",
    make: (size) => input("segment", size, soiled),
    bars: bar(4),
  },
];

function repeated(system: System, title: string): Case {
  return { name: system, title: `${title}, one shape`, make: (size) => input(system, size, clean), bars: bar(8) };
}

function shuffled(system: System, title: string): Case {
  const make = (size: number) => input(system, size, varied);
  return { name: `${system}-varied`, title: `${title}, shapes vary`, make, bars: bar(14) };
}

function bar(atLeast: number): readonly Bar[] {
  return [{ against: "byHand", title: PEER, atLeast }];
}

function clean(random: Random, system: System, now: number): Made {
  return { record: messages[system](random, now, false), verdict: "clean", judged: true };
}

/** A property that is an object or a list becomes null, which is a repair. The map by hand does the same. */
function varied(random: Random, system: System, now: number): Made {
  const record = messages[system](random, now, true);
  const properties = Object.values((record.properties ?? record.event_properties) as Members);
  const nested = properties.some((value) => typeof value === "object");
  return { record, verdict: nested ? "repaired" : "clean", judged: true };
}

function soiled(random: Random, system: System, now: number): Made {
  const { record } = clean(random, system, now);
  const at = random.unit();
  if (at < REFUSED) return { record: random.pick(refusals)(record), verdict: "refused", judged: false };
  if (at < REFUSED + REPAIRED) return { record: random.pick(repairs)(record), verdict: "repaired", judged: false };
  return { record, verdict: "clean", judged: true };
}

function input(system: System, size: number, make: typeof clean): Input {
  const random = new Random(SEED);
  const now = today();
  const expected: Expected = { events: 0, clean: 0, repaired: 0, refused: 0 };
  const lines: string[] = [];
  let judged = 0;
  for (let length = 0; length < size; ) {
    const made = make(random, system, now);
    const line = `${JSON.stringify(made.record)}\n`;
    lines.push(line);
    length += line.length;
    expected.events += 1;
    expected[made.verdict] += 1;
    if (made.judged) judged += 1;
  }
  const options = { preset: system, set: { trafficTypeName: "user" } };
  return { bytes: new TextEncoder().encode(lines.join("")), form: system, chunk: CHUNK, expected, judged, options };
}
