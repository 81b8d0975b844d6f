#!/usr/bin/env bash
# snowplow-tracker 1.1.0 (PyPI), Python 3.9 or newer.
#
# Each event says when it was made (dtm) and when it was sent (stm), both in milliseconds. A collector corrects the
# clock of a device by their difference: an event cannot be sent before it is made.
# Expected: stm is not before dtm.
# Seen: stm is cut to whole seconds, so that all events but those made in the first instant of a second are sent up to a
# second before they are made. Corrected by stm, each would be up to a second late.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet snowplow-tracker==1.1.0
cat > seen.py <<'PY'
import json, logging, threading, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from snowplow_tracker import Emitter, StructuredEvent, Tracker

logging.disable()
posted = []

class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        posted.extend(json.loads(self.rfile.read(int(self.headers["content-length"])))["data"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
emitter = Emitter("127.0.0.1", protocol="http", port=server.server_port, method="post", batch_size=1)
tracker = Tracker("n", emitter)
while time.time() % 1 < 0.3 or time.time() % 1 > 0.7:
    pass
tracker.track(StructuredEvent("shop", "signup"))
made, sent = (int(posted[0][name]) for name in ("dtm", "stm"))
print({"dtm": made, "stm": sent, "sent after": sent - made})
assert sent % 1000 == 0 and made % 1000 != 0
assert -1000 < sent - made < 0
print("as described")
PY
venv/bin/python seen.py
