"""Writes files in the forms in which other programs export tables, all with the same events, and what must arrive."""

import datetime as dt
import decimal
import gzip
import io
import json
import sys
import zipfile
from pathlib import Path

import duckdb
import fastavro
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

out = Path(sys.argv[1])
count = int(sys.argv[2]) if len(sys.argv) > 2 else 12
out.mkdir(parents=True, exist_ok=True)

UTC = dt.timezone.utc
BEGIN = dt.datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC)
NAMES = ["page_load", "signup", "app.crash"]
PLANS = ["free", 'pro "plus"', "a,b", "größer\nnext", None]
# the last value that a whole number of JavaScript holds, and ones beyond it
IDS = [1, 9007199254740991, 9007199254740993, -9223372036854775808, None]


def row(i):
    return {
        "eventTypeId": NAMES[i % 3],
        "trafficTypeName": "user",
        "key": f"user-{i:05d}",
        "timestamp": BEGIN + dt.timedelta(milliseconds=1234567 * i, microseconds=i % 2 * 891),
        "value": [0.1, 1e-7, 12.5, None][i % 4],
        "plan": PLANS[i % 5],
        "id": IDS[i % 5],
        "price": decimal.Decimal(["12.50", "-0.07", "99999999.99"][i % 3]),
        "day": dt.date(2026, 2, 28) + dt.timedelta(days=i),
        "ok": [True, False, None][i % 3],
        "small": [0.1, 2.5, None][i % 3],
    }


ROWS = [row(i) for i in range(count)]


def ms(time):
    return (time - dt.datetime(1970, 1, 1, tzinfo=UTC)) // dt.timedelta(milliseconds=1)


def expected(row):
    """Returns what the properties mean. Whole numbers are texts here, so that no reader rounds them."""
    properties = {name: row[name] for name in ("plan", "id", "price", "ok", "small") if row[name] is not None}
    properties["day"] = row["day"].isoformat()
    for name in ("id", "price"):
        if name in properties:
            text = str(properties[name])
            properties[name] = text.rstrip("0").rstrip(".") if "." in text else text
    return {
        "eventTypeId": row["eventTypeId"],
        "key": row["key"],
        "timestamp": ms(row["timestamp"]),
        **({} if row["value"] is None else {"value": row["value"]}),
        "properties": properties,
    }


(out / "expected.json").write_text(json.dumps([expected(row) for row in ROWS], ensure_ascii=False, indent=0) + "\n")

FIELDS = ["eventTypeId", "trafficTypeName", "key", "timestamp", "value"]
flat = pa.table(
    {
        "eventTypeId": pa.array([r["eventTypeId"] for r in ROWS]).dictionary_encode(),
        "trafficTypeName": pa.array([r["trafficTypeName"] for r in ROWS]),
        "key": pa.array([r["key"] for r in ROWS]),
        "timestamp": pa.array([r["timestamp"] for r in ROWS], pa.timestamp("us", "UTC")),
        "value": pa.array([r["value"] for r in ROWS], pa.float64()),
        "plan": pa.array([r["plan"] for r in ROWS]),
        "id": pa.array([r["id"] for r in ROWS], pa.int64()),
        "price": pa.array([r["price"] for r in ROWS], pa.decimal128(12, 2)),
        "day": pa.array([r["day"] for r in ROWS], pa.date32()),
        "ok": pa.array([r["ok"] for r in ROWS]),
        "small": pa.array([r["small"] for r in ROWS], pa.float32()),
    }
)
for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
    pq.write_table(flat, out / f"pyarrow-{codec}.parquet", compression=codec, row_group_size=5)
pq.write_table(flat, out / "pyarrow-v2.parquet", data_page_version="2.0", use_dictionary=False, version="2.6",
               column_encoding={"key": "DELTA_BYTE_ARRAY", "id": "DELTA_BINARY_PACKED", "value": "BYTE_STREAM_SPLIT",
                                "plan": "DELTA_LENGTH_BYTE_ARRAY"})
pq.write_table(flat, out / "pyarrow-int96.parquet", use_deprecated_int96_timestamps=True)
pq.write_table(flat.set_column(3, "timestamp", flat["timestamp"].cast(pa.timestamp("ns", "UTC"))),
               out / "pyarrow-ns.parquet")
properties = [{name: r[name] for name in r if name not in FIELDS} for r in ROWS]
struct = pa.struct([(field.name, field.type) for field in flat.schema if field.name not in FIELDS])
nested = flat.select(FIELDS).append_column("properties", pa.array(properties, struct))
pq.write_table(nested, out / "pyarrow-nested.parquet", row_group_size=5)

db = duckdb.connect()
db.execute("SET TimeZone = 'UTC'")
for codec in ["snappy", "zstd"]:
    db.execute(f"COPY (SELECT * FROM flat) TO '{out / f'duckdb-{codec}.parquet'}' (FORMAT parquet, CODEC '{codec}')")
db.execute(f"COPY (SELECT * FROM nested) TO '{out / 'duckdb.ndjson'}' (FORMAT json)")
db.execute(f"COPY (SELECT * FROM flat) TO '{out / 'duckdb.csv'}' (FORMAT csv)")

frame = pl.from_arrow(flat)
frame.write_parquet(out / "polars.parquet")
frame.write_parquet(out / "polars-lz4.parquet", compression="lz4", row_group_size=5)
frame.write_csv(out / "polars.csv")

