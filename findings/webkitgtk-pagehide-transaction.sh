#!/usr/bin/env bash
# WebKitGTK 2.50.6 (Debian 12: gir1.2-webkit2-4.1, python3-gi, xvfb, xauth).
#
# IDBTransaction.commit() ends a transaction without waiting for its requests, so what a page puts and commits in `pagehide`
# needs no further task of the page.
# Expected: the next page finds it, as in Chromium and Firefox, or the page gets an error.
# Seen: put() and commit() return, no event comes, and the next page finds an empty store, however the page is left. What
# the same listener writes to localStorage is kept. So a page that saves its last changes when it is left loses them in
# this engine, without an error.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/seen.py" <<'PY'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

PAGE = b"""<!doctype html><script>
const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open("last", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("changes");
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
async function begin() {
  const database = await opened;
  addEventListener("pagehide", () => {
    const transaction = database.transaction("changes", "readwrite");
    transaction.objectStore("changes").put("in IndexedDB", 1);
    transaction.commit();
    localStorage.setItem("changes", "in localStorage");
  });
}
async function find() {
  const database = await opened;
  const request = database.transaction("changes").objectStore("changes").getAll();
  const found = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  database.close();
  return JSON.stringify([...found, localStorage.getItem("changes")]);
}
</script>"""


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE if self.path == "/" else b"<!doctype html>")

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Pages)
threading.Thread(target=server.serve_forever, daemon=True).start()
site = f"http://127.0.0.1:{server.server_port}"
loop = GLib.MainLoop()


def wait(start):
    """Calls `start` with a callback, waits until it is called, and returns its arguments."""
    result = []
    start(lambda *values: (result.append(values), loop.quit()))
    timer = GLib.timeout_add_seconds(20, lambda: sys.exit("no answer in 20 s"))
    loop.run()
    GLib.source_remove(timer)
    return result[0]


def load(view, url):
    def start(done):
        handler = view.connect("load-changed", lambda _, event: event == WebKit2.LoadEvent.FINISHED and done(handler))
        view.load_uri(url)

    view.disconnect(wait(start)[0])


def call(view, name):
    run = lambda done: view.call_async_javascript_function(  # noqa: E731
        f"return await {name}()", -1, None, None, None, None, lambda _, result: done(result)
    )
    return view.call_async_javascript_function_finish(wait(run)[0]).to_string()


context = WebKit2.WebContext(
    website_data_manager=WebKit2.WebsiteDataManager(
        base_data_directory=sys.argv[1] + "/data", base_cache_directory=sys.argv[1] + "/cache"
    )
)


def opened():
    window = Gtk.Window()
    view = WebKit2.WebView(web_context=context)
    window.add(view)
    window.show_all()
    load(view, site + "/")
    return view


seen = {}
for way in ["navigation", "reload"]:
    view = opened()
    call(view, "begin")
    load(view, site + ("/elsewhere" if way == "navigation" else "/"))
    seen[way] = json.loads(call(opened(), "find"))
view = opened()
call(view, "begin")
call(view, "dispatchEvent.bind(null, new Event('pagehide'))")
seen["a page that stays"] = json.loads(call(view, "find"))
version = f"{WebKit2.get_major_version()}.{WebKit2.get_minor_version()}.{WebKit2.get_micro_version()}"
print(version, seen)
assert seen == {
    "navigation": ["in localStorage"],
    "reload": ["in localStorage"],
    "a page that stays": ["in IndexedDB", "in localStorage"],
}, seen
print("as described")
PY
xvfb-run -a env NO_AT_BRIDGE=1 /usr/bin/python3 "$folder/seen.py" "$folder"
