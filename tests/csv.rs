//! Events from tables in CSV and TSV, and the places of their issues.

use proptest::prelude::*;
use serde_json::{Value, json};
use split_events::map::Mapping;
use split_events::{Batcher, Caps, Format, Intake, Rules};

const HEADER: &str = "eventTypeId,trafficTypeName,key,timestamp";

/// The result of reading an input.
#[derive(Debug, PartialEq)]
struct Taken {
    events: Vec<Value>,
    report: Value,
    refused: Vec<Value>,
}

impl Taken {
    /// Returns code, path, line, byte and text of each issue except notes.
    fn issues(&self) -> Vec<Value> {
        let issues = self.report["issues"].as_array().unwrap().iter().filter(|issue| issue["severity"] != "note");
        let fields = ["code", "path", "line", "byteOffset", "got"];
        issues.map(|issue| fields.map(|field| issue[field].clone()).into()).collect()
    }
}

fn columns(map: &[(&str, &str)]) -> Mapping {
    let mut columns = Mapping::own();
    assert!(map.iter().all(|(column, field)| columns.map(column, field)));
    columns
}

fn take_in<'a>(format: Format, map: &[(&str, &str)], chunks: impl Iterator<Item = &'a [u8]>) -> Taken {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps { events: 3, ..Caps::default() }, "run".into()));
    intake.keep_refused();
    intake.map(columns(map));
    intake.begin(None, format);
    let mut bodies = Vec::new();
    for chunk in chunks {
        intake.push(chunk);
        bodies.extend(std::iter::from_fn(|| intake.next_batch()));
    }
    intake.end();
    bodies.extend(std::iter::from_fn(|| intake.next_batch()));
    bodies.extend(intake.last_batch());
    let refused = intake.take_refused().lines;
    Taken {
        events: bodies.iter().flat_map(|batch| serde_json::from_slice::<Vec<Value>>(&batch.body).unwrap()).collect(),
        report: serde_json::to_value(intake.report()).unwrap(),
        refused: serde_json::Deserializer::from_slice(&refused).into_iter().map(Result::unwrap).collect(),
    }
}

/// Reads the input whole, byte by byte and cut in two at every byte, and checks that the result is the same.
#[track_caller]
fn take_as(format: Format, map: &[(&str, &str)], input: &[u8]) -> Taken {
    let whole = take_in(format, map, [input].into_iter());
    assert_eq!(whole, take_in(format, map, input.chunks(1)), "byte by byte");
    for cut in 0..input.len() {
        assert_eq!(whole, take_in(format, map, [&input[..cut], &input[cut..]].into_iter()), "cut at byte {cut}");
    }
    whole
}

#[track_caller]
fn take(input: &str) -> Taken {
    take_as(Format::Auto, &[], input.as_bytes())
}

