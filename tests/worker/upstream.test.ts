import type { Fault } from "split-events-sandbox";
import { expect, test } from "vitest";
import { events } from "../support/events.js";
import { account } from "./account.js";
import { useWorker } from "./support.js";

const REQUESTS = 8;
const EVENTS = 25;

const given = useWorker({ vars: { SHARDS: 1 } });

interface Row {
  name: string;
  faults: Fault[];
  /** How many of the batches end in this state; the others are accepted. */
  unknown?: number;
  refused?: number;
}

const once = (fault: Fault): Fault[] => [{ ...fault, post: 3 }];
const SECONDS = { "retry-after": "1" };

const rows: Row[] = [
  { name: "503, then 202", faults: once({ do: "status", status: 503 }) },
  { name: "429 with Retry-After", faults: once({ do: "status", status: 429, headers: SECONDS }) },
  { name: "503 with a slow body", faults: once({ do: "slowBody", status: 503, size: 20, interval: 20 }) },
  { name: "408", faults: once({ do: "status", status: 408 }) },
  { name: "taken, then cut", faults: once({ do: "reset", take: true }), unknown: 1 },
  { name: "taken, then closed", faults: once({ do: "close", take: true }), unknown: 1 },
  { name: "not taken, then cut", faults: once({ do: "reset" }), unknown: 1 },
  { name: "taken, then 500", faults: once({ do: "status", status: 500, take: true }), unknown: 1 },
  { name: "502", faults: once({ do: "status", status: 502 }), unknown: 1 },
  { name: "400", faults: once({ do: "status", status: 400 }), refused: 1 },
  { name: "302", faults: once({ do: "redirect" }), refused: 1 },
  { name: "413 over a size", faults: [{ bytesOver: 1_500, do: "status", status: 413 }] },
  { name: "slow body", faults: once({ do: "slowBody", size: 40, interval: 20 }) },
  { name: "half a response, 202", faults: once({ do: "halfResponse" }) },
  { name: "garbage 202", faults: once({ do: "garbage" }) },
];

test.each(rows)("$name: every event is accounted for", async ({ name, faults, unknown = 0, refused = 0 }) => {
  const { admin } = given.worker;
  for (const state of ["unknown", "refused"]) await admin.json("POST", `/admin/batches?state=${state}`, { as: "drop" });
  const before = await admin.counts();
  given.sandbox.setFaults(faults);
  const sent = Array.from({ length: REQUESTS }, (_, request) =>
    events(EVENTS).map((one) => ({ ...one, key: `${name} ${request} ${one.key}` })),
  );
  const answers = await Promise.all(sent.map((body) => given.worker.post(body)));
  expect(answers.map(({ status }) => status)).toEqual(Array(REQUESTS).fill(202));
  await admin.settled(before.taken + REQUESTS * EVENTS);
  const keys = sent.flat().map(({ key }) => key);
  expect(await account(keys, given.sandbox, admin)).toEqual({
    accepted: (REQUESTS - unknown - refused) * EVENTS,
    unknown: unknown * EVENTS,
    refused: refused * EVENTS,
  });
});

test("an unknown batch is held until it is resolved, as accepted, dropped or sent again", async () => {
  const { admin } = given.worker;
  await admin.json("POST", "/admin/batches?state=unknown", { as: "drop" });
  await admin.json("POST", "/admin/batches?state=refused", { as: "drop" });
  const before = await admin.counts();
  given.sandbox.setFaults([{ do: "reset", times: 2 }]);
  await given.worker.post(events(5).map((one) => ({ ...one, key: `a ${one.key}` })));
  await admin.settled(before.taken + 5);
  await given.worker.post(events(7).map((one) => ({ ...one, key: `b ${one.key}` })));
  await admin.settled(before.taken + 12);
  expect(given.sandbox.ledger()).toEqual([]);
  const [first, second] = await admin.batches("unknown");
  expect([first?.events, second?.events]).toEqual([5, 7]);

  expect((await admin.ask("POST", `/admin/batches/${first?.id}`, { as: "again" })).status).toBe(400);
  expect(await admin.json("POST", `/admin/batches/${first?.id}`, { as: "resend" })).toEqual({ resolved: 1 });
  expect(await admin.json("POST", `/admin/batches/${second?.id}`, { as: "accepted" })).toEqual({ resolved: 1 });
  expect((await admin.ask("POST", `/admin/batches/${second?.id}`, { as: "drop" })).status).toBe(404);
  await admin.settled(before.taken + 12);
  expect(given.sandbox.ledger()).toHaveLength(5);
  expect(await admin.batches("unknown")).toEqual([]);
});
