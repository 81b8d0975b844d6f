//! Records that are not meant as events are counted.

#[path = "common/cuts.rs"]
mod cuts;

use split_events::{Caps, Format, Report, Rules};

const EVENT: &str = r#"{"eventTypeId":"buy","trafficTypeName":"user","key":"Ava","timestamp":1645557824000,"value":1}"#;

/// Returns the numbers of events, refused and unrecognized ones. Checks that they are the same in chunks of any size.
#[track_caller]
fn read(format: Format, input: &str) -> [u64; 3] {
    let run = |sizes: &[usize]| cuts::run(&Rules::default(), Caps::default(), format, input.as_bytes(), sizes);
    let whole = run(&[]);
    for size in [1, 7] {
        assert_eq!(whole, run(&[size]), "in chunks of {size}: {input}");
    }
    let report: serde_json::Value = serde_json::from_str(&whole.report).unwrap();
    let count = |name: &str| report.get(name).map_or(0, |count| count.as_u64().unwrap());
    assert_eq!(report.get("unrecognized").is_some(), count("unrecognized") > 0);
    ["events", "refused", "unrecognized"].map(count)
}

#[test]
fn a_record_without_any_field_of_an_event_is_counted() {
    for input in
        ["[1,2]", r"[{},[]]", r#"[{"a":1},"key"]"#, r#"[null,{"properties ":{}}]"#, r#"[{"a":{"key":1}},true]"#]
    {
        assert_eq!(read(Format::Auto, input), [2, 2, 2], "{input}");
        assert_eq!(read(Format::Json, input), [2, 2, 2], "{input}");
    }
}

#[test]
fn one_field_makes_it_an_event_that_is_refused() {
    for name in
        ["eventTypeId", "trafficTypeName", "key", "timestamp", "value", "properties", "environmentName", "k\\u0065y"]
    {
        assert_eq!(read(Format::Auto, &format!(r#"[{{"a":1,"{name}":null}}]"#)), [1, 1, 0], "{name}");
    }
}

#[test]
fn a_list_of_events_in_an_object_is_counted() {
    for name in ["events", "batch", "data", "rows"] {
        assert_eq!(
            read(Format::Auto, &format!(r#"{{"timestamp":1,"{name}":[{EVENT},{EVENT}]}}"#)),
            [1, 1, 1],
            "{name}"
        );
    }
}

#[test]
fn a_list_of_events_in_an_object_too_large_to_hold_is_counted() {
    let input = format!(r#"{{"timestamp":1,"events":[{}]}}"#, [EVENT].repeat(12_000).join(","));
    let whole = cuts::run(&Rules::default(), Caps::default(), Format::Auto, input.as_bytes(), &[65_536]);
    let report: serde_json::Value = serde_json::from_str(&whole.report).unwrap();
    assert_eq!([&report["refused"], &report["unrecognized"]], [1, 1]);
}

#[test]
fn a_record_too_large_to_hold_may_be_an_event() {
    let input = format!(r#"[{{"note":"{}","eventTypeId":"buy"}}]"#, "x".repeat(1_100_000));
    let whole = cuts::run(&Rules::default(), Caps::default(), Format::Auto, input.as_bytes(), &[65_536]);
    let report: serde_json::Value = serde_json::from_str(&whole.report).unwrap();
    assert_eq!((&report["refused"], report.get("unrecognized")), (&1.into(), None));
}

#[test]
fn a_record_that_is_not_json_is_meant_as_an_event_if_it_has_a_fields_name_in_quotes() {
    assert_eq!(read(Format::Ndjson, "{\"key\":\n{\"a\":\n{\"a\":\"key\n{'key':1}\nkey\n"), [5, 5, 4]);
    assert_eq!(read(Format::Auto, &format!("[{EVENT},{}", &EVENT[..40])), [2, 1, 0]);
    assert_eq!(read(Format::Ndjson, &format!("{EVENT}{EVENT}\n{{\"k\":{EVENT}")), [3, 1, 0]);
}

#[test]
fn clean_and_repaired_events_and_rows_of_tables_are_not_counted() {
    assert_eq!(read(Format::Auto, &format!("[{EVENT},{}]", EVENT.replace("\"Ava\"", "7"))), [2, 0, 0]);
    let table = "eventTypeId,trafficTypeName,key,timestamp,value\n,,,,\nbuy,user,,1645557824000,1\n\"buy,user\n";
    let [_, refused, unrecognized] = read(Format::Csv, table);
    assert!(refused > 0);
    assert_eq!(unrecognized, 0);
}

#[test]
fn the_counts_of_a_journal_include_unrecognized_records() {
    let report = Report::from_counts(r#"{"refused":3,"unrecognized":2}"#);
    assert_eq!((report.refused, report.unrecognized), (3, 2));
    assert_eq!(Report::from_counts(&report.counts(0)).unrecognized, 2);
    assert!(!Report::from_counts(r#"{"refused":3}"#).counts(0).contains("unrecognized"));
}