panda = flat.to_pandas(types_mapper=pd.ArrowDtype)
panda.to_parquet(out / "pandas.parquet")

# a workbook holds 15 digits, no zones and no decimals
SHEET = ["eventTypeId", "trafficTypeName", "key", "timestamp", "value", "plan", "ok", "day"]


def cells(row):
    # a day as a number has no room for microseconds
    naive = row["timestamp"].replace(tzinfo=None, microsecond=row["timestamp"].microsecond // 1000 * 1000)
    return [naive if name == "timestamp" else row[name] for name in SHEET]


def openpyxl_book(name, epoch=None, before=()):
    book = openpyxl.Workbook()
    if epoch:
        book.epoch = epoch
    sheet = book.active
    sheet.title = "Events"
    for line in before:
        sheet.append(line)
    sheet.append(SHEET)
    for row in ROWS:
        sheet.append(cells(row))
    for line in sheet.iter_rows(min_row=2 + len(before)):
        line[3].number_format = "yyyymmddhhmmss.000"
        line[7].number_format = "ddmmyyyy"
    book.save(out / name)


openpyxl_book("openpyxl.xlsx")
openpyxl_book("openpyxl-1904.xlsx", openpyxl.utils.datetime.CALENDAR_MAC_1904)
with xlsxwriter.Workbook(out / "xlsxwriter.xlsx") as book:
    sheet = book.add_worksheet("Events")
    book.add_worksheet("Empty")
    time, day = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"}), book.add_format({"num_format": 14})
    sheet.write_row(0, 0, SHEET)
    for i, row in enumerate(ROWS):
        for column, value in enumerate(cells(row)):
            if isinstance(value, dt.datetime):
                sheet.write_datetime(i + 1, column, value, time)
            elif isinstance(value, dt.date):
                sheet.write_datetime(i + 1, column, value, day)
            elif value is not None:
                sheet.write(i + 1, column, value)

# what only some workbooks have: several sheets, empty rows, errors, and times of several kinds
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Events"
sheet.append(["eventTypeId", "trafficTypeName", "key", "timestamp", "value", "plan", "time", "passed", "both", "ok"])
sheet["A3"], sheet["B3"], sheet["C3"], sheet["D3"] = "page_load", "user", "007", 1795168800000
sheet["E3"], sheet["F3"], sheet["J3"] = 0.1 + 0.2, "  two\nlines ", True
sheet["G3"], sheet["H3"] = dt.time(10, 30), dt.timedelta(hours=26, minutes=30)
sheet["I3"] = dt.datetime(1900, 2, 28, 12, 0, 0, 500_000)
sheet["H3"].number_format = "[h]:mm:ss"
sheet["I3"].number_format = 'dd/mm/yyyy" at "hh:mm'
sheet["A6"], sheet["B6"], sheet["D6"] = "page_load", "user", 1795168800000
sheet["A7"], sheet["B7"], sheet["C7"], sheet["D7"], sheet["F7"] = "page_load", "user", "u2", 1795168800000, "#N/A"
more = book.create_sheet("More")
more.append(["eventTypeId", "trafficTypeName", "key", "timestamp"])
more.append(["page_load", "user", "u3", 1795168800000])
hidden = book.create_sheet("Old")
hidden.sheet_state = "hidden"
hidden.append(["eventTypeId"])
book.create_sheet("Empty")
book.save(out / "sheets.xlsx")

SCHEMA = {
    "type": "record", "name": "Event", "fields": [
        {"name": "eventTypeId", "type": "string"},
        {"name": "trafficTypeName", "type": "string"},
        {"name": "key", "type": "string"},
        {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "properties", "type": {"type": "record", "name": "Properties", "fields": [
            {"name": "day", "type": "string"}]}},
    ],
}
with open(out / "fastavro.ndjson", "w") as file:
    fastavro.json_writer(file, SCHEMA, [
        {**{name: r[name] for name in FIELDS if name != "value"}, "properties": {"day": r["day"].isoformat()}}
        for r in ROWS])

ndjson = (out / "duckdb.ndjson").read_bytes()
lines = ndjson.splitlines(keepends=True)
half = len(lines) // 2
with pa.CompressedOutputStream(str(out / "pyarrow.ndjson.zst"), "zstd") as file:
    file.write(ndjson)


def packed(data):
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", mtime=0) as file:
        file.write(data)
    return made.getvalue()


def member(name):
    return zipfile.ZipInfo(name, (2026, 11, 20, 0, 0, 0))


with zipfile.ZipFile(out / "amplitude.zip", "w") as file:
    file.writestr(member("305/305_2026-11-20_1#0.json.gz"), packed(b"".join(lines[:half])))
    file.writestr(member("305/305_2026-11-20_2#0.json.gz"), packed(b"".join(lines[half:])), zipfile.ZIP_DEFLATED)
with zipfile.ZipFile(out / "tables.zip", "w", zipfile.ZIP_DEFLATED) as file:
    head, *rest = lines
    with file.open(member("one.ndjson"), "w", force_zip64=True) as one:
        one.write(head)
    file.writestr(member("__MACOSX/._one.ndjson"), b"\0\5\26\7")
    file.writestr(member("two.ndjson"), b"".join(rest))
