//! Records inside of JSON values: the items of lists, and parts of values.

#[allow(dead_code, reason = "one of its two functions")]
#[path = "common/cuts.rs"]
mod cuts;

use proptest::prelude::*;
use split_events::{Batcher, Caps, Code, Form, Format, Intake, Rules, Severity, json};

/// Returns an event with this key.
fn event(key: &str) -> String {
    format!(r#"{{"eventTypeId":"buy","trafficTypeName":"user","key":"{key}","timestamp":1645557824000,"value":1}}"#)
}

/// The result of reading a source.
#[derive(Debug, PartialEq)]
struct Taken {
    events: u64,
    keys: Vec<String>,
    /// Each as `CODE LINE:BYTE GOT`.
    issues: Vec<String>,
}

/// Reads a source in chunks of any size and checks that the result is the same.
#[track_caller]
fn read(format: Format, form: &Form, input: &str) -> Taken {
    let run = |sizes: &[usize]| {
        let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
        intake.set_form(form.clone());
        cuts::through(&mut intake, format, input.as_bytes(), sizes)
    };
    let whole = run(&[]);
    for size in [1, 2, 3, 7, 64] {
        assert_eq!(whole, run(&[size]), "in chunks of {size}: {input}");
    }
    for cut in (1..input.len()).take(1_000) {
        assert_eq!(whole, run(&[cut, input.len()]), "cut at byte {cut}: {input}");
    }
    let report: serde_json::Value = serde_json::from_str(&whole.report).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let issue = |issue: &serde_json::Value| {
        format!("{} {}:{} {}", text(&issue["code"]), issue["line"], issue["byteOffset"], text(&issue["got"]))
    };
    let events =
        whole.batches.iter().flat_map(|batch| serde_json::from_slice::<Vec<serde_json::Value>>(&batch.body).unwrap());
    Taken {
        events: report["events"].as_u64().unwrap(),
        keys: events.map(|event| text(&event["key"])).collect(),
        issues: report["issues"].as_array().unwrap().iter().map(issue).collect(),
    }
}

fn at(paths: &[&str]) -> Form {
    let path = |path: &&str| path.split('/').skip(1).map(str::to_owned).collect();
    Form { records: paths.iter().map(path).collect(), ..Form::default() }
}

#[track_caller]
fn keys(paths: &[&str], input: &str, expected: &[&str]) {
    for format in [Format::Auto, Format::Json] {
        let taken = read(format, &at(paths), input);
        assert_eq!(
            (taken.keys, taken.issues),
            (expected.iter().map(|&key| key.to_owned()).collect(), Vec::<String>::new()),
            "{input}"
        );
    }
}

#[test]
fn the_items_of_a_list_are_read_and_what_stands_beside_is_left_out() {
    let [a, b, c] = ["a", "b", "c"].map(event);
    keys(
        &["/batch/*"],
        &format!(r#"{{"sentAt":"now","batch":[{a},{b}],"n":[1,-2.5e3,{{"batch":[{c}]}}],"t":true}}"#),
        &["a", "b"],
    );
    keys(
        &["/batch/*"],
        &format!("{{\n  \"batch\": [\n    {a},\n    {b}\n  ],\n  \"context\": {{}}\n}}\n"),
        &["a", "b"],
    );
    keys(
        &["/data/events/*"],
        &format!(r#"{{"events":[{c}],"data":{{"x":"\"]\u00e9\\","events":[{a}, {b}]}}}}"#),
        &["a", "b"],
    );
    keys(&["/b\"\u{e9}/*"], &format!(r#"{{"b\"\u00e9":[{a}]}}"#), &["a"]);
    keys(
        &["/pages/*/events/*"],
        &format!(r#"{{"pages":[{{"events":[{a}]}},{{"n":1,"events":[{b},{c}]}},{{"events":[]}}]}}"#),
        &["a", "b", "c"],
    );
    keys(&["/event"], &format!(r#"{{"id":1,"event":{a},"source":"x"}}"#), &["a"]);
    keys(&["/messages/*/event"], &format!(r#"{{"messages":[{{"event":{a}}},{{"id":2,"event":{b}}}]}}"#), &["a", "b"]);
    keys(&["/batch/*"], "{\"batch\":[]}", &[]);
}

#[test]
fn each_value_of_a_source_is_read_by_the_path() {
    let [a, b, c] = ["a", "b", "c"].map(event);
    let (first, second) = (format!(r#"{{"batch":[{a}]}}"#), format!(r#"{{"n":1,"batch":[{b},{c}]}}"#));
    keys(&["/batch/*"], &format!("{first}\n{second}\n"), &["a", "b", "c"]);
    keys(&["/batch/*"], &format!("[{first},{second}]"), &["a", "b", "c"]);
    keys(&["/batch/*"], &format!("[\n{first},\n{second}\n]\n"), &["a", "b", "c"]);
    keys(&["/batch/*", "/event", ""], &format!("{first}\n{{\"event\":{b}}}\n{c}\n"), &["a", "b", "c"]);
}

#[test]
fn a_path_that_leads_nowhere_refuses_the_value() {
    let a = event("a");
    let good = format!(r#"{{"batch":[{a}]}}"#);
    let byte = good.len() + 1;
    for value in [r#"{"a":1}"#, r#"{"batch":{"a":1}}"#, r#"{"batch":5}"#, "7", r#""batch""#, r#"{"batch":null}"#] {
        let taken = read(Format::Ndjson, &at(&["/batch/*"]), &format!("{good}\n{value}\n{good}\n"));
        assert_eq!((taken.events, taken.keys.len()), (3, 2), "{value}");
        assert_eq!(taken.issues, [format!("records_not_found 2:{byte} /batch/*")]);
    }
}

#[test]
fn what_is_left_out_is_still_json() {
    let a = event("a");
    let good = format!(r#"{{"batch":[{a}]}}"#);
    for broken in [
        r#""x":tru"#,
        r#""x":01"#,
        r#""x":"\q""#,
        r#""x":"\u12g4""#,
        r#""x":[1,]"#,
        r#""x":{"a"}"#,
        r#""x":1 2"#,
        "x:1",
        r#""x":[1}"#,
        "\"x\":\"\u{1}\"",
        r#""x":.5"#,
        r#""x":"#,
    ] {
        let line = format!(r#"{{{broken},"batch":[{a}]}}"#);
        let taken = read(Format::Ndjson, &at(&["/batch/*"]), &format!("{line}\n{good}\n"));
        assert_eq!((taken.events, taken.keys.len(), taken.issues.len()), (2, 1, 1), "{broken}: {:?}", taken.issues);
        assert!(taken.issues[0].starts_with("not_json 1:"), "{:?}", taken.issues);
    }
}

#[test]
fn a_value_that_breaks_off_costs_itself_and_not_the_lines_below() {
    let [a, b, c] = ["a", "b", "c"].map(event);
    let second = format!("{{\"batch\":[{c}]}}\n");
    for cut in [
        format!("{{\"batch\":[{a},{b}"),
        format!("{{\"batch\":[{a},"),
        format!("{{\"batch\":[{a},{}", &b[..20]),
        format!("{{\"batch\":[{a}],\"x\":"),
        format!("{{\"batch\":[{a}],\"x\":\"ab"),
        format!("{{\"batch\":[{a}]"),
    ] {
        let taken = read(Format::Ndjson, &at(&["/batch/*"]), &format!("{cut}\n{second}"));
        assert_eq!((&*taken.keys[0], &**taken.keys.last().unwrap()), ("a", "c"), "{cut}: {:?}", taken.issues);
        assert!(!taken.issues.is_empty(), "{cut}");
    }
}

#[test]
fn a_broken_record_of_a_list_costs_itself() {
    let [a, b] = ["a", "b"].map(event);
    let taken = read(Format::Json, &at(&["/batch/*"]), &format!("{{\"batch\":[{a},{{\"key\":tru}},{b}],\"x\":1}}"));
    assert_eq!((taken.events, taken.keys), (3, vec!["a".to_owned(), "b".to_owned()]));
    assert!(taken.issues[0].starts_with("not_json 1:"), "{:?}", taken.issues);
}

#[test]
fn wrappers_with_a_known_name_are_recognised() {
    let [a, b, c] = ["a", "b", "c"].map(event);
    let form = Form { wrappers: true, ..Form::default() };
    for name in ["events", "data", "entries", "batch", "records", "items"] {
        let input = format!("{{\"sent\":\"now\",\"{name}\":[{a},{b}]}}\n{{\"{name}\":[{c}]}}\n");
        let taken = read(Format::Auto, &form, &input);
        assert_eq!(taken.keys, ["a", "b", "c"]);
        assert_eq!(taken.issues, [format!("wrapper_recognised 1:0 /{name}/*")]);
        let pretty = format!("{{\n  \"{name}\": [\n    {a},\n    {b}\n  ]\n}}\n");
        assert_eq!(read(Format::Auto, &form, &pretty).keys, ["a", "b"]);
    }
    let mixed = format!("{{\"events\":[{a}]}}\n{b}\n{{\"events\":[{c}]}}\n");
    assert_eq!(read(Format::Auto, &form, &mixed).keys, ["a", "b", "c"]);
    let events = format!("{a}\n{{\"events\":[{b}]}}\n");
    assert!(read(Format::Auto, &form, &events).issues[0].starts_with("events_wrapped"));
}

#[test]
fn a_wrapper_of_any_size_is_read() {
    let list = vec![event("a"); 30_000].join(",\n");
    let text = "\u{e9}".repeat(700_000);
    let input = format!("{{\"note\":\"{text}\",\"batch\":[{list}],\"note\":\"{text}\"}}");
    for form in [at(&["/batch/*"]), at(&["/batch/*", ""])] {
        for sizes in [&[65_536][..], &[1_000_003], &[]] {
            let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
            intake.set_form(form.clone());
            let run = cuts::through(&mut intake, Format::Json, input.as_bytes(), sizes);
            let report: serde_json::Value = serde_json::from_str(&run.report).unwrap();
            assert_eq!((&report["events"], &report["clean"]), (&30_000.into(), &30_000.into()), "{sizes:?}");
        }
    }
}

/// Returns random JSON, with white space and escapes.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "null",
        "true",
        "false",
        "0",
        "-12.5e+3",
        r#""""#,
        r#""a\"\\\/\n\u00e9\ud83d\ude00""#,
        "\"\u{e9}\u{1f600}\"",
        "[]",
        "{}",
        " 7 ",
        "\"text that is longer than two blocks of sixteen bytes\"",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
        let name = prop::sample::select(vec!["a", "batch", "b\\u0061tch", "", "\u{e9}"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(" ,\n"))),
            prop::collection::vec((name, inner), 0..4).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\" :{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    /// Records are found among any other values, and one wrong byte never passes unseen.
    #[test]
    fn what_stands_beside_records_is_proved(
        before in value(),
        behind in value(),
        count in 0..4_usize,
        change in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"{}[],:\"\\0-.e tfn\n\x80\xc3\x01".to_vec()),
        sizes in prop::collection::vec(1..9_usize, 1..4),
    ) {
        let list = vec![event("a"); count].join(",");
        let text = format!("{{\"n\":{before},\"data\":{{\"m\":{behind},\"batch\":[{list}],\"m\":{before}}},\"o\":{behind}}}");
        let form = at(&["/data/batch/*"]);
        let read = |text: &[u8]| {
            let run = |sizes: &[usize]| {
                let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
                intake.set_form(form.clone());
                let run = cuts::through(&mut intake, Format::Json, text, sizes);
                let is_error = |code: &&Code| code.severity() == Severity::Error && intake.report().issue_counts.of(**code) > 0;
                (intake.report().clean, Code::ALL.iter().filter(is_error).count(), run)
            };
            let whole = run(&[]);
            assert_eq!(whole.2, run(&sizes).2, "{}", String::from_utf8_lossy(text));
            (whole.0, whole.1)
        };
        prop_assert_eq!(read(text.as_bytes()), (count as u64, 0), "{}", &text);
        let mut changed = text.clone().into_bytes();
        let at = change.index(changed.len());
        changed[at] = byte;
        let (_, errors) = read(&changed);
        let is_json = std::str::from_utf8(&changed).is_ok_and(|text| match json::parse(text) {
            Ok(_) => true,
            Err(error) => error.code == Code::LoneSurrogate,
        });
        prop_assert!(is_json || errors > 0, "{}", String::from_utf8_lossy(&changed));
    }
}
