//! The shortest input for every code that has this issue and no other.

use split_events::Code;

/// An input with one code.
pub struct Example {
    pub code: Code,
    /// The options as JSON, in the words of the JavaScript interface.
    pub options: &'static str,
    pub input: Input,
}

pub enum Input {
    Bytes(Vec<u8>),
    /// An object that JavaScript cannot write as JSON, and its error.
    Object {
        source: &'static str,
        why: &'static str,
    },
}

const FIELDS: [(&str, &str); 5] = [
    ("eventTypeId", r#""page_load""#),
    ("trafficTypeName", r#""user""#),
    ("key", r#""Ava""#),
    ("timestamp", "1645557824000"),
    ("value", "1.31"),
];

const HEADER: &str = "eventTypeId,trafficTypeName,key,timestamp,value";
const CSV: &str = "eventTypeId,trafficTypeName,key,timestamp,value\n";
const ROW: &str = "page_load,user,Ava,1645557824000,1.31";

/// A message of Segment.
const SEGMENT: &str = r#"{"type":"track","messageId":"m1","event":"Order Completed","userId":"Ava","timestamp":"2026-11-20T08:15:30.000Z","context":{},"properties":{}}"#;

#[allow(clippy::enum_glob_use, clippy::too_many_lines, reason = "every code stands here once, and stands alone")]
pub fn all() -> Vec<Example> {
    use Code::*;
    vec![
        bytes(EmptyInput, ""),
        bytes(InputNotEvents, "hello, world\n"),
        under(InputSeparator, r#"{"separator": ","}"#, "eventTypeId;key;timestamp\n"),
        bytes(InputColumnsUnknown, "event,user\nbuy,Ava\n"),
        bytes(InputTableOfSums, "Event name,Event count,Total users\nbuy,7,3\n"),
        bytes(InputUtf16, *b"[\0]\0"),
        bytes(EncodingRecognised, utf16(&event(&[]))),
        bytes(InputZip, *b"PK\x03\x04\x14\0"),
        bytes(InputWorkbook, *b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        bytes(InputCompressed, *b"\x28\xb5\x2f\xfd\x24\x05"),
        bytes(InputDataFile, *b"PAR1\x15\x04"),
        bytes(InputMarkup, "<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>\n"),
        bytes(InputDocument, "%PDF-1.7\n"),
        bytes(InputBinary, *b"\x0b\x02\x80\x00\x03"),
        bytes(ArrayNotClosed, format!("[{}", event(&[]))),
        bytes(CommaMissing, format!("[{}\n{}]", event(&[]), event(&[]))),
        bytes(CommaExtra, format!("[{},\n]", event(&[]))),
        bytes(TextAfterArray, format!("[{}]\nend", event(&[]))),
        bytes(ObjectsSideBySide, event(&[]).repeat(2)),
        bytes(CommasWithoutArray, format!("{},\n{}", event(&[]), event(&[]))),
        bytes(RecordSeparators, format!("\u{1e}{}\n", event(&[]))),
        bytes(ArraysSeveral, format!("[{}]\n[]", event(&[]))),
        bytes(CsvSeparatorRecognised, format!("{CSV}{ROW}\n").replace(',', ";")),
        bytes(CsvLinesSkipped, format!("Events of November\n\n{CSV}{ROW}\n")),
        bytes(CsvNamesAlike, format!("Event Type ID,traffic_type_name,Key,Timestamp,Value\n{ROW}\n")),
        bytes(CsvColumnsMissing, "key,timestamp\n"),
        bytes(CsvColumnTwice, "eventTypeId,trafficTypeName,key,timestamp,value,key\n"),
        bytes(CsvNoRows, CSV),
        under(CsvMapUnused, r#"{"map": {"amonut": "value"}}"#, format!("{CSV}{ROW}\n")),
        under(MapUnusedJson, r#"{"map": {"user_id": "key"}}"#, event(&[])),
        under(MappingFieldMissing, r#"{"mapping": {"events": [{"key": {"from": "user_id"}}]}}"#, event(&[])),
        under(
            PresetRecognised,
            r#"{"recognise": "use"}"#,
            format!("{{\"state\":\"refused\",\"index\":0,\"reasons\":[],\"event\":{}}}\n", event(&[])),
        ),
        under(PresetNotNamed, r#"{"recognise": "ask"}"#, SEGMENT),
        bytes(CsvHeaderAgain, format!("{CSV}{ROW}\n{CSV}{ROW}\n")),
        bytes(CsvHeaderInRow, format!("{CSV}{ROW}key,timestamp,trafficTypeName,eventTypeId\n")),
        bytes(CsvColumnNameless, format!("{HEADER},\n{ROW},CA\n")),
        bytes(CsvRowEmpty, format!("{CSV}{ROW}\n,,,,\n")),
        bytes(CsvExtraCellsEmpty, format!("{CSV}{ROW},,\n")),
        bytes(CsvColumnMixed, format!("{HEADER},version\n{ROW},1.9\n{ROW},1.10\n")),
        bytes(CsvBooleans, format!("{HEADER},member\n{ROW},TRUE\n")),
        bytes(LastLineNotEnded, format!("{CSV}{ROW}")),
        bytes(CsvTooManyCells, format!("{CSV}{ROW},CA\n")),
        bytes(CsvTooFewCells, format!("{HEADER},country\n{ROW}\n")),
        bytes(CsvQuoteNotDoubled, format!("{HEADER},size\n{ROW},\"13\" laptop\"\n")),
        bytes(CsvQuoteNotClosed, format!("{HEADER},size\n{ROW},\"13 inch\n")),
        bytes(CsvCellSpansRows, format!("{HEADER},text\n{ROW},\"13 inch\n{ROW},15 inch\"\n")),
        bytes(CsvCellTrimmed, format!("{CSV}{ROW} \n")),
        under(
            CsvCellNotNumber,
            r#"{"map": {"seats": "properties.seats:number"}}"#,
            format!("{HEADER},seats\n{ROW},many\n"),
        ),
        under(MapNotNumber, r#"{"map": {"seats": "properties.seats:number"}}"#, event(&[("seats", r#""many""#)])),
        bytes(NotJson, event(&[("key", "'Ava'")])),
        bytes(RecordCutOff, format!("{}\n{{\"eventTypeId\":\"page_", event(&[]))),
        bytes(NotUtf8, [&b"{\"key\":\""[..], b"Andr\xe9", b"\"}"].concat()),
        with(LoneSurrogate, "key", r#""Ava\ud83d""#),
        with(TooDeep, "properties", format!("{}1{}", r#"{"a":"#.repeat(32), "}".repeat(32))),
        bytes(NotObject, r#"["page_load"]"#),
        Example {
            code: NotSerializable,
            options: "{}",
            input: Input::Object { source: "{ value: 10n }", why: "Do not know how to serialize a BigInt" },
        },
        with(RecordTooLarge, "properties", format!(r#"{{"text":"{}"}}"#, "x".repeat(1_000_000))),
        under(
            RecordManyEvents,
            r#"{"mapping": {"events": [{"each": "/list/*", "eventTypeId": {"value": "a"}, "trafficTypeName": {"value": "user"}, "key": {"from": "/list/*"}, "timestamp": {"value": 1645557824000}}]}}"#,
            format!("{{\"list\":[{}1]}}", "1,".repeat(8_000)),
        ),
        bytes(RecordsRunTogether, event(&[("key", "\"Ava")]) + &event(&[]).repeat(12_000)),
        under(EventsWrapped, r#"{"preset":"none"}"#, format!(r#"{{"events":[{}]}}"#, event(&[]))),
        bytes(WrapperRecognised, format!(r#"{{"events":[{}]}}"#, event(&[]))),
        under(RecordsNotFound, r#"{"mapping":{"records":"/data/*"}}"#, r#"{"error":"none"}"#),
        under(EventOverMaxBytes, r#"{"maxBytes":100}"#, event(&[])),
        with(DuplicateField, "key", r#""Ava","key":"Liam""#),
        with(UnknownField, "country", r#""CA""#),
        with(EventTypeIdMissing, "eventTypeId", ""),
        with(EventTypeIdNotString, "eventTypeId", "7"),
        with(EventTypeIdInvalid, "eventTypeId", r#""page load""#),
        under(EventTypeIdNormalized, r#"{"normalizeNames":true}"#, event(&[("eventTypeId", r#""page load""#)])),
        with(EventTypeIdLong, "eventTypeId", format!("\"{}\"", "a".repeat(64))),
        with(EventTypeIdColon, "eventTypeId", r#""page:load""#),
        with(TrafficTypeNameMissing, "trafficTypeName", ""),
        with(TrafficTypeNameNotString, "trafficTypeName", "7"),
        with(TrafficTypeNameEmpty, "trafficTypeName", r#""""#),
        under(TrafficTypeNameUnknown, r#"{"trafficTypes":["account"]}"#, event(&[])),
        with(TrafficTypeNameLowercased, "trafficTypeName", r#""User""#),
        with(TrafficTypeNameTrimmed, "trafficTypeName", r#""user ""#),
        with(TrafficTypeNameSpace, "trafficTypeName", r#""us er""#),
        with(KeyMissing, "key", ""),
        with(KeyNotString, "key", "true"),
        with(KeyEmpty, "key", r#"" ""#),
        with(KeyTooLong, "key", format!("\"{}\"", "x".repeat(251))),
        with(KeyNumber, "key", "42"),
        with(KeyTrimmed, "key", r#"" Ava""#),
        with(KeyIntegerLarge, "key", "9007199254740993"),
        with(KeyNoValue, "key", r#""undefined""#),
        with(KeyRewritten, "key", r#""1.23457E+15""#),
        with(KeyTextMark, "key", r#""=\"00123\"""#),
        with(KeyInvisible, "key", r#""A\u200bva""#),
        under(KeyNotKnown, r#"{"knownKeys":["Liam"]}"#, event(&[])),
        with(TimestampMissing, "timestamp", ""),
        with(TimestampUnreadable, "timestamp", r#""yesterday""#),
        with(TimestampZoneMissing, "timestamp", r#""2022-02-22 19:23""#),
        with(TimestampOrderUnknown, "timestamp", r#""11/12/2022 19:23""#),
        under(
            TimestampOrderProven,
            r#"{"recognise": "use", "timestampZone": "UTC"}"#,
            event(&[("timestamp", r#""11/20/2026 19:23""#)]),
        ),
        under(
            TimestampOrderOther,
            r#"{"timestampFormat": "dmy", "timestampZone": "UTC"}"#,
            event(&[("timestamp", r#""11/20/2026 19:23""#)]),
        ),
        with(TimestampYearShort, "timestamp", r#""02/22/22 19:23""#),
        under(
            TimestampLocalTwice,
            r#"{"timestampZone": "Europe/Berlin"}"#,
            event(&[("timestamp", r#""2026-10-25 02:30""#)]),
        ),
        under(
            TimestampLocalNever,
            r#"{"timestampZone": "Europe/Berlin"}"#,
            event(&[("timestamp", r#""2026-03-29 02:30""#)]),
        ),
        with(TimestampNotPositive, "timestamp", "0"),
        with(TimestampOutOfRange, "timestamp", "20220222"),
        with(TimestampRounded, "timestamp", "1.79574E+12"),
        with(TimestampString, "timestamp", r#""1645557824000""#),
        with(TimestampSeconds, "timestamp", "1645557824"),
        with(TimestampMicroseconds, "timestamp", "1645557824000000"),
        with(TimestampNanoseconds, "timestamp", "1645557824000000000"),
        with(TimestampRfc3339, "timestamp", r#""2022-02-22T19:23:44Z""#),
        with(TimestampNotInteger, "timestamp", "1645557824000.5"),
        under(TimestampOld, r#"{"now":1700000000000}"#, event(&[])),
        under(TimestampAhead, r#"{"now":1600000000000}"#, event(&[])),
        with(ValueNotNumber, "value", r#""a lot""#),
        with(ValueNotFinite, "value", "1e400"),
        with(ValueString, "value", r#""1.31""#),
        with(ValueMissing, "value", ""),
        with(PropertiesNotObject, "properties", r#"["CA"]"#),
        with(PropertyNotScalar, "properties", r#"{"countries":["CA"]}"#),
        under(PropertyFlattened, r#"{"flatten":true}"#, event(&[("properties", r#"{"place":{"country":"CA"}}"#)])),
        with(PropertyNotFinite, "properties", r#"{"size":1e400}"#),
        with(EventTooLarge, "properties", properties(200, &"x".repeat(250))),
        with(PropertiesTooMany, "properties", properties(301, "")),
        with(PropertyStringLong, "properties", properties(1, &"x".repeat(257))),
        with(EnvironmentNameNotString, "environmentName", "7"),
        with(EnvironmentNameEmpty, "environmentName", r#"" ""#),
        with(EnvironmentNameTrimmed, "environmentName", r#""prod ""#),
        with(EnvironmentNameSpace, "environmentName", r#""pro d""#),
    ]
}

/// Returns an input under the default options, without a clock.
fn bytes(code: Code, input: impl Into<Vec<u8>>) -> Example {
    under(code, "{}", input)
}

fn under(code: Code, options: &'static str, input: impl Into<Vec<u8>>) -> Example {
    Example { code, options, input: Input::Bytes(input.into()) }
}

/// Returns an event with one field changed or added, or left out if its text is empty.
fn with(code: Code, field: &str, text: impl AsRef<str>) -> Example {
    bytes(code, event(&[(field, text.as_ref())]))
}

fn event(changes: &[(&str, &str)]) -> String {
    let mut fields = FIELDS.to_vec();
    for &(name, text) in changes {
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some(field) => field.1 = text,
            None => fields.push((name, text)),
        }
    }
    let members: Vec<String> =
        fields.iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("\"{name}\":{text}")).collect();
    format!("{{{}}}", members.join(","))
}

/// Returns the text as UTF-16 with a mark.
fn utf16(text: &str) -> Vec<u8> {
    ['\u{feff}'].into_iter().chain(text.chars()).collect::<String>().encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn properties(count: usize, text: &str) -> String {
    let members: Vec<String> = (0..count).map(|n| format!("\"p{n}\":\"{text}\"")).collect();
    format!("{{{}}}", members.join(","))
}
