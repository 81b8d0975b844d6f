//! The rules of each field.

#[path = "rules/keys.rs"]
mod keys;
#[path = "rules/names.rs"]
mod names;
#[path = "rules/times.rs"]
mod times;

use split_events::{Batcher, Buffer, Caps, Code, Fast, Format, Intake, Notes, Proved, Rules, Unit, Verdict, check};

/// Returns an event that is clean except for these fields, given as JSON text. An empty text leaves a field out.
fn event(changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("eventTypeId", r#""page_load""#),
        ("trafficTypeName", r#""user""#),
        ("key", r#""Ava""#),
        ("timestamp", "1645557824000"),
        ("value", "1.31"),
        ("properties", r#"{"country":"CA"}"#),
    ];
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

fn codes(record: &str, rules: &Rules) -> (Verdict, Vec<Code>) {
    let checked = check(record.as_bytes(), rules);
    (checked.verdict, checked.findings.into_iter().map(|finding| finding.code).collect())
}

#[track_caller]
fn clean(changes: &[(&str, &str)]) {
    let record = event(changes);
    assert_eq!(codes(&record, &Rules::default()), (Verdict::Clean, vec![]), "{record}");
}

#[track_caller]
fn told(changes: &[(&str, &str)], expected: &[Code]) {
    let record = event(changes);
    assert_eq!(codes(&record, &Rules::default()), (Verdict::Clean, expected.to_vec()), "{record}");
}

#[track_caller]
fn refused(field: &str, text: &str, code: Code) {
    refused_under(&Rules::default(), field, text, code);
}

#[track_caller]
fn refused_under(rules: &Rules, field: &str, text: &str, code: Code) {
    let record = event(&[(field, text)]);
    let (verdict, codes) = codes(&record, rules);
    assert_eq!(verdict, Verdict::Refused, "{record}");
    assert!(codes.contains(&code), "{record}: {codes:?}");
}

#[track_caller]
fn repaired(field: &str, text: &str, into: &str, expected: &[Code]) {
    repaired_under(&Rules::default(), field, text, into, expected);
}

#[track_caller]
fn repaired_under(rules: &Rules, field: &str, text: &str, into: &str, expected: &[Code]) {
    let record = event(&[(field, text)]);
    let (verdict, codes) = codes(&record, rules);
    assert_eq!(verdict, Verdict::Repaired(event(&[(field, into)])), "{record}");
    assert_eq!(codes, expected, "{record}");
    let strict = Rules { strict: true, ..rules.clone() };
    assert_eq!(check(record.as_bytes(), &strict).verdict, Verdict::Refused, "strict: {record}");
}

#[test]
fn a_good_event_is_clean_and_has_no_issue() {
    clean(&[]);
    clean(&[("properties", "")]);
    clean(&[("properties", "null")]);
    clean(&[("environmentName", r#""Prod-Default""#)]);
}

#[test]
fn an_event_type_is_letters_digits_and_four_marks_up_to_80() {
    clean(&[("eventTypeId", r#""7-a_b.c""#)]);
    told(&[("eventTypeId", r#""a:b""#)], &[Code::EventTypeIdColon]);
    told(&[("eventTypeId", &format!("\"{}\"", "a".repeat(64)))], &[Code::EventTypeIdLong]);
    clean(&[("eventTypeId", &format!("\"{}\"", "a".repeat(63)))]);
    told(&[("eventTypeId", &format!("\"{}\"", "a".repeat(80)))], &[Code::EventTypeIdLong]);
    refused("eventTypeId", &format!("\"{}\"", "a".repeat(81)), Code::EventTypeIdInvalid);
    for text in [r#""page load""#, r#""_a""#, r#"".a""#, r#""""#, r#""é""#, r#""a\n""#, r#""a/b""#] {
        refused("eventTypeId", text, Code::EventTypeIdInvalid);
    }
    refused("eventTypeId", "", Code::EventTypeIdMissing);
    refused("eventTypeId", "null", Code::EventTypeIdMissing);
    for text in ["1", "true", "{}", "[]"] {
        refused("eventTypeId", text, Code::EventTypeIdNotString);
    }
}

#[test]
fn escapes_in_names_and_values_mean_what_they_stand_for() {
    clean(&[("eventTypeId", r#""page\u005fload""#)]);
    let record = event(&[]).replace("eventTypeId", r"event\u0054ypeId");
    assert_eq!(codes(&record, &Rules::default()), (Verdict::Clean, vec![]));
}

#[test]
fn normalize_names_turns_other_characters_into_underscores() {
    let rules = Rules { normalize_names: true, ..Rules::default() };
    let normalized = [Code::EventTypeIdNormalized];
    repaired_under(&rules, "eventTypeId", r#""page load""#, r#""page_load""#, &normalized);
    repaired_under(&rules, "eventTypeId", r#""prix/été""#, r#""prix__t_""#, &normalized);
    refused_under(&rules, "eventTypeId", r#"" a""#, Code::EventTypeIdInvalid);
    refused_under(&rules, "eventTypeId", r#""""#, Code::EventTypeIdInvalid);
    refused_under(&rules, "eventTypeId", &format!("\"{} \"", "a".repeat(80)), Code::EventTypeIdInvalid);
}

#[test]
fn a_traffic_type_with_a_letter_from_a_to_z_in_upper_case_is_lowered_as_a_whole() {
    repaired("trafficTypeName", r#""User""#, r#""user""#, &[Code::TrafficTypeNameLowercased]);
    repaired("trafficTypeName", r#""XÉΣ""#, r#""xéς""#, &[Code::TrafficTypeNameLowercased]);
    clean(&[("trafficTypeName", r#""é""#)]);
    clean(&[("trafficTypeName", r#""É""#)]);
    refused("trafficTypeName", r#""""#, Code::TrafficTypeNameEmpty);
    refused("trafficTypeName", "null", Code::TrafficTypeNameMissing);
    refused("trafficTypeName", "", Code::TrafficTypeNameMissing);
    refused("trafficTypeName", "4", Code::TrafficTypeNameNotString);
}

#[test]
fn a_traffic_type_outside_of_the_users_list_is_refused() {
    let rules = Rules { traffic_types: Some(vec!["user".to_owned()]), ..Rules::default() };
    refused_under(&rules, "trafficTypeName", r#""account""#, Code::TrafficTypeNameUnknown);
    repaired_under(&rules, "trafficTypeName", r#""USER""#, r#""user""#, &[Code::TrafficTypeNameLowercased]);
    assert_eq!(check(event(&[]).as_bytes(), &rules).verdict, Verdict::Clean);
}

#[test]
fn a_key_is_trimmed_as_ecmascript_trims() {
    repaired("key", r#"" Ava\t""#, r#""Ava""#, &[Code::KeyTrimmed]);
    repaired("key", "\"\u{feff}Ava\u{a0}\u{2029}\"", r#""Ava""#, &[Code::KeyTrimmed]);
    told(&[("key", "\"\u{85}Ava\"")], &[Code::KeyInvisible]); // stays, since it is no white space in ECMAScript
    refused("key", r#"" \n ""#, Code::KeyEmpty);
    refused("key", r#""""#, Code::KeyEmpty);
}

#[test]
fn a_key_has_at_most_250_utf16_units_after_trimming() {
    clean(&[("key", &format!("\"{}\"", "k".repeat(250)))]);
    refused("key", &format!("\"{}\"", "k".repeat(251)), Code::KeyTooLong);
    clean(&[("key", &format!("\"{}\"", "😀".repeat(125)))]);
    refused("key", &format!("\"{}\"", "😀".repeat(126)), Code::KeyTooLong);
    let padded = format!("\" {}\"", "k".repeat(250));
    repaired("key", &padded, &format!("\"{}\"", "k".repeat(250)), &[Code::KeyTrimmed]);
}

#[test]
fn a_numeric_key_becomes_the_string_that_javascript_makes_of_it() {
    for (number, text) in [
        ("42", "42"),
        ("-7.50", "-7.5"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1e-7"),
        ("0.1e1", "1"),
        ("-0", "-0"), // as the SDK's own toString, which getTreatment() uses too
    ] {
        repaired("key", number, &format!("\"{text}\""), &[Code::KeyNumber]);
    }
    refused("key", "1e400", Code::KeyNotString);
    for text in ["true", "{}", "[]"] {
        refused("key", text, Code::KeyNotString);
    }
    refused("key", "null", Code::KeyMissing);
    refused("key", "", Code::KeyMissing);
}

#[test]
fn the_unit_of_a_timestamp_is_told_by_its_magnitude() {
    use Code::{TimestampMicroseconds, TimestampNanoseconds, TimestampSeconds};
    clean(&[("timestamp", "100000000000")]);
    clean(&[("timestamp", "99999999999999")]);
    repaired("timestamp", "1645557823", "1645557823000", &[TimestampSeconds]);
    repaired("timestamp", "100000000", "100000000000", &[TimestampSeconds]);
    repaired("timestamp", "99999999999", "99999999999000", &[TimestampSeconds]);
    repaired("timestamp", "1645557823.25", "1645557823250", &[TimestampSeconds]);
    repaired("timestamp", "100000000000000", "100000000000", &[TimestampMicroseconds]);
    repaired("timestamp", "1645557823123999", "1645557823123", &[TimestampMicroseconds]);
    repaired("timestamp", "1645557823123999999", "1645557823123", &[TimestampNanoseconds]);
    repaired("timestamp", "99999999999999999999", "99999999999999", &[TimestampNanoseconds]);
    refused("timestamp", "99999999", Code::TimestampOutOfRange);
    refused("timestamp", "100000000000000000000", Code::TimestampOutOfRange);
    refused("timestamp", "1e400", Code::TimestampOutOfRange);
    refused("timestamp", "0.5", Code::TimestampOutOfRange);
}

#[test]
fn a_timestamp_is_sent_as_a_whole_number() {
    use Code::{TimestampNotInteger, TimestampSeconds, TimestampString};
    repaired("timestamp", "1645557823000.9", "1645557823000", &[TimestampNotInteger]);
    repaired("timestamp", "1.645557823e12", "1645557823000", &[TimestampNotInteger]);
    repaired("timestamp", "1.645557823e9", "1645557823000", &[TimestampSeconds]);
    repaired("timestamp", r#""1645557823000""#, "1645557823000", &[TimestampString]);
    repaired("timestamp", r#""1645557823""#, "1645557823000", &[TimestampString, TimestampSeconds]);
    repaired("timestamp", r#"" 1645557823000.5 ""#, "1645557823000", &[TimestampString, TimestampNotInteger]);
}

#[test]
fn a_timestamp_may_be_a_date_with_its_zone() {
    let rfc3339 = [Code::TimestampRfc3339];
    repaired("timestamp", r#""2022-02-22T19:23:43Z""#, "1645557823000", &rfc3339);
    repaired("timestamp", r#""2022-02-22t19:23:43.5z""#, "1645557823500", &rfc3339);
    repaired("timestamp", r#""2022-02-22 20:23:43.123999+01:00""#, "1645557823123", &rfc3339);
    repaired("timestamp", r#""2016-12-31T23:59:60Z""#, "1483228800000", &rfc3339);
    for text in [
        r#""2022-02-30T00:00:00Z""#,
        r#""2022-13-01T00:00:00Z""#,
        r#""2022-02-22T24:00:00Z""#,
        r#""2022-02-22T19:23:43.Z""#,
        r#""yesterday""#,
        r#""""#,
        r#""0x10""#,
        r#""1,645,557,823""#,
        "true",
        "{}",
        "[1645557823000]",
    ] {
        refused("timestamp", text, Code::TimestampUnreadable);
    }
}

#[test]
fn a_timestamp_of_zero_or_before_1970_is_refused() {
    for text in
        ["0", "-0", "0.0", "-1645557823000", r#""-5""#, r#""1969-12-31T23:59:59Z""#, r#""1970-01-01T00:00:00Z""#]
    {
        refused("timestamp", text, Code::TimestampNotPositive);
    }
    refused("timestamp", "", Code::TimestampMissing);
    refused("timestamp", "null", Code::TimestampMissing);
}

#[test]
fn with_a_fixed_unit_a_number_is_a_time_in_that_unit_only() {
    let numbers = [
        (Unit::Seconds, "1645557823", Some(Code::TimestampSeconds)),
        (Unit::Milliseconds, "1645557823000", None),
        (Unit::Microseconds, "1645557823000123", Some(Code::TimestampMicroseconds)),
        (Unit::Nanoseconds, "1645557823000123456", Some(Code::TimestampNanoseconds)),
    ];
    for (unit, _, _) in numbers {
        let rules = Rules { timestamp_unit: Some(unit), ..Rules::default() };
        for (own, number, code) in numbers {
            if own != unit {
                refused_under(&rules, "timestamp", number, Code::TimestampOutOfRange);
            } else if let Some(code) = code {
                repaired_under(&rules, "timestamp", number, "1645557823000", &[code]);
            } else {
                assert_eq!(codes(&event(&[("timestamp", number)]), &rules), (Verdict::Clean, vec![]));
            }
        }
        repaired_under(&rules, "timestamp", r#""2022-02-22T19:23:43Z""#, "1645557823000", &[Code::TimestampRfc3339]);
        refused_under(&rules, "timestamp", "-1645557823", Code::TimestampNotPositive);
        refused_under(&rules, "timestamp", r#""yesterday""#, Code::TimestampUnreadable);
    }
    let seconds = Rules { timestamp_unit: Some(Unit::Seconds), ..Rules::default() };
    let both = [Code::TimestampString, Code::TimestampSeconds];
    repaired_under(&seconds, "timestamp", r#""1645557823.5""#, "1645557823500", &both);
}

const NOW: u64 = 1_700_000_000_000;
const DAY: u64 = 86_400_000;

#[test]
fn a_time_over_90_days_old_or_over_1_day_ahead_gets_a_warning_if_there_is_a_clock() {
    let rules = Rules { now: Some(NOW), ..Rules::default() };
    for (millis, expected) in [
        (NOW - 90 * DAY, vec![]),
        (NOW - 90 * DAY - 1, vec![Code::TimestampOld]),
        (NOW, vec![]),
        (NOW + DAY, vec![]),
        (NOW + DAY + 1, vec![Code::TimestampAhead]),
    ] {
        let record = event(&[("timestamp", &millis.to_string())]);
        assert_eq!(codes(&record, &rules), (Verdict::Clean, expected), "{millis}");
        assert_eq!(codes(&record, &Rules::default()), (Verdict::Clean, vec![]), "{millis}");
    }
}

#[test]
fn the_clock_judges_the_time_that_is_sent() {
    let rules = Rules { now: Some(NOW), ..Rules::default() };
    let old = [Code::TimestampString, Code::TimestampSeconds, Code::TimestampOld];
    repaired_under(&rules, "timestamp", r#""1645557823""#, "1645557823000", &old);
    let ahead = [Code::TimestampRfc3339, Code::TimestampAhead];
    repaired_under(&rules, "timestamp", r#""2032-02-22T19:23:43Z""#, "1961090623000", &ahead);
    repaired_under(&rules, "timestamp", "1700000000", "1700000000000", &[Code::TimestampSeconds]);
}

#[test]
fn the_fast_checker_notes_old_times_and_proves_no_number_in_another_unit() {
    let proved = |millis: u64, rules: &Rules| {
        let record = event(&[("timestamp", &millis.to_string())]);
        let mut buffer = Buffer::default();
        buffer.room(record.len()).copy_from_slice(record.as_bytes());
        let mut fast = Fast::default();
        let proofs = [(); 2].map(|()| fast.prove(&buffer, 0, rules));
        assert_eq!(proofs[0], proofs[1], "the first by the scanner, the second by a template");
        match proofs[0] {
            Ok(Proved { notes, .. }) => Some((notes.has(Notes::OLD), notes.has(Notes::AHEAD))),
            _ => None,
        }
    };
    let any = Rules::default();
    let clock = Rules { now: Some(NOW), ..Rules::default() };
    for (millis, noted) in [
        (NOW - 90 * DAY - 1, (true, false)),
        (NOW - 90 * DAY, (false, false)),
        (NOW + DAY, (false, false)),
        (NOW + DAY + 1, (false, true)),
        (100_000_000_000, (true, false)),
        (99_999_999_999_999, (false, true)),
    ] {
        assert_eq!(proved(millis, &any), Some((false, false)), "{millis}");
        assert_eq!(proved(millis, &clock), Some(noted), "{millis}");
    }
    let unit = |unit| Rules { timestamp_unit: Some(unit), ..Rules::default() };
    assert!(proved(NOW, &unit(Unit::Milliseconds)).is_some());
    for other in [Unit::Seconds, Unit::Microseconds, Unit::Nanoseconds] {
        assert!(proved(NOW, &unit(other)).is_none(), "{other:?}");
    }
}

#[test]
fn old_events_are_counted_exactly_and_the_first_hundred_are_shown() {
    let rules = Rules { now: Some(NOW), ..Rules::default() };
    let mut intake = Intake::new(rules, Batcher::new(Caps::default(), "run".to_owned()));
    intake.begin(None, Format::Ndjson);
    intake.push(format!("{}\n", event(&[])).repeat(250).as_bytes());
    intake.end();
    let report = {
        while intake.next_batch().is_some() {}
        intake.report()
    };
    assert_eq!((report.events, report.clean, report.warned), (250, 250, 250));
    assert_eq!(report.issue_counts.of(Code::TimestampOld), 250);
    assert_eq!(
        report.issues.iter().map(|issue| issue.index).collect::<Vec<_>>(),
        (0..100).map(Some).collect::<Vec<_>>()
    );
}

#[test]
fn a_value_is_a_finite_number_or_a_string_of_one() {
    for text in ["0", "-0", "1e308", "123456789012345678901234567890", "5e-324", "1e-400"] {
        clean(&[("value", text)]);
    }
    for (text, number) in [
        (r#""3.85""#, "3.85"),
        (r#"" 1e3 ""#, "1e3"),
        (r#"".5""#, "0.5"),
        (r#""5.""#, "5"),
        (r#""+5""#, "5"),
        (r#""007""#, "7"),
    ] {
        repaired("value", text, number, &[Code::ValueString]);
    }
    for text in
        [r#""""#, r#"" ""#, r#""NaN""#, r#""inf""#, r#""Infinity""#, r#""1,5""#, r#""0x1f""#, "true", "{}", "[]"]
    {
        refused("value", text, Code::ValueNotNumber);
    }
    refused("value", "1e400", Code::ValueNotFinite);
    refused("value", r#""-1e400""#, Code::ValueNotFinite);
    told(&[("value", "")], &[Code::ValueMissing]);
    told(&[("value", "null")], &[Code::ValueMissing]);
}

#[test]
fn properties_are_an_object_of_scalars() {
    for text in ["1", r#""a""#, "[]", "true"] {
        refused("properties", text, Code::PropertiesNotObject);
    }
    clean(&[("properties", r#"{"a":"x","b":1,"c":true,"d":null,"":""}"#)]);
    repaired(
        "properties",
        r#"{"a":{"b":1},"c":[1],"d":2}"#,
        r#"{"a":null,"c":null,"d":2}"#,
        &[Code::PropertyNotScalar, Code::PropertyNotScalar],
    );
    repaired("properties", r#"{"a":1e400}"#, r#"{"a":null}"#, &[Code::PropertyNotFinite]);
    refused("properties", r#"{"a":1,"\u0061":2}"#, Code::DuplicateField);
}

fn flattening() -> Rules {
    Rules { flatten: true, ..Rules::default() }
}

#[test]
fn flatten_turns_nested_objects_into_dotted_names_in_place() {
    let rules = flattening();
    let flattened = [Code::PropertyFlattened];
    repaired_under(
        &rules,
        "properties",
        r#"{"z":1,"a":{"b":{"c":"x"},"d":null},"y":true}"#,
        r#"{"z":1,"a.b.c":"x","a.d":null,"y":true}"#,
        &flattened,
    );
    repaired_under(
        &rules,
        "properties",
        r#"{"a":{}, "b" : { "" : {"c" :1}}}"#,
        r#"{"b..c":1}"#,
        &[flattened; 2].concat(),
    );
    repaired_under(&rules, "properties", r#"{"a\u0062":{"\"":{"é.":"\n"}}}"#, r#"{"a\u0062.\".é.":"\n"}"#, &flattened);
    assert_eq!(codes(&event(&[("properties", r#"{"a":1,"b.c":2}"#)]), &rules), (Verdict::Clean, vec![]));
}

#[test]
fn flatten_leaves_arrays_and_infinite_numbers_to_become_null() {
    use Code::{PropertyFlattened, PropertyNotFinite, PropertyNotScalar};
    let (properties, sent) = (r#"{"a":{"b":[{"c":1}],"d":1e400},"e":[]}"#, r#"{"a.b":null,"a.d":null,"e":null}"#);
    let expected = [PropertyFlattened, PropertyNotScalar, PropertyNotFinite, PropertyNotScalar];
    repaired_under(&flattening(), "properties", properties, sent, &expected);
    let found = check(event(&[("properties", properties)]).as_bytes(), &flattening()).findings;
    let paths: Vec<_> = found.iter().map(|finding| &*finding.path).collect();
    assert_eq!(paths, ["properties.a", "properties.a.b", "properties.a.d", "properties.e"]);
}

#[test]
fn a_dotted_name_that_is_there_twice_refuses_the_event_with_one_issue() {
    for (properties, path) in [
        (r#"{"a.b":1,"a":{"b":2}}"#, "properties.a.b"),
        (r#"{"a":{"b.c":1,"b":{"c":2}}}"#, "properties.a.b.c"),
        (r#"{"a":{"b":1},"a":{"b":2}}"#, "properties.a.b"),
        (r#"{"a":{"b":1},"a":{"c":2}}"#, "properties.a"),
        (r#"{"a":{"b":1,"\u0062":2}}"#, "properties.a.b"),
        (r#"{"a":{"b":{},"b":{}}}"#, "properties.a.b"),
        (r#"{"x":1,"a":{},"x":2}"#, "properties.x"),
    ] {
        let checked = check(event(&[("properties", properties)]).as_bytes(), &flattening());
        assert_eq!(checked.verdict, Verdict::Refused, "{properties}");
        let twice = checked.findings.iter().filter(|finding| finding.code == Code::DuplicateField);
        assert_eq!(twice.map(|finding| &*finding.path).collect::<Vec<_>>(), [path], "{properties}");
    }
}

#[test]
fn with_flatten_count_sizes_and_lengths_are_of_the_properties_sent() {
    let rules = flattening();
    let nested = |count: usize| {
        let members: Vec<String> = (0..count).map(|n| format!("\"{n}\":{n}")).collect();
        format!("{{\"p\":{{{}}}}}", members.join(","))
    };
    let found = |properties: &str| codes(&event(&[("properties", properties)]), &rules).1;
    assert_eq!(found(&nested(300)), [Code::PropertyFlattened]);
    assert_eq!(found(&nested(301)), [Code::PropertyFlattened, Code::PropertiesTooMany]);
    let long = format!(r#"{{"a":{{"b":"{}"}}}}"#, "x".repeat(257));
    assert_eq!(found(&long), [Code::PropertyFlattened, Code::PropertyStringLong]);
    // a name of three units: 1,024 + 2 * 3 + 2 * 15,869 = 32,768
    let filled = |units: usize| format!(r#"{{"a":{{"b":"{}"}}}}"#, "x".repeat(units));
    assert_eq!(found(&filled(15_869)), [Code::PropertyFlattened, Code::PropertyStringLong]);
    assert!(found(&filled(15_870)).contains(&Code::EventTooLarge));
}

#[test]
fn a_long_name_before_many_others_costs_no_more_memory_than_an_event() {
    let inner: Vec<String> = (0..40_000).map(|n| format!("\"{n}\":[]")).collect();
    let properties = format!(r#"{{"{}":{{{}}}}}"#, "x".repeat(400_000), inner.join(","));
    refused_under(&flattening(), "properties", &properties, Code::EventTooLarge);
    let twice = r#""y":{"x":{},"x":{}},"#.repeat(30_000);
    let properties = format!(r#"{{"{}":{{{twice}"z":{{}}}}}}"#, "x".repeat(400_000));
    refused_under(&flattening(), "properties", &properties, Code::DuplicateField);
}

#[test]
fn an_event_has_at_most_32768_bytes_as_the_sdk_counts() {
    // 1,024 for the event, two bytes per UTF-16 unit of names and strings, 8 per number, 4 per boolean
    let filled = |units: usize| format!(r#"{{"ab":"{}"}}"#, "x".repeat(units));
    told(&[("properties", &filled((32_768 - 1_024) / 2 - 2))], &[Code::PropertyStringLong]);
    refused("properties", &filled((32_768 - 1_024) / 2 - 1), Code::EventTooLarge);
    let numbers = |count: usize| {
        let members: Vec<String> = (0..count).map(|n| format!("\"{n:04}\":{n}")).collect();
        format!("{{{}}}", members.join(","))
    };
    told(&[("properties", &numbers((32_768 - 1_024) / 16))], &[Code::PropertiesTooMany]);
    refused("properties", &numbers((32_768 - 1_024) / 16 + 1), Code::EventTooLarge);
}

#[test]
fn many_or_long_properties_get_a_warning_and_are_sent() {
    let many = |count: usize| {
        let members: Vec<String> = (0..count).map(|n| format!("\"p{n}\":{n}")).collect();
        format!("{{{}}}", members.join(","))
    };
    clean(&[("properties", &many(300))]);
    told(&[("properties", &many(301))], &[Code::PropertiesTooMany]);
    let long = |units: usize| format!(r#"{{"a":"{}"}}"#, "é".repeat(units));
    clean(&[("properties", &long(256))]);
    told(&[("properties", &long(257))], &[Code::PropertyStringLong]);
}

#[test]
fn a_field_given_twice_refuses_the_event() {
    let record = event(&[]).replace(r#""key":"Ava""#, r#""key":"Ava","key":"Ava""#);
    assert_eq!(codes(&record, &Rules::default()), (Verdict::Refused, vec![Code::DuplicateField]));
    let record = event(&[]).replace(r#""key":"Ava""#, r#""key":"Ava","x":1,"x":1"#);
    assert_eq!(codes(&record, &Rules::default()).0, Verdict::Refused);
}

#[test]
fn unknown_fields_are_removed_and_the_others_stay_as_they_were() {
    let record = event(&[("id", "7"), ("environmentName", r#""x""#), ("__proto__", r#"{"a":[1]}"#)]);
    let (verdict, codes) = codes(&record, &Rules::default());
    assert_eq!(verdict, Verdict::Repaired(event(&[("environmentName", r#""x""#)])));
    assert_eq!(codes, [Code::UnknownField, Code::UnknownField]);
    let record = event(&[("environmentName", "5")]);
    assert_eq!(check(record.as_bytes(), &Rules::default()).verdict, Verdict::Repaired(event(&[])));
}

#[test]
fn every_issue_of_an_event_is_found_at_its_own_byte() {
    let record = r#"{"eventTypeId": "a b", "key": 7, "timestamp":"soon"}"#;
    let checked = check(record.as_bytes(), &Rules::default());
    let found: Vec<_> = checked.findings.iter().map(|f| (f.code, &*f.path, f.at, &*f.got)).collect();
    assert_eq!(
        found,
        [
            (Code::EventTypeIdInvalid, "eventTypeId", 16, r#""a b""#),
            (Code::TrafficTypeNameMissing, "trafficTypeName", 0, ""),
            (Code::KeyNumber, "key", 30, "7"),
            (Code::TimestampUnreadable, "timestamp", 45, r#""soon""#),
            (Code::ValueMissing, "value", 0, ""),
        ]
    );
}

#[test]
fn an_issue_shows_up_to_80_characters() {
    let checked = check(event(&[("eventTypeId", &format!("\"{}\"", "é".repeat(100)))]).as_bytes(), &Rules::default());
    let got = &checked.findings[0].got;
    assert_eq!(got.chars().count(), 80);
    assert!(got.starts_with("\"éé") && got.ends_with('…'), "{got}");
}

#[test]
fn a_record_that_is_not_a_json_object_is_refused_where_it_breaks() {
    for (record, code, at) in [
        (&b"5"[..], Code::NotObject, 0),
        (b"[]", Code::NotObject, 0),
        (b"\"a\"", Code::NotObject, 0),
        (b"", Code::NotJson, 0),
        (b"{", Code::RecordCutOff, 1),
        (b"{\"a\":01}", Code::NotJson, 6),
        (b"{\"a\":1,}", Code::NotJson, 7),
        (b"{\"a\":'1'}", Code::NotJson, 5),
        (b"{\"a\":\"\x01\"}", Code::NotJson, 6),
        (b"{\"a\":\"\0\"}", Code::NotJson, 6),
        (b"{\"a\":NaN}", Code::NotJson, 5),
        (b"{\"a\":1} x", Code::NotJson, 8),
        (b"{\"a\":\"\xff\"}", Code::NotUtf8, 6),
        (b"{\"a\":\"\xe2\x82", Code::RecordCutOff, 6),
        (br#"{"a":"\ud800"}"#, Code::LoneSurrogate, 6),
        (br#"{"a":"\ud800\u0041"}"#, Code::LoneSurrogate, 6),
        (br#"{"a":"\udc00"}"#, Code::LoneSurrogate, 6),
        (b"\xef\xbb\xbf{}", Code::NotJson, 0),
    ] {
        let checked = check(record, &Rules::default());
        assert_eq!(checked.verdict, Verdict::Refused);
        let found: Vec<_> = checked.findings.iter().map(|finding| (finding.code, finding.at)).collect();
        assert_eq!(found, [(code, at)], "{}", String::from_utf8_lossy(record));
    }
    clean(&[("key", r#""\ud83d\ude00""#)]);
}

#[test]
fn nesting_is_refused_beyond_32_levels() {
    let nested = |levels: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(levels - 2), "]".repeat(levels - 2));
    let record = event(&[("properties", &nested(31))]);
    assert!(matches!(check(record.as_bytes(), &Rules::default()).verdict, Verdict::Repaired(_)));
    refused("properties", &nested(32 + 1), Code::TooDeep);
    let bomb = "[".repeat(10_000);
    assert_eq!(codes(&bomb, &Rules::default()), (Verdict::Refused, vec![Code::TooDeep]));
}
