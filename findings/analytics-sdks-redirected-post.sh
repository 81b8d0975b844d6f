#!/usr/bin/env bash
# @segment/analytics-node 3.1.0, @rudderstack/rudder-sdk-node 3.0.13, @customerio/cdp-analytics-node 0.5.9, Node.js 20 or newer.
#
# The host redirects, for example from http:// to https://. Each of the three SDKs posts its event and follows the 301.
# fetch and axios turn a redirected POST into a GET without a body (as the Fetch standard allows for 301 and 302), so the
# event is lost. The GET is answered 200.
# Expected: an error, since no event arrived.
# Seen: the callback of `track` gets no error. No event arrives, and the program cannot know it.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact \
  @segment/analytics-node@3.1.0 @rudderstack/rudder-sdk-node@3.0.13 @customerio/cdp-analytics-node@0.5.9
cat > seen.mjs <<'JS'
import assert from "node:assert";
import { createServer } from "node:http";
import { Analytics as CustomerIo } from "@customerio/cdp-analytics-node";
import Rudder from "@rudderstack/rudder-sdk-node";
import { Analytics as Segment } from "@segment/analytics-node";

const clients = {
  segment: (host) => new Segment({ writeKey: "key", host, flushAt: 1 }),
  rudder: (dataPlaneUrl) => new Rudder("key", { dataPlaneUrl, flushAt: 1 }),
  customerio: (host) => new CustomerIo({ writeKey: "key", host, maxEventsInBatch: 1 }),
};
for (const [name, connect] of Object.entries(clients)) {
  const requests = [];
  const server = createServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    requests.push(`${request.method} ${request.url}, ${bytes > 0 ? "a body" : "no body"}`);
    if (request.url === "/moved") response.end("<p>this site has moved</p>");
    else response.writeHead(301, { location: "/moved" }).end();
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const client = connect(`http://127.0.0.1:${server.address().port}`);
  const error = await new Promise((told) => client.track({ userId: "ava", event: "signup" }, told));
  console.log(name, requests, error ? `error: ${error}` : "no error");
  assert.deepEqual(requests, ["POST /v1/batch, a body", "GET /moved, no body"]);
  assert.ok(!error);
  server.closeAllConnections();
  server.close();
}
console.log("as described");
process.exit(0);
JS
node seen.mjs
