// Sends the events of tracked.json with one SDK in a page: the page's address names it, as in /?segment.
import tracked from "./tracked.json";

const senders = {
  async segment(url) {
    const { AnalyticsBrowser } = await import("@segment/analytics-next");
    const target = { apiKey: "key", apiHost: `${new URL(url).host}/v1`, protocol: "http" };
    const client = AnalyticsBrowser.load({ writeKey: "key", cdnSettings: { integrations: { "Segment.io": target } } });
    await client.identify("ava");
    for (const { event, time, value, properties } of tracked) {
      await client.track(event, { ...properties, revenue: value }, { timestamp: new Date(time) });
    }
  },

  async mixpanel(url) {
    const { default: client } = await import("mixpanel-browser");
    client.init("key", {
      api_host: url,
      batch_flush_interval_ms: 500,
      track_pageview: false,
      record_sessions_percent: 0,
    });
    client.identify("ava");
    for (const { event, value, properties } of tracked) client.track(event, { ...properties, amount: value });
  },

  async posthog(url) {
    const { default: client } = await import("posthog-js");
    client.init("key", {
      api_host: url,
      advanced_disable_flags: true,
      autocapture: false,
      capture_pageview: false,
      disable_external_dependency_loading: true,
      disable_session_recording: true,
      opt_out_useragent_filter: true,
    });
    client.identify("ava");
    for (const { event, time, value, properties } of tracked) {
      client.capture(event, { ...properties, amount: value }, { timestamp: new Date(time) });
    }
  },

  async amplitude(url) {
    const amplitude = await import("@amplitude/analytics-browser");
    const options = { serverUrl: `${url}/2/httpapi`, autocapture: false, fetchRemoteConfig: false };
    await amplitude.init("key", "ava", options).promise;
    for (const { event, time, value, properties } of tracked) {
      amplitude.track({ event_type: event, event_properties: properties, revenue: value, time });
    }
    await amplitude.flush().promise;
  },

  async snowplow(url) {
    const { newTracker, setUserId, trackStructEvent } = await import("@snowplow/browser-tracker");
    newTracker("n", url, { appId: "shop", stateStorageStrategy: "none" });
    setUserId("ava");
    for (const { event, time, value, properties } of tracked) {
      const label = properties.plan ?? properties.currency ?? properties.title;
      const timestamp = { type: "ttm", value: time };
      trackStructEvent({ category: "shop", action: event, label, property: "p", value, timestamp });
    }
  },

  async rum(url) {
    const { SplitRumAgent } = await import("@splitsoftware/browser-rum-agent");
    SplitRumAgent.setup("key", {
      url,
      pushRate: 1,
      eventCollectors: { errors: false, navigationTiming: false, webVitals: false },
    });
    SplitRumAgent.addIdentity({ key: "ava", trafficType: "user" });
    for (const { event, value, properties } of tracked) {
      SplitRumAgent.track({ eventTypeId: event.replaceAll(" ", "_"), value, properties });
    }
  },
};

await senders[location.search.slice(1)](location.origin);
