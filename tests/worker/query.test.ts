import { expect, test } from "vitest";
import { ADMIN_KEY, useWorker } from "./support.js";

const given = useWorker({ vars: { SHARDS: 1 } });
const headers = { authorization: `Bearer ${ADMIN_KEY}` };

test.each(["2.5", "0", "x", "-1", "1001", "1e2", ""])(
  "limit=%s is answered 400 with what is expected",
  async (limit) => {
    for (const path of ["batches?state=unknown", "dead?x"]) {
      const { status, json } = await given.worker.ask({
        method: "GET",
        path: `/admin/${path}&limit=${limit}`,
        headers,
      });
      expect([status, json.detail]).toEqual([400, "limit must be a whole number from 1 to 1000"]);
    }
  },
);

test("a limit from 1 to 1,000, and none, are answered", async () => {
  for (const limit of ["&limit=1", "&limit=1000", ""]) {
    const asked = { method: "GET", path: `/admin/batches?state=unknown${limit}`, headers };
    expect((await given.worker.ask(asked)).status).toBe(200);
  }
});

test("a path that cannot be decoded is answered 400, whatever is asked of it", async () => {
  for (const [method, path] of [
    ["GET", "/admin/%E0"],
    ["GET", "/admin/batches/%E0"],
    ["POST", "/admin/batches/%"],
    ["GET", "/admin/dead/%E0%A4"],
    ["DELETE", "/admin/dead/%ff"],
  ] as const) {
    const { status, json } = await given.worker.ask({ method, path, headers });
    expect([path, status, json.detail]).toEqual([path, 400, expect.stringContaining("write % as %25")]);
  }
  expect((await given.worker.ask({ method: "GET", path: "/admin/batches/%25", headers })).status).toBe(404);
});
