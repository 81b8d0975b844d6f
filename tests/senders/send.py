"""Sends the events of tracked.json with one SDK: `python3 send.py NAME URL`."""

import datetime
import json
import pathlib
import sys

TRACKED = json.loads(pathlib.Path(__file__).with_name("tracked.json").read_text("utf-8"))


def time_of(one):
    return datetime.datetime.fromtimestamp(one["time"] / 1000, datetime.timezone.utc)


def segment(url):
    from segment.analytics import Client

    client = Client("key", host=url, send=True)
    for one in TRACKED:
        properties = dict(one["properties"])
        if "value" in one:
            properties["revenue"] = one["value"]
        client.track(one["key"], one["event"], properties, timestamp=time_of(one))
    client.identify("ava", {"plan": "gold"})
    client.shutdown()


def mixpanel(url):
    import mixpanel

    consumer = mixpanel.Consumer(events_url=f"{url}/track", import_url=f"{url}/import")
    client = mixpanel.Mixpanel("key", consumer=consumer)
    for one in TRACKED:
        properties = {**one["properties"], "time": one["time"]}
        if "value" in one:
            properties["amount"] = one["value"]
        client.track(one["key"], one["event"], properties)


def snowplow(url):
    import urllib.parse
    from snowplow_tracker import Emitter, StructuredEvent, Subject, Tracker

    address = urllib.parse.urlsplit(url)
    for one in TRACKED:
        emitter = Emitter(address.hostname, protocol="http", port=address.port, method="post", batch_size=1)
        tracker = Tracker("n", emitter, app_id="shop", subject=Subject().set_user_id(one["key"]))
        properties = one["properties"]
        label = properties.get("plan") or properties.get("currency") or properties.get("title")
        event = StructuredEvent("shop", one["event"], label=label, property_="p", value=one.get("value"))
        event.true_timestamp = one["time"]
        tracker.track(event)
        tracker.flush()


def split(url):
    from splitio import get_factory

    config = {"streamingEnabled": False, "eventsPushRate": 1, "impressionsMode": "NONE"}
    urls = {"sdk_api_base_url": url, "events_api_base_url": url, "auth_api_base_url": url, "telemetry_api_base_url": url}
    factory = get_factory("key", config=config, **urls)
    factory.block_until_ready(20)
    client = factory.client()
    for one in TRACKED:
        client.track(one["key"], "user", one["event"].replace(" ", "_"), one.get("value"), one["properties"])
    done = __import__("threading").Event()
    factory.destroy(done)
    done.wait(20)


globals()[sys.argv[1]](sys.argv[2])
