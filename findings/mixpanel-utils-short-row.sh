#!/usr/bin/env bash
# mixpanel-utils 2.2.7 (PyPI), Python 3.9 or newer.
#
# import_events reads a CSV file, such as its own export_events writes. One row has fewer cells than the header: the file
# was cut off, or a program leaves empty cells at the end out.
# Expected: the missing cells are missing properties, or the row is an error.
# Seen: each missing property gets the value of the row's last cell. The import succeeds, and the event has a currency and
# a plan that nobody wrote. Cells that look like JSON are no texts any more either: a postcode "1e3" is imported as 1000.0.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet mixpanel-utils==2.2.7
cat > seen.py <<'PY'
import gzip, json, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from mixpanel_utils import MixpanelUtils

posted = []

class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        posted.extend(json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"code":200,"status":"OK","num_records_imported":2}')

    def log_message(self, *_):
        pass

if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open("events.csv", "w") as file:
        file.write("event,distinct_id,time,postcode,amount,currency,plan\n")
        file.write("order,ava,1795162530,1e3,12.5,EUR,gold\n")
        file.write("order,bo,1795162531,75001,7\n")
    client = MixpanelUtils("secret", token="token")
    client.import_api = f"http://127.0.0.1:{server.server_port}"
    client.import_events("events.csv", timezone_offset=0)
    names = ("distinct_id", "postcode", "amount", "currency", "plan")
    events = [{name: event["properties"].get(name) for name in names} for event in posted]
    print(*events, sep="\n")
    assert events == [
        {"distinct_id": "ava", "postcode": 1000.0, "amount": 12.5, "currency": "EUR", "plan": "gold"},
        {"distinct_id": "bo", "postcode": 75001, "amount": 7, "currency": 7, "plan": 7},
    ]
    print("as described")
PY
venv/bin/python seen.py
