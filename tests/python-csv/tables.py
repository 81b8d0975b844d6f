"""Writes random tables with Python's csv, and what Python's csv reads from them, one JSON object a line."""

import csv
import io
import json
import random
import sys

CELLS = ["", " ", "a", "0", "1.10", "two words", "é", "東京", "😀", '"', '""', "a\"b", ",", "\t", ";", "\n", "\r\n", "\r",
         "line\nline", "x" * 40, "'", "\\", "\\n", "#", "{}", " a", "a ", "\u00a0", "\ufeff", "NULL"]
FIELDS = ["eventTypeId", "trafficTypeName", "key", "timestamp"]


def cell(random):
    if random.random() < 0.5:
        return random.choice(CELLS)
    return "".join(random.choice(CELLS) for _ in range(random.randrange(1, 5)))


def table(random):
    """A table whose rows have a cell for each column, however it is quoted."""
    columns = [f"p{number}" for number in range(random.randrange(0, 5))]
    header = FIELDS + columns
    random.shuffle(header)
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=random.choice([",", "\t"]),
        quoting=random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
        lineterminator=random.choice(["\n", "\r\n", "\r"]),
    )
    writer.writerow(header)
    for number in range(random.randrange(1, 7)):
        fixed = {"eventTypeId": "page_load", "trafficTypeName": "user", "key": f"k{number}", "timestamp": "1795741360000"}
        writer.writerow([fixed.get(name) or cell(random) for name in header])
    written = text.getvalue()
    if random.random() < 0.2:
        written = written.rstrip("\r\n") if not written.rstrip("\r\n").endswith('"') else written
    return written, header


def rows(text, tabs):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if tabs else ","))


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    source = random.Random(seed)
    made = 0
    while made < count:
        text, header = table(source)
        tabs = "\t" in text.split("\n")[0].split("\r")[0]
        try:
            read = rows(text, tabs)
        except csv.Error:
            continue  # an older Python does not quote a lone carriage return
        if any(len(row) != len(header) or row[0].startswith("\ufeff") for row in read):
            continue  # before a row a byte order mark is no text here
        print(json.dumps({"format": "tsv" if tabs else "csv", "text": text, "rows": read}))
        made += 1


main()
