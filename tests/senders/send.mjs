// Sends the events of tracked.json with one SDK: `node send.mjs NAME URL`.
import { readFileSync } from "node:fs";

const tracked = JSON.parse(readFileSync(new URL("tracked.json", import.meta.url), "utf8"));

const senders = {
  async segment(url) {
    const { Analytics } = await import("@segment/analytics-node");
    const client = new Analytics({ writeKey: "key", host: url });
    for (const { event, key, time, value, properties } of tracked) {
      client.track({ userId: key, event, timestamp: new Date(time), properties: { ...properties, revenue: value } });
    }
    client.identify({ userId: "ava", traits: { plan: "gold" } });
    client.page({ userId: "ava", name: "Pricing" });
    await client.closeAndFlush();
  },

  async rudderstack(url) {
    const { default: Rudder } = await import("@rudderstack/rudder-sdk-node");
    const client = new Rudder("key", { dataPlaneUrl: url, flushAt: 20, flushInterval: 500 });
    for (const { event, key, time, value, properties } of tracked) {
      client.track({ userId: key, event, timestamp: new Date(time), properties: { ...properties, revenue: value } });
    }
    client.identify({ userId: "ava", traits: { plan: "gold" } });
    await new Promise((flushed) => client.flush(flushed));
  },

  async mixpanel(url) {
    const { default: Mixpanel } = await import("mixpanel");
    const client = Mixpanel.init("key", local(url));
    const sent = (send) => new Promise((done, failed) => send((error) => (error ? failed(error) : done())));
    const properties = ({ key, time, value, properties }) => ({ ...properties, distinct_id: key, time, amount: value });
    const [first, ...others] = tracked;
    await sent((done) => client.track(first.event, properties(first), done));
    await sent((done) =>
      client.track_batch(
        others.map((one) => ({ event: one.event, properties: properties(one) })),
        done,
      ),
    );
  },

  async snowplow(url) {
    const { buildSelfDescribingEvent, buildStructEvent, newTracker } = await import("@snowplow/node-tracker");
    for (const encodeBase64 of [true, false]) {
      const client = newTracker({ namespace: "n", appId: "shop", encodeBase64 }, { endpoint: url, bufferSize: 20 });
      const [first, ...others] = tracked;
      client.setUserId(first.key);
      const data = { ...first.properties, amount: first.value };
      const schema = "iglu:com.example/signed_up/jsonschema/1-0-0";
      client.track(buildSelfDescribingEvent({ event: { schema, data } }), [], first.time);
      for (const { event, key, time, value, properties } of others) {
        client.setUserId(key);
        const label = properties.plan ?? properties.currency ?? properties.title;
        const struct = { category: "shop", action: event, label, property: "p", value };
        client.track(buildStructEvent(struct), [], { type: "ttm", value: time });
      }
      await client.flush();
    }
  },

  async mparticle(url) {
    const { default: mParticle } = await import("mparticle");
    const api = new mParticle.EventsApi(new mParticle.Configuration("key", "secret"));
    api.apiClient.basePath = `${url}/v2`;
    const batches = tracked.map(({ event, key, time, value, properties }) => {
      const batch = new mParticle.Batch(mParticle.Batch.Environment.development);
      batch.user_identities = new mParticle.UserIdentities();
      batch.user_identities.customer_id = key;
      const custom = new mParticle.AppEvent("transaction", event);
      custom.timestamp_unixtime_ms = time;
      custom.custom_attributes = { ...properties, amount: value };
      batch.addEvent(custom);
      return batch;
    });
    await new Promise((done, failed) => {
      api.bulkUploadEvents(batches, (error) => (error ? failed(error) : done()));
    });
  },

  async amplitude(url) {
    const amplitude = await import("@amplitude/analytics-node");
    await amplitude.init("key", { serverUrl: `${url}/2/httpapi`, flushQueueSize: 20 }).promise;
    for (const { event, key, time, value, properties } of tracked) {
      if (value === undefined) amplitude.track(event, properties, { user_id: key, time });
      else {
        const revenue = new amplitude.Revenue().setRevenue(value).setEventProperties(properties);
        amplitude.revenue(revenue, { user_id: key, time });
      }
    }
    amplitude.identify(new amplitude.Identify().set("plan", "gold"), { user_id: "ava" });
    await amplitude.flush().promise;
  },

  async posthog(url) {
    const { PostHog } = await import("posthog-node");
    const client = new PostHog("key", { host: url });
    for (const { event, key, time, value, properties } of tracked) {
      client.capture({
        distinctId: key,
        event,
        timestamp: new Date(time),
        properties: { ...properties, amount: value },
      });
    }
    client.identify({ distinctId: "ava", properties: { plan: "gold" } });
    await client.shutdown();
  },

  async cloudevents(url) {
    const { CloudEvent, HTTP } = await import("cloudevents");
    const events = tracked.map(
      ({ event, key, time, value, properties }, id) =>
        new CloudEvent({
          id: `${id}`,
          source: "/shop",
          type: event,
          subject: key,
          time: new Date(time).toISOString(),
          data: { ...properties, amount: value },
        }),
    );
    const [first, ...others] = events;
    const { headers, body } = HTTP.structured(first);
    await fetch(url, { method: "POST", headers, body });
    const batch = JSON.stringify(others);
    await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/cloudevents-batch+json" },
      body: batch,
    });
  },

  async launchdarkly(url) {
    const { init } = await import("@launchdarkly/node-server-sdk");
    const logger = { error() {}, warn() {}, info() {}, debug() {} };
    const client = init("key", {
      baseUri: url,
      streamUri: url,
      eventsUri: url,
      stream: false,
      logger,
      diagnosticOptOut: true,
    });
    for (const { event, key, value, properties } of tracked) {
      client.track(event, { kind: "user", key }, properties, value);
    }
    const organization = { key: "acme" };
    client.track("multi", { kind: "multi", user: { key: "ava" }, organization }, { plan: "gold" }, 7);
    await client.flush();
    client.close();
  },

  async statsig(url) {
    const { default: statsig } = await import("statsig-node");
    await statsig.initialize("secret-key", { api: `${url}/v1`, localMode: false, initTimeoutMs: 500 });
    for (const { event, key, time, value, properties } of tracked) {
      statsig.logEventObject({
        eventName: event,
        user: { userID: key },
        value: value ?? null,
        metadata: properties,
        time,
      });
    }
    await statsig.flush();
    statsig.shutdown();
  },

  async openfeature(url) {
    const { OpenFeature } = await import("@openfeature/server-sdk");
    const calls = [];
    const provider = {
      metadata: { name: "recorder" },
      hooks: [],
      track: (trackingEventName, context, details) =>
        calls.push({ trackingEventName, context, details, timestamp: Date.now() }),
    };
    await OpenFeature.setProviderAndWait(provider);
    const client = OpenFeature.getClient();
    for (const { event, key, value, properties } of tracked) {
      client.track(event, { targetingKey: key, plan: "gold" }, { value, ...properties });
    }
    await fetch(url, { method: "POST", body: calls.map((call) => `${JSON.stringify(call)}\n`).join("") });
  },

  async split(url) {
    const { SplitFactory } = await import("@splitsoftware/splitio");
    const urls = { sdk: url, auth: url, telemetry: url, events: url };
    const core = { authorizationKey: "key" };
    const factory = SplitFactory({ core, urls, streamingEnabled: false, scheduler: { eventsFirstPushWindow: 1 } });
    const client = factory.client();
    await client.ready();
    for (const { event, key, value, properties } of tracked) {
      client.track(key, "user", event.replaceAll(" ", "_"), value, properties);
    }
    await client.destroy();
  },
};

function local(url) {
  const { hostname, port, protocol } = new URL(url);
  return { host: `${hostname}:${port}`, protocol: protocol.slice(0, -1) };
}

const [name, url] = process.argv.slice(2);
await senders[name](url);
process.exit(0);
