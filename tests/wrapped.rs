//! Records that have many events in them: each is one issue that tells where they are.

#[path = "common/cuts.rs"]
mod cuts;

use split_events::{Caps, Format, Rules};

const EVENT: &str = r#"{"eventTypeId":"buy","trafficTypeName":"user","key":"Ava","timestamp":1645557824000,"value":1}"#;

/// Returns the numbers of events and clean ones, and the issues as `CODE PATH LINE:BYTE`. Checks that they are the same
/// in chunks of any size.
#[track_caller]
fn read(format: Format, input: &str, sizes: &[usize]) -> (u64, u64, Vec<String>) {
    let run = |sizes: &[usize]| cuts::run(&Rules::default(), Caps::default(), format, input.as_bytes(), sizes);
    let whole = run(&[]);
    for &size in sizes {
        assert_eq!(whole, run(&[size]), "in chunks of {size}");
    }
    let report: serde_json::Value = serde_json::from_str(&whole.report).unwrap();
    let issue = |issue: &serde_json::Value| {
        format!(
            "{} {} {}:{}",
            issue["code"].as_str().unwrap(),
            issue["path"].as_str().unwrap(),
            issue["line"],
            issue["byteOffset"]
        )
    };
    let issues = report["issues"].as_array().unwrap().iter().map(issue).collect();
    (report["events"].as_u64().unwrap(), report["clean"].as_u64().unwrap(), issues)
}

#[test]
fn a_wrapper_is_reported_with_the_member_that_has_its_events() {
    for name in ["events", "data", "entries", "batch", "records", "items", "\u{44f}"] {
        let input = format!(r#"{{"sent":"now","{name}":[{EVENT},{EVENT}]}}"#);
        let expected = vec![format!("events_wrapped {name} 1:{}", 17 + name.len())];
        for format in [Format::Auto, Format::Json, Format::Ndjson] {
            assert_eq!(read(format, &input, &[1, 7]), (1, 0, expected.clone()));
        }
    }
    let pretty = format!("{{\n  \"count\": 2,\n  \"events\": [\n    {EVENT},\n    {EVENT}\n  ]\n}}\n");
    assert_eq!(read(Format::Auto, &pretty, &[1, 7]), (1, 0, vec!["events_wrapped events 3:28".to_owned()]));
    let one_of_them = r#"{"items":[{"trafficTypeName":7}]}"#;
    assert_eq!(read(Format::Auto, one_of_them, &[1]), (1, 0, vec!["events_wrapped items 1:9".to_owned()]));
}

#[test]
fn each_wrapper_is_one_event_that_is_refused() {
    let wrapper = format!(r#"{{"events":[{EVENT}]}}"#);
    for input in [format!("{EVENT}\n{wrapper}\n{wrapper}\n"), format!("[{EVENT},{wrapper},{wrapper}]")] {
        let (events, clean, issues) = read(Format::Auto, &input, &[1]);
        assert_eq!((events, clean, issues.len()), (3, 1, 2));
        assert!(issues.iter().all(|issue| issue.starts_with("events_wrapped events")), "{issues:?}");
    }
}

#[test]
fn an_event_with_a_list_in_it_is_an_event() {
    for other in [
        format!(r#"{{"eventTypeId":"buy","events":[{EVENT}]}}"#),
        format!(r#"{{"events":[{EVENT}],"key":"Ava"}}"#),
        format!(r#"{{"events":{EVENT}}}"#),
        r#"{"events":["buy"]}"#.to_owned(),
        r#"{"items":[]}"#.to_owned(),
        r#"{"items":[{"properties":{"eventTypeId":"buy"}}]}"#.to_owned(),
    ] {
        let (_, _, issues) = read(Format::Auto, &other, &[1]);
        assert!(issues.len() > 1 && !issues.iter().any(|issue| issue.starts_with("events_wrapped")), "{issues:?}");
    }
}

#[test]
fn a_wrapper_larger_than_a_record_may_be_is_reported_too() {
    let list = vec![EVENT; 12_000].join(",\n");
    let wrapper = format!("{{\"sent\":1,\"events\":[{list}]}}");
    for (input, line, byte) in [
        (wrapper.clone(), 1, 0),
        (wrapper.replace('\n', ""), 1, 0),
        (format!("[{EVENT},\n{wrapper},{EVENT}]"), 2, EVENT.len() + 3),
        (format!("{EVENT}\n{}\n{EVENT}\n", wrapper.replace('\n', "")), 2, EVENT.len() + 1),
    ] {
        let (events, clean, issues) = read(Format::Auto, &input, &[65_536, 999_999]);
        assert_eq!((events, clean), if line == 1 { (1, 0) } else { (3, 2) });
        assert_eq!(issues, [format!("events_wrapped events {line}:{byte}")]);
    }
}

#[test]
fn events_that_run_together_are_distinguished_from_one_that_is_too_large() {
    let rest = format!(",{EVENT}").repeat(12_000);
    let open_quote = EVENT.replace("\"Ava\"", "\"Ava");
    let unclosed = r#"{"eventTypeId":"buy","properties":{"a":[["#;
    for beginning in [&*open_quote, unclosed] {
        let (events, clean, issues) = read(Format::Auto, &format!("[{EVENT},\n{beginning}{rest}]"), &[65_536, 999_999]);
        assert_eq!((events, clean), (2, 1));
        assert_eq!(issues[0], format!("records_run_together  2:{}", EVENT.len() + 3));
    }
    let large = EVENT.replace("Ava", &"x\\\"eventTypeId\\\"".repeat(70_000));
    let (_, _, issues) = read(Format::Auto, &format!("[{EVENT},{large}]"), &[65_536]);
    assert_eq!(issues, [format!("record_too_large  1:{}", EVENT.len() + 2)]);
}