/// Returns the event of a row that begins with `page_load,user,Ava,1645557824000`, with more members.
fn event(more: &Value) -> Value {
    let mut event = json!({"eventTypeId": "page_load", "trafficTypeName": "user", "key": "Ava", "timestamp": 1_645_557_824_000_u64});
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

/// Reads a table of one row with these additional columns and cells.
#[track_caller]
fn take_cells(header: &str, cells: &str) -> Taken {
    take(&format!("{HEADER},{header}\npage_load,user,Ava,1645557824000,{cells}\n"))
}

#[test]
fn columns_are_the_fields_and_any_other_is_a_property() {
    let taken = take_cells("value,environmentName,properties.country,plan", "1.5,prod,FR,gold");
    let properties = json!({"country": "FR", "plan": "gold"});
    assert_eq!(taken.events, [event(&json!({"value": 1.5, "environmentName": "prod", "properties": properties}))]);
    assert_eq!(taken.report["clean"], 1);
    assert_eq!(taken.issues(), [] as [Value; 0]);
}

#[test]
fn a_header_that_is_not_utf_8_is_shown_up_to_its_line_break() {
    let header = [HEADER.as_bytes(), b",caf\xe9\r\npage_load,user,Ava,1645557824000,x\r\n"].concat();
    let taken = take_as(Format::Auto, &[], &header);
    assert_eq!(taken.issues(), [json!(["not_utf8", "", 1, HEADER.len() + 4, "\u{fffd}"])]);
}

#[test]
fn an_empty_cell_is_an_absent_field() {
    let taken = take_cells("value,plan,seats", ",,\"\"");
    assert_eq!(taken.events, [event(&json!({}))]);
    let taken = take(&format!("{HEADER}\npage_load,user,,1645557824000\n"));
    assert_eq!(taken.issues(), [json!(["key_missing", "key", 2, 42, ""])]);
}

#[test]
fn a_row_may_end_before_the_header_does() {
    assert_eq!(take_cells("value,plan", "3").events, [event(&json!({"value": 3}))]);
}

#[test]
fn a_column_without_a_name_is_left_out() {
    let taken = take(&format!(",{HEADER}, ,\n7,page_load,user,Ava,1645557824000,x,y\n"));
    assert_eq!(taken.events, [event(&json!({}))]);
    assert_eq!(taken.report["clean"], 1);
}

#[test]
fn numbers_and_booleans_among_properties_are_distinguished_from_text() {
    for (cell, value) in [
        ("true", json!(true)),
        ("false", json!(false)),
        ("12", json!(12)),
        ("-0.25", json!(-0.25)),
        ("1e+21", json!(1e21)),
        ("123456789012345", json!(123_456_789_012_345_u64)),
        ("0.00000123456789012345", json!(0.000_001_234_567_890_123_45)),
        ("0.30000000000000004", json!(0.1 + 0.2)),
        ("TRUE", json!(true)),
        ("True", json!(true)),
        ("FALSE", json!(false)),
    ] {
        assert_eq!(take_cells("x", cell).events, [event(&json!({"properties": {"x": value}}))], "{cell}");
    }
    let texts = [
        "tRUE",
        "null",
        "007",
        "+1",
        "1.",
        ".5",
        "-0",
        "1.10",
        "2.0",
        "1E5",
        "219E01",
        "12e3",
        "1e10",
        "1e21",
        "0.0000001",
        "1234567890123456",
        "0.12345678901234567",
        "1e400",
        "1e",
        " 1",
        "1 ",
        "{}",
    ];
    for cell in texts {
        let taken = take_cells("x", cell);
        assert_eq!(taken.events, [event(&json!({"properties": {"x": cell}}))], "{cell}");
        assert_eq!(taken.report["clean"], 1, "{cell}");
    }
}

#[test]
fn names_and_keys_are_text_whatever_they_look_like() {
    let taken = take(&format!("{HEADER}\n404,user,0012345678901234567890,1645557824000\n"));
    assert_eq!(taken.events[0]["eventTypeId"], "404");
    assert_eq!(taken.events[0]["key"], "0012345678901234567890");
    assert_eq!(taken.report["clean"], 1);
}

#[test]
fn timestamps_and_values_go_through_their_rules_with_the_place_of_their_cell() {
    let taken = take(&format!(
        "{HEADER},value\r\npage_load,user,\"A\nva\",1645557824,\"1,5\"\r\npage_load,user,Ava,2022-02-22T19:23:44Z, 7 \r\n"
    ));
    assert_eq!(
        taken.issues(),
        [
            json!(["key_invisible", "key", 2, 64, "\"A\\nva\""]),
            json!(["timestamp_seconds", "timestamp", 3, 71, "1645557824"]),
            json!(["value_not_number", "value", 3, 82, "\"1,5\""]),
            json!(["csv_cell_trimmed", "value", 4, 129, "\" 7 \""]),
            json!(["timestamp_rfc3339", "timestamp", 4, 108, "\"2022-02-22T19:23:44Z\""]),
        ]
    );
    assert_eq!(taken.events, [event(&json!({"value": 7}))]);
}

#[test]
fn a_column_of_properties_in_json_joins_the_others() {
    let taken = take_cells("plan,properties,seats", r#"gold,"{""a"": 1, ""b"": [2]}",5"#);
    assert_eq!(taken.events, [event(&json!({"properties": {"plan": "gold", "a": 1, "b": null, "seats": 5}}))]);
    assert_eq!(taken.issues()[0][1], "properties.b");
    assert_eq!(take_cells("properties", "{}").events, [event(&json!({"properties": {}}))]);
    let taken = take_cells("plan,properties", "gold,x=1");
    assert_eq!(taken.issues(), [json!(["properties_not_object", "properties", 2, 96, "\"x=1\""])]);
    let taken = take_cells("plan,properties", r#"gold,"{""plan"":1}""#);
    assert_eq!(taken.issues()[0], json!(["duplicate_field", "properties.plan", 2, 96, "1"]));
}

#[test]
fn a_map_says_which_column_is_which_field() {
    let map = [
        ("event", "eventTypeId"),
        ("user_id", "key"),
        ("key", "properties.api"),
        ("internal", "-"),
        ("secret", ""),
        ("type", "trafficTypeName"),
    ];
    let input = "event,type,user_id,timestamp,key,internal,secret\npage_load,user,Ava,1645557824000,k,1,2\n";
    let taken = take_as(Format::Auto, &map, input.as_bytes());
    assert_eq!(taken.events, [event(&json!({"properties": {"api": "k"}}))]);
    assert_eq!(taken.report["clean"], 1);
}

#[test]
fn a_map_of_a_missing_column_gets_a_warning_and_the_rows_are_read() {
    let input = format!("\n{HEADER},amount\npage_load,user,Ava,1645557824000,3\n");
    let map = [("amonut", "value"), ("amount", "properties.amount"), ("Plan", "properties.plan")];
    let taken = take_as(Format::Auto, &map, input.as_bytes());
    assert_eq!(taken.issues(), [json!(["csv_map_unused", "", 2, 1, "amonut, Plan"])]);
    let issue = &taken.report["issues"][0];
    assert!(issue["message"].as_str().unwrap().ends_with(": amonut, Plan"), "{issue}");
    assert_eq!((&issue["severity"], &issue["index"]), (&json!("warning"), &Value::Null));
    assert_eq!(taken.events, [event(&json!({"properties": {"amount": 3}}))]);
}

#[test]
fn a_map_to_an_unknown_field_is_refused() {
    let mut columns = Mapping::own();
    for field in ["country", "properties.", "Key"] {
        assert!(!columns.map("a", field), "{field}");
    }
}

#[test]
fn a_table_is_recognized_by_a_mapped_column_of_its_header_too() {
    let input = b"event,who\na,b\n";
    assert_eq!(take_as(Format::Auto, &[], input).issues()[0], json!(["input_columns_unknown", "", 1, 0, "event, who"]));
    let taken = take_as(Format::Auto, &[("who", "key")], input);
    assert_eq!(taken.issues(), [json!(["csv_columns_missing", "", 1, 0, "eventTypeId, trafficTypeName, timestamp"])]);
    let message = taken.report["issues"][0]["message"].as_str().unwrap();
    assert!(message.ends_with(": eventTypeId, trafficTypeName, timestamp"), "{message}");
}

#[test]
fn a_format_that_is_given_is_not_detected_from_the_header() {
    let tabs = format!("{HEADER}\npage_load,user,Ava,1645557824000\n").replace(',', "\t");
    assert_eq!(take_as(Format::Tsv, &[], tabs.as_bytes()).events, [event(&json!({}))]);
    assert_eq!(take_as(Format::Csv, &[], tabs.as_bytes()).issues()[0][0], "input_separator");
}

#[test]
fn two_columns_for_one_field_are_reported_by_the_fields_name() {
    let taken = take(&format!("{HEADER},plan,properties.plan\n"));
    assert_eq!(taken.issues(), [json!(["csv_column_twice", "", 1, 47, "properties.plan (plan, properties.plan)"])]);
    let taken = take_as(Format::Auto, &[("user", "key")], format!("{HEADER},user\n").as_bytes());
    assert_eq!(taken.issues(), [json!(["csv_column_twice", "", 1, 42, "key (key, user)"])]);
}

#[test]
fn refused_rows_are_returned_as_events_or_as_they_were() {
    let taken = take(&format!("{HEADER},x\na b,user,Ava,1,\"2\n3\"\npage_load,user,Ava,1,2,\"3\n\",4\n"));
    assert_eq!(taken.report["refused"], 2);
    let event = json!({"eventTypeId": "a b", "trafficTypeName": "user", "key": "Ava", "timestamp": 1,
        "properties": {"x": "2\n3"}});
    assert_eq!((&taken.refused[0]["event"], &taken.refused[0]["line"]), (&event, &json!(2)));
    assert_eq!(taken.refused[0]["byteOffset"], 44);
    assert_eq!(taken.refused[1]["text"], "page_load,user,Ava,1,2,\"3\n\",4");
    assert_eq!(taken.refused[1]["reasons"][0]["code"], "csv_too_many_cells");
}

#[test]
fn a_row_over_a_million_bytes_is_refused_as_it_passes() {
    let long = "x".repeat(1_500_000);
    let input = format!("{HEADER}\npage_load,user,\"{long}\n\",1\npage_load,user,Ava,1645557824000\n");
    for size in [1, 65_536, input.len()] {
        let taken = take_in(Format::Auto, &[], input.as_bytes().chunks(size));
        let shown = format!("page_load,user,\"{}…", "x".repeat(63));
        assert_eq!(taken.issues()[0], json!(["record_too_large", "", 2, 42, shown]));
        assert_eq!(taken.events, [event(&json!({}))]);
    }
}

/// Writes a table with a writer of another author.
fn written(separator: u8, crlf: bool, header: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut writer = csv::WriterBuilder::new().delimiter(separator).terminator(terminator).from_writer(Vec::new());
    writer.write_record(header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

proptest! {
    #[test]
    fn any_table_of_another_writer_is_read_as_its_events_whatever_the_chunks(
        names in proptest::collection::btree_set("p[a-z\",\t\n é]{0,4}q", 0..4),
        rows in proptest::collection::vec(proptest::collection::vec("[a-z\",;\t\r\n {}\\\\é😀\0]{0,6}", 4), 0..6),
        tabs: bool,
        crlf: bool,
        size in 1_usize..40,
    ) {
        let fields = HEADER.split(',').map(str::to_owned);
        let header: Vec<String> = fields.chain(names.iter().cloned()).collect();
        let row = |cells: &Vec<String>| -> Vec<String> {
            let fields = ["page_load", "user", "Ava", "1645557824000"].map(str::to_owned);
            fields.into_iter().chain(cells.iter().take(names.len()).cloned()).collect()
        };
        let (separator, format) = if tabs { (b'\t', Format::Tsv) } else { (b',', Format::Csv) };
        let input = written(separator, crlf, &header, &rows.iter().map(row).collect::<Vec<_>>());

        let expected: Vec<Value> = rows
            .iter()
            .map(|cells| {
                let cells = names.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
                let properties: serde_json::Map<_, _> = cells.map(|(name, cell)| (name.clone(), json!(cell))).collect();
                event(&if properties.is_empty() { json!({}) } else { json!({ "properties": properties }) })
            })
            .collect();
        for format in [format, Format::Auto] {
            let whole = take_in(format, &[], [&*input].into_iter());
            prop_assert_eq!(&whole.events, &expected);
            prop_assert_eq!(&take_in(format, &[], input.chunks(size)), &whole);
        }
    }

    #[test]
    fn any_bytes_make_a_table_whose_verdicts_add_up_whatever_the_chunks(
        rows in proptest::collection::vec(r#"[",\r\nab1\\{}]{0,8}|page_load,user,Ava,1645557824000"#, 0..12),
        junk in proptest::collection::vec(any::<u8>(), 0..4),
        size in 1_usize..20,
    ) {
        let input = [HEADER.as_bytes(), b",x\n", rows.join("\n").as_bytes(), &junk].concat();
        let whole = take_in(Format::Csv, &[], [&*input].into_iter());
        prop_assert_eq!(&take_in(Format::Csv, &[], input.chunks(size)), &whole);
        let count = |name: &str| whole.report[name].as_u64().unwrap();
        prop_assert_eq!(count("clean") + count("repaired") + count("refused"), count("events"));
        prop_assert_eq!(whole.events.len() as u64, count("clean") + count("repaired"));
        prop_assert_eq!(whole.refused.len() as u64, count("refused"));
    }
}

#[test]
fn a_map_of_json_takes_members_and_gets_one_warning_for_those_that_no_record_has() {
    let lines = [
        r#"{"event":"page_load","trafficTypeName":"user","user":{"id":"Ava"},"timestamp":1645557824000,"plan":"gold"}"#,
        r#"{"event":"page_load","trafficTypeName":"user","key":"Ava","timestamp":1645557824000,"internal":1}"#,
    ];
    let map = [
        ("event", "eventTypeId"),
        ("/user/id", "key"),
        ("plan", "properties.plan"),
        ("internal", "-"),
        ("user", "-"),
        ("user_id", "key"),
        ("/user/plan", "properties.tier"),
    ];
    for (format, input) in [
        (Format::Auto, format!("[{}]", lines.join(","))),
        (Format::Auto, format!("\n {}\n", lines.join("\n"))),
        (Format::Ndjson, lines.join("\n")),
    ] {
        let taken = take_as(format, &map, input.as_bytes());
        assert_eq!(taken.events, [event(&json!({"properties": {"plan": "gold"}})), event(&json!({}))], "{input}");
        assert_eq!(taken.report["clean"], 2);
        assert_eq!(taken.issues(), [json!(["map_unused_json", "", null, null, "user_id, /user/plan"])], "{input}");
        assert_eq!(taken.report["issueCounts"]["map_unused_json"], 1);
    }
}

#[test]
fn a_field_that_is_mapped_and_there_by_its_own_name_is_refused() {
    let line =
        r#"{"eventTypeId":"page_load","trafficTypeName":"user","key":"Ava","timestamp":1645557824000,"user":"Bo"}"#;
    let taken = take_as(Format::Auto, &[("user", "key")], line.as_bytes());
    assert_eq!(taken.issues()[0], json!(["duplicate_field", "key", 1, 58, "\"Ava\""]));
}
