//! Properties that hold for any input, compared with parsers of other authors.

use proptest::prelude::*;
use split_events::{
    Batcher, Buffer, Caps, Code, Fast, Format, Intake, Notes, Proved, Rules, Severity, Unit, Verdict, check,
};

/// Makes JSON-like text: mostly an event, with pieces removed, added and doubled.
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

/// Makes rules with their options on and off. The clock stands near the timestamps of the events, or far away.
fn any_rules() -> impl Strategy<Value = Rules> {
    let units = [Unit::Seconds, Unit::Milliseconds, Unit::Microseconds, Unit::Nanoseconds];
    let clock = prop_oneof![Just(1_645_557_824_000), 1_645_550_000_000_u64..1_645_650_000_000, any::<u64>()];
    let unit = proptest::option::weighted(0.3, prop::sample::select(units.to_vec()));
    (any::<bool>(), unit, proptest::option::of(clock)).prop_map(|(flatten, timestamp_unit, now)| Rules {
        flatten,
        timestamp_unit,
        now,
        ..Rules::default()
    })
}

/// Opens nested objects. Returns `None` if a name would be there twice.
fn flattened(value: &serde_json::Map<String, serde_json::Value>) -> Option<serde_json::Value> {
    fn open(
        members: &serde_json::Map<String, serde_json::Value>,
        path: &str,
        flat: &mut serde_json::Map<String, serde_json::Value>,
    ) -> bool {
        members.iter().all(|(name, value)| match value {
            serde_json::Value::Object(inner) => open(inner, &format!("{path}{name}."), flat),
            serde_json::Value::Array(_) => flat.insert(format!("{path}{name}"), serde_json::Value::Null).is_none(),
            scalar => flat.insert(format!("{path}{name}"), scalar.clone()).is_none(),
        })
    }
    let mut flat = serde_json::Map::new();
    open(value, "", &mut flat).then_some(flat.into())
}

