//! What must hold for any input, held against parsers that others wrote.

use proptest::prelude::*;
use split_events::{Batcher, Caps, Format, Intake, Rules, Verdict, check};

/// JSON-like text: mostly an event, with pieces taken out, put in and doubled.
fn near_json() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[\\[\\]{},:\" \\n\\\\]",
        Just("\"eventTypeId\":\"page_load\"".to_owned()),
        Just("\"trafficTypeName\":\"User\"".to_owned()),
        Just("\"key\":\"Ava\"".to_owned()),
        Just("\"timestamp\":1645557824000".to_owned()),
        Just("\"properties\":{\"a\":[1,{\"b\":null}]}".to_owned()),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?",
        "\"(\\\\(u[0-9a-fA-F]{4}|[\"\\\\/bfnrt])|[a-zé😀])*\"",
        Just("true".to_owned()),
        Just("null".to_owned()),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".*".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            proptest::collection::hash_map(".{0,4}", inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Wraps a value as the properties of an event, so that the checker must read all of it.
fn event_with(properties: &str) -> String {
    format!(
        r#"{{"eventTypeId":"a","trafficTypeName":"user","key":"k","timestamp":1645557824000,"value":1,"properties":{properties}}}"#
    )
}

proptest! {
    #[test]
    fn text_is_json_for_the_checker_as_it_is_for_serde_json(text in near_json()) {
        let found = check(text.as_bytes(), &Rules::default()).findings;
        let ours = !found.iter().any(|finding| matches!(finding.code.as_str(), "not_json" | "lone_surrogate"));
        // IgnoredAny checks syntax alone: numbers too large for a double are JSON
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok()
            && !has_lone_surrogate(&text);
        prop_assert_eq!(ours, theirs, "{:?} {:?}", text, found);
    }

    #[test]
    fn values_survive_a_repair_as_serde_json_reads_them(value in json_value()) {
        let record = event_with(&format!("{{\"x\":{value},\"deep\":{{}}}}"));
        let Verdict::Repaired(sent) = check(record.as_bytes(), &Rules::default()).verdict else {
            // too large, or more than 32 levels
            return Ok(());
        };
        let before: serde_json::Value = serde_json::from_str(&record).unwrap();
        let after: serde_json::Value = serde_json::from_str(&sent).unwrap();
        let expected = match &before["properties"]["x"] {
            serde_json::Value::Object(_) | serde_json::Value::Array(_) => &serde_json::Value::Null,
            scalar => scalar,
        };
        prop_assert_eq!(&after["properties"]["x"], expected);
        prop_assert_eq!(&after["properties"]["deep"], &serde_json::Value::Null);
        prop_assert_eq!(&after["key"], &before["key"]);
    }

    #[test]
    fn what_is_sent_after_a_repair_is_clean(text in near_json()) {
        if let Verdict::Repaired(sent) = check(text.as_bytes(), &Rules::default()).verdict {
            prop_assert_eq!(check(sent.as_bytes(), &Rules::default()).verdict, Verdict::Clean, "{}", sent);
        }
    }

    #[test]
    fn a_date_is_read_as_jiff_reads_it(ms in 1_i64..253_402_300_799_999, minutes in -1439_i32..1440) {
        let zone = jiff::tz::Offset::from_seconds(minutes * 60).unwrap();
        let date = jiff::Timestamp::from_millisecond(ms).unwrap().display_with_offset(zone).to_string();
        // jiff writes a year of more than four digits with its sign
        prop_assume!(!date.starts_with(['+', '-']));
        let record = event_with("{}").replace("1645557824000", &format!("{date:?}"));
        let expected = event_with("{}").replace("1645557824000", &ms.to_string());
        prop_assert_eq!(check(record.as_bytes(), &Rules::default()).verdict, Verdict::Repaired(expected));
    }

    #[test]
    fn any_bytes_give_the_same_report_whole_and_in_chunks(
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            proptest::collection::vec(near_json(), 0..6).prop_map(|texts| texts.join("\n").into_bytes()),
            proptest::collection::vec(near_json(), 0..6).prop_map(|texts| format!("[{}]", texts.join(",")).into_bytes()),
        ],
        size in 1_usize..40,
        format in prop_oneof![Just(Format::Auto), Just(Format::Json), Just(Format::Ndjson)],
    ) {
        let whole = report(format, &bytes, bytes.len().max(1));
        prop_assert_eq!(&whole, &report(format, &bytes, size));
        let counts = |name: &str| whole["report"][name].as_u64().unwrap();
        prop_assert_eq!(counts("events"), counts("clean") + counts("repaired") + counts("refused"));
        prop_assert_eq!(whole["sent"].as_u64().unwrap(), counts("clean") + counts("repaired"));
    }
}

fn report(format: Format, bytes: &[u8], size: usize) -> serde_json::Value {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps { events: 2, bytes: 400 }, "run".to_owned()));
    intake.begin(None, format);
    let mut sent = 0;
    let mut drain = |intake: &mut Intake| {
        while let Some(batch) = intake.next_batch() {
            sent += batch.entries.len();
        }
    };
    for chunk in bytes.chunks(size) {
        intake.push(chunk);
        drain(&mut intake);
    }
    intake.end();
    drain(&mut intake);
    let last = intake.last_batch().map_or(0, |batch| batch.entries.len());
    serde_json::json!({ "report": intake.report(), "sent": sent + last })
}

/// serde_json does not look at surrogates in strings that it ignores. `text` is JSON otherwise.
fn has_lone_surrogate(text: &str) -> bool {
    let mut rest = text;
    let mut high = false;
    while let Some(at) = rest.find(['\\', '"']) {
        let escape = &rest[at..];
        let unit = escape.strip_prefix("\\u").map(|hex| u32::from_str_radix(&hex[..4], 16).unwrap());
        let low = matches!(unit, Some(0xDC00..=0xDFFF));
        if high != (low && (!high || at == 0)) {
            return true;
        }
        high = matches!(unit, Some(0xD800..=0xDBFF));
        rest = &escape[if unit.is_some() {
            6
        } else if escape.starts_with('\\') {
            2
        } else {
            1
        }..];
    }
    false
}
