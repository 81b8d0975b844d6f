//! The lines of events that were refused, unknown or unsent, read again by their presets.

use serde_json::{Value, json};
use split_events::map::{Mapping, Overlay, Preset, recognise_records};
use split_events::{Batcher, Caps, Finding, Format, Intake, Place, Rules, Undelivered};

const PLACE: Place = Place { index: 7, source: 0, text: Some((3, 99)) };
/// A clean event whose members stand in another order than those of an event that is made.
const EVENT: &str = r#"{ "key":"Ava","value":1.50, "timestamp":1645557824000,"properties":{"é":"\u00e9"},"trafficTypeName":"user","eventTypeId":"e"}"#;

struct Taken {
    body: String,
    refused: String,
    report: Value,
}

fn read(lines: &[u8], mapping: Mapping) -> Taken {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".into()));
    intake.keep_refused();
    intake.map(mapping);
    intake.begin(None, Format::Auto);
    intake.push(lines);
    intake.end();
    while intake.next_batch().is_some() {}
    let body = intake.last_batch().map(|batch| String::from_utf8(batch.body).unwrap()).unwrap_or_default();
    let refused = String::from_utf8(intake.take_refused().lines).unwrap();
    Taken { body, refused, report: serde_json::to_value(intake.report()).unwrap() }
}

fn preset(name: &str) -> Mapping {
    Preset::named(name).unwrap().mapping().unwrap()
}

/// Returns the line of an event that was not accepted.
fn line(event: &str, state: &str, code: &str) -> String {
    let mut undelivered = Undelivered::default();
    undelivered.not_accepted(event.as_bytes(), (state, code, "why"), PLACE, Some("a.json"));
    String::from_utf8(undelivered.take()).unwrap()
}

#[test]
fn each_file_is_recognised_by_the_state_in_its_lines() {
    let mut undelivered = Undelivered::default();
    let finding = Finding::of_record(split_events::Code::KeyMissing, "x");
    undelivered.refused(b"x", &[finding], PLACE, None, None);
    let refused = String::from_utf8(undelivered.take()).unwrap();
    for (lines, name) in [
        (refused + &line(EVENT, "refused", "bad_request"), "refused"),
        (line(EVENT, "unknown", "timeout"), "unknown"),
        (line(EVENT, "unsent", "stopped"), "unsent"),
    ] {
        assert_eq!(recognise_records(&lines).map(|preset| preset.name), Some(name), "{lines}");
    }
}

#[test]
fn an_event_is_the_same_bytes_so_that_a_ledger_knows_it() {
    for name in ["refused", "unknown", "unsent"] {
        let taken = read(line(EVENT, name, "timeout").as_bytes(), preset(name));
        assert_eq!(taken.body, format!("[{EVENT}]"), "{name}: {}", taken.report);
        assert_eq!(taken.report["clean"], 1);
    }
}

#[test]
fn what_was_held_back_is_skipped_in_a_file_of_unsent_events() {
    let lines =
        [line(EVENT, "unsent", "duplicate"), line(EVENT, "unsent", "other_key"), line(EVENT, "unsent", "stopped")];
    let taken = read(lines.concat().as_bytes(), preset("unsent"));
    assert_eq!(taken.body, format!("[{EVENT}]"));
    assert_eq!((&taken.report["records"], &taken.report["skipped"]), (&json!(3), &json!(2)));
}

#[test]
fn refused_events_are_sent_once_they_are_corrected_and_refused_again_if_not() {
    let source = format!("{}\n{{\"eventTypeId\":\"e\",}}\n[1]\n", EVENT.replace("Ava", ""));
    let first = read(source.as_bytes(), Mapping::own());
    assert_eq!(first.report["refused"], 3);
    let again = read(first.refused.as_bytes(), preset("refused"));
    let events = |lines: &str| -> Vec<Value> {
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|line| [line["event"].clone(), line["text"].clone(), line["reasons"].clone()].into()).collect()
    };
    assert_eq!(events(&again.refused), events(&first.refused));
    let corrected = first
        .refused
        .replace(r#""key":"""#, r#""key":"Ben""#)
        .replace(r#"{\"eventTypeId\":\"e\",}"#, &EVENT.replace('\\', "\\\\").replace('"', "\\\""));
    let taken = read(corrected.as_bytes(), preset("refused"));
    assert_eq!(taken.body, format!("[{},{EVENT}]", EVENT.replace("Ava", "Ben")));
    assert_eq!(taken.report["refused"], 1);
}

#[test]
fn what_is_set_lies_over_the_parts_of_the_event() {
    let (mut overlay, mut mapping) = (Overlay::default(), preset("unsent"));
    assert!(overlay.set("trafficTypeName", r#""account""#));
    overlay.apply(&mut mapping);
    let taken = read(line(EVENT, "unsent", "stopped").as_bytes(), mapping);
    let events: Value = serde_json::from_str(&taken.body).unwrap();
    let mut expected: Value = serde_json::from_str(EVENT).unwrap();
    expected["trafficTypeName"] = json!("account");
    assert_eq!(events, json!([expected]));
}

#[test]
fn a_line_without_an_event_is_refused() {
    let taken = read(b"{\"index\":0,\"state\":\"unsent\",\"reasons\":[]}\n", preset("unsent"));
    assert_eq!((&taken.report["refused"], taken.body), (&json!(1), String::new()));
}