proptest! {
    #[test]
    fn text_is_json_for_the_checker_as_it_is_for_serde_json(text in near_json()) {
        let found = check(text.as_bytes(), &Rules::default()).findings;
        let ours = !found.iter().any(|finding| matches!(finding.code.as_str(), "not_json" | "record_cut_off" | "lone_surrogate"));
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
    fn what_is_sent_after_a_repair_is_clean(text in near_json(), flatten in any::<bool>()) {
        let rules = Rules { flatten, ..Rules::default() };
        if let Verdict::Repaired(sent) = check(text.as_bytes(), &rules).verdict {
            prop_assert_eq!(check(sent.as_bytes(), &rules).verdict, Verdict::Clean, "{}", sent);
        }
    }

    #[test]
    fn flattened_properties_have_the_values_of_the_nested_ones(
        properties in proptest::collection::hash_map("[ab.]{0,2}", json_value(), 0..4),
    ) {
        let properties = properties.into_iter().collect();
        let record = event_with(&serde_json::Value::Object(properties).to_string());
        let rules = Rules { flatten: true, ..Rules::default() };
        let checked = check(record.as_bytes(), &rules);
        prop_assume!(!checked.findings.iter().any(|finding| finding.code == Code::EventTooLarge));
        let before: serde_json::Value = serde_json::from_str(&record).unwrap();
        match flattened(before["properties"].as_object().unwrap()) {
            None => prop_assert_eq!(checked.verdict, Verdict::Refused),
            Some(expected) => {
                let sent = match checked.verdict {
                    Verdict::Repaired(sent) => sent,
                    _ => record,
                };
                let after: serde_json::Value = serde_json::from_str(&sent).unwrap();
                prop_assert_eq!(&after["properties"], &expected);
                prop_assert_eq!(check(sent.as_bytes(), &rules).verdict, Verdict::Clean);
            }
        }
    }

    #[test]
    fn a_date_is_read_as_jiff_reads_it(ms in 100_000_000_000_i64..100_000_000_000_000, minutes in -1439_i32..1440) {
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

/// Makes an event that is mostly clean, in one of a few shapes, with some bytes changed.
fn near_clean() -> impl Strategy<Value = Vec<u8>> {
    let string = prop_oneof![
        4 => "[a-zA-Z0-9_.-]{1,12}",
        1 => "[ \u{a0}\u{3000}\u{feff}\u{85}é東😀a]{0,6}",
        1 => "(\\\\(u[0-9a-f]{4}|[\"nt/x])|a){0,4}",
        1 => "a:b{60,70}",
        1 => "x{248,260}",
        1 => "-?[0-9]{1,20}[.e]?[+.0]{0,3}|'?(null|nil|undefined|user)[ \u{200b}]?|A[\u{ad}\u{200b}\u{7f}]va",
    ];
    let number = "-?[0-9]{1,16}(\\.[0-9]{0,4})?([eE][0-9]{1,3})?";
    let scalar = prop_oneof![
        string.clone().prop_map(|text| format!("\"{text}\"")),
        number.prop_map(|text| text),
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("{}".to_owned()),
    ];
    let properties = proptest::collection::vec(("[abc]{1,2}", scalar.clone()), 0..5).prop_map(|members| {
        let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
        format!("{{{}}}", members.join(", "))
    });
    let fields = (
        string.clone(),
        string,
        prop_oneof![3 => Just("1645557824000".to_owned()), 1 => scalar.clone()],
        scalar,
        properties,
    );
    let shape = (any::<[bool; 2]>(), proptest::option::weighted(0.3, (any::<prop::sample::Index>(), any::<u8>())));
    (fields, shape).prop_map(|((name, key, timestamp, value, properties), ([spaced, short], change))| {
        let space = if spaced { "\n " } else { "" };
        let rest = if short { String::new() } else { format!(",{space}\"value\":{value},\"properties\":{properties}") };
        let mut event = format!(
            "{{{space}\"eventTypeId\":\"{name}\",\"trafficTypeName\":\"user\",\"key\":\"{key}\",\"timestamp\":{timestamp}{rest}{space}}}"
        )
        .into_bytes();
        if let Some((at, byte)) = change {
            let at = at.index(event.len());
            event[at] = byte;
        }
        event
    })
}

/// Returns true if a field or a property is null.
fn has_null(event: &[u8]) -> bool {
    let event: serde_json::Value = serde_json::from_slice(event).unwrap();
    let null_in =
        |object: &serde_json::Value| object.as_object().is_some_and(|o| o.values().any(serde_json::Value::is_null));
    null_in(&event) || null_in(&event["properties"])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn an_event_that_the_fast_checker_proves_clean_is_clean_to_the_careful_one(
        events in proptest::collection::vec(near_clean(), 1..20),
        rules in any_rules(),
    ) {
        let mut fast = Fast::default();
        for event in events {
            let mut buffer = Buffer::default();
            // bytes may follow, as in a stream
            buffer.room(event.len() + 1).copy_from_slice(&[&event[..], b","].concat());
            if event[0] != b'{' {
                continue;
            }
            let Ok(Proved { end, lines, notes }) = fast.prove(&buffer, 0, &rules) else { continue };
            let proved = &event[..end];
            let careful = check(proved, &rules);
            prop_assert_eq!(&careful.verdict, &Verdict::Clean, "{}", String::from_utf8_lossy(proved));
            let clock = |code| matches!(code, Code::TimestampOld | Code::TimestampAhead);
            let counted = |code: Code| code.severity() == Severity::Note || clock(code);
            prop_assert!(careful.findings.iter().all(|finding| counted(finding.code)));
            let noted = |code| careful.findings.iter().any(|finding| finding.code == code);
            prop_assert_eq!(notes.has(Notes::VALUE_MISSING), noted(Code::ValueMissing));
            prop_assert_eq!(notes.has(Notes::LONG_NAME), noted(Code::EventTypeIdLong));
            prop_assert_eq!(notes.has(Notes::COLON), noted(Code::EventTypeIdColon));
            prop_assert_eq!(notes.has(Notes::OLD), noted(Code::TimestampOld));
            prop_assert_eq!(notes.has(Notes::AHEAD), noted(Code::TimestampAhead));
            prop_assert_eq!(notes.has(Notes::NULL), has_null(proved), "{}", String::from_utf8_lossy(proved));
            prop_assert_eq!(lines as usize, proved.split(|&byte| byte == b'\n').count() - 1);
        }
    }
}

#[test]
fn an_ordinary_clean_event_is_proved_fast_whether_its_shape_was_seen_before_or_not() {
    let mut fast = Fast::default();
    for shape in
        ["", r#","value":1.5"#, r#","value":-3,"properties":{"a":"é","b":1,"c":null}"#, r#","properties":null"#]
    {
        for key in ["Ava", "ключ", "42"] {
            let event = format!(
                "{{\"eventTypeId\":\"page_load\",\"trafficTypeName\":\"user\",\"key\":\"{key}\",\"timestamp\":1645557824000{shape}}}"
            );
            let mut buffer = Buffer::default();
            buffer.room(event.len()).copy_from_slice(event.as_bytes());
            let proof = fast.prove(&buffer, 0, &Rules::default());
            assert!(matches!(proof, Ok(Proved { end, .. }) if end == event.len()), "{event}: {proof:?}");
        }
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

/// Returns true if a text that is JSON otherwise has a lone surrogate. serde_json ignores those in strings that it
/// skips.
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
