#!/usr/bin/env bash
# snowplow-analytics-sdk 0.2.3 (PyPI), Python 3.9 or newer.
#
# transform() makes an object of one line of enriched events. The last of its 131 columns is the event's true time, which most
# events do not have: the line ends with a tab.
# Expected: lines as Python reads them from a file, with their line end, have no true_tstamp.
# Seen: the line end counts as the last cell, so that each event has a true_tstamp of "\nZ", or one with a line break before
# its Z. No error says so.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet snowplow-analytics-sdk==0.2.3
cat > seen.py <<'PY'
import warnings

warnings.simplefilter("ignore")
from snowplow_analytics_sdk.event_transformer import ENRICHED_EVENT_FIELD_TYPES, transform

names = [name for name, _ in ENRICHED_EVENT_FIELD_TYPES]
cells = {"app_id": "shop", "event": "page_view", "collector_tstamp": "2026-11-20 08:15:30.120"}
line = "\t".join(cells.get(name, "") for name in names)
with open("enriched.tsv", "w") as file:
    file.write(f"{line}\n{line}2026-11-20 08:15:30.000\n")
seen = [transform(line).get("true_tstamp") for line in open("enriched.tsv")]
print(seen)
assert len(names) == 131 and names[-1] == "true_tstamp"
assert seen == ["\nZ", "2026-11-20T08:15:30.000\nZ"]
assert transform(line).get("true_tstamp") is None
print("as described")
PY
venv/bin/python seen.py
