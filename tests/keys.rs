//! Known keys: how their lists are read, how events match them, the shapes of keys, and the hint if hardly any match.

use std::sync::Arc;

use proptest::prelude::*;
use split_events::{
    Batcher, Caps, Code, Fast, Format, Intake, KeyList, KnownKeys, Report, Rules, Shapes, Verdict, check,
};

fn event(key: &str, traffic_type: &str) -> String {
    let key = serde_json::to_string(key).unwrap();
    format!(
        r#"{{"eventTypeId":"buy","trafficTypeName":"{traffic_type}","key":{key},"timestamp":1645557824000,"value":1}}"#
    )
}

fn rules(known: KnownKeys) -> Rules {
    Rules { known_keys: Some(Arc::new(known)), ..Rules::default() }
}

fn known<S: AsRef<str>>(keys: &[S]) -> KnownKeys {
    keys.iter().map(AsRef::as_ref).collect()
}

fn report(rules: Rules, text: &str) -> Report {
    let mut intake = Intake::new(rules, Batcher::new(Caps::default(), "run".to_owned()));
    intake.begin(None, Format::Ndjson);
    intake.push(text.as_bytes());
    intake.end();
    while intake.next_batch().is_some() {}
    intake.report().clone()
}

fn events<S: AsRef<str>>(keys: &[S]) -> String {
    keys.iter().map(|key| event(key.as_ref(), "user") + "\n").collect()
}

/// Returns the hint for events with these keys, if `known_keys` are known.
fn hint(events_keys: &[String], known_keys: &[String]) -> (&'static str, String) {
    let report = report(rules(known(known_keys)), &events(events_keys));
    let hint = report.key_hint.expect("a hint");
    (hint.code, hint.message)
}

fn many(key: impl Fn(usize) -> String) -> Vec<String> {
    (0..500).map(key).collect()
}

fn uuid(n: usize) -> String {
    format!("{:08x}-e29b-41d4-a716-{:012x}", n * 2_654_435_761 % 4_294_967_296, n * 48_271 + 7_000_000_000_000)
}

#[test]
fn an_unknown_key_gets_a_warning_and_is_sent_as_it_is() {
    let rules = rules(known(&["Ava"]));
    let bob = check(event("Bob", "user").as_bytes(), &rules);
    assert_eq!(bob.verdict, Verdict::Clean);
    assert_eq!(bob.findings[0].code.as_str(), "key_not_known");
    assert_eq!(bob.findings[0].path, "key");
    assert!(check(event("Ava", "user").as_bytes(), &rules).findings.is_empty());
    assert!(check(event("Bob", "user").as_bytes(), &Rules::default()).findings.is_empty());

    let report = report(rules, &events(&["Ava", "Bob", "ava"]));
    assert_eq!((report.clean, report.warned, report.issue_counts.of(Code::KeyNotKnown)), (3, 2, 2));
}

#[test]
fn a_key_is_looked_up_as_it_is_sent() {
    let rules = rules(known(&["Ava", "42", " Bob\t"]));
    for key in [r#"" Ava ""#, "42", "42.0", r#""Bob""#, r#""\u0041va""#] {
        let record = event("KEY", "user").replace(r#""KEY""#, key);
        let found = check(record.as_bytes(), &rules).findings;
        assert!(found.iter().all(|finding| finding.code.as_str() != "key_not_known"), "{key}: {found:?}");
    }
}

#[test]
fn the_fast_checker_proves_known_keys_and_leaves_the_others() {
    let rules = rules(known(&["Ava"]));
    let mut fast = Fast::default();
    for _ in 0..3 {
        for (key, sure) in [("Ava", true), ("Bob", false)] {
            let record = event(key, "user");
            let mut buffer = split_events::Buffer::default();
            buffer.room(record.len()).copy_from_slice(record.as_bytes());
            let proof = fast.prove(&buffer, 0, &rules);
            assert_eq!(proof.is_ok(), sure, "{key}: {proof:?}");
            if sure {
                assert_eq!(&record[fast.key()], key);
                assert_eq!(&record[fast.traffic_type()], "user");
            }
        }
    }
}

#[test]
fn the_share_of_known_keys_is_exact_for_each_traffic_type() {
    let text = [("Ava", "user"), ("Bob", "user"), ("a1", "account"), ("Ava", "User"), ("Ava", "user")]
        .map(|(key, traffic_type)| event(key, traffic_type))
        .join("\n");
    let refused = event("", "user");
    let report = report(rules(known(&["Ava"])), &format!("{text}\n{refused}\n"));
    let counts: Vec<_> = report
        .key_matches
        .as_ref()
        .unwrap()
        .list()
        .iter()
        .map(|row| (row.traffic_type.as_str(), row.events, row.known, (row.share * 100.0) as u32))
        .collect();
    assert_eq!(counts, [("user", 4, 3, 75), ("account", 1, 0, 0)]);
    assert_eq!(report.keys, Shapes { other: 5, capitals: 4, ..Shapes::default() });
}

#[test]
fn more_than_a_thousand_traffic_types_are_counted_together() {
    let text: String = (0..1200).map(|n| event("Ava", &format!("t{n}")) + "\n").collect();
    let report = report(rules(known(&["Ava"])), &text);
    let list = report.key_matches.as_ref().unwrap().list();
    assert_eq!(list.len(), 1001);
    assert_eq!((list[1000].traffic_type.as_str(), list[1000].events), ("", 200));
}

#[test]
fn without_known_keys_the_report_has_no_matches() {
    let report = serde_json::to_value(report(Rules::default(), &events(&["Ava"]))).unwrap();
    assert!(report.get("keyMatches").is_none() && report.get("keyHint").is_none());
    assert_eq!(report["keys"]["other"], 1);
}

#[test]
fn every_report_has_the_shapes_of_the_keys() {
    let keys = [
        "550e8400-e29b-41d4-a716-446655440000",
        "550E8400-E29B-41D4-A716-446655440000",
        "550e8400-e29b-41d4-a716-44665544000g",
        "550e8400-e29b-41d4-a716_446655440000",
        "550e8400ae29b-41d4-a716-446655440000",
        "550e84-0-e29b-41d4-a716-446655440000",
        "0",
        "12345678",
        "123456789012345678901",
        "1234567a",
        "12345678901x3",
        "ava@example.com",
        "@example.com",
        "ava@",
        "a@b",
        "Ada Lovelace",
        "a  b",
        "東京",
        "Éva",
        "東\u{3000}京",
        "ö@example.org",
    ];
    let expected = Shapes { uuid: 2, integer: 3, email: 3, other: 13, capitals: 3, spaces: 3 };
    let mut shapes = Shapes::default();
    for key in keys {
        shapes.count(key.as_bytes(), &split_events::Native);
    }
    assert_eq!(shapes, expected);
    // events that are proved clean, and events that the careful checker looks at
    assert_eq!(report(Rules::default(), &events(&keys)).keys, expected);
    assert_eq!(report(Rules::default(), &events(&keys).replace("\"user\"", "\"User\"")).keys, expected);
}

#[test]
fn keys_that_differ_only_in_case_are_recognised() {
    let (code, message) = hint(&many(|n| format!("user-{n}")), &many(|n| format!("USER-{n}")));
    assert_eq!(code, "case");
    assert!(message.contains(r#""user-"#) && message.contains(r#""USER-"#), "{message}");
    assert_eq!(hint(&many(|n| uuid(n).to_uppercase()), &many(uuid)).0, "case");
    assert_eq!(hint(&many(|n| format!("ÄVA{n}")), &many(|n| format!("äva{n}"))).0, "case");
    assert_eq!(hint(&many(|n| format!("User{n}@Example.com")), &many(|n| format!("user{n}@example.com"))).0, "case");
}

#[test]
fn keys_that_differ_in_padding_are_recognised() {
    assert_eq!(hint(&many(|n| n.to_string()), &many(|n| format!("{n:08}"))).0, "padding");
    assert_eq!(hint(&many(|n| format!("\"{n}\"")), &many(|n| n.to_string())).0, "padding");
}

#[test]
fn keys_that_differ_in_a_prefix_are_recognised() {
    let (code, message) = hint(&many(|n| n.to_string()), &many(|n| format!("user-{n}")));
    assert_eq!(code, "prefix");
    assert!(message.contains("\"user-"), "{message}");
    assert_eq!(hint(&many(|n| format!("user:{}", uuid(n))), &many(uuid)).0, "prefix");
    assert_eq!(hint(&many(|n| format!("u{n}")), &many(|n| n.to_string())).0, "prefix");
}

#[test]
fn keys_that_differ_in_punctuation_are_recognised() {
    assert_eq!(hint(&many(|n| uuid(n).replace('-', "")), &many(uuid)).0, "punctuation");
    assert_eq!(hint(&many(|n| format!("{{{}}}", uuid(n).to_uppercase())), &many(uuid)).0, "punctuation");
}

#[test]
fn keys_of_another_shape_are_recognised() {
    let (code, message) = hint(&many(uuid), &many(|n| (n * 7919 + 100_000_000).to_string()));
    assert_eq!(code, "shape");
    assert!(message.contains("UUIDs") && message.contains("whole numbers"), "{message}");
    assert_eq!(hint(&many(|n| format!("x{n}q")), &many(|n| format!("y{n}z"))).0, "unrelated");
}

#[test]
fn there_is_no_hint_for_few_events_or_a_fair_share() {
    let upper = many(|n| format!("U{n}"));
    let all = known(&upper);
    assert_eq!(report(rules(all), &events(&many(|n| format!("u{n}"))[..19])).key_hint, None);
    let mut mixed = many(|n| format!("u{n}"))[..95].to_vec();
    mixed.extend_from_slice(&upper[95..100]);
    assert_eq!(report(rules(known(&upper)), &events(&mixed)).key_hint, None);
    mixed.pop();
    assert_eq!(report(rules(known(&upper)), &events(&mixed)).key_hint.unwrap().code, "case");
}

#[test]
fn a_hint_is_found_in_a_list_far_larger_than_its_sample() {
    let list: KnownKeys =
        (0..300_000).map(|n| format!("USER-{n}")).collect::<Vec<_>>().iter().map(|key| &**key).collect();
    let keys: Vec<String> = (0..3000).map(|n| format!("user-{}", n * 97)).collect();
    let hint = report(rules(list), &events(&keys)).key_hint.unwrap();
    assert_eq!(hint.code, "case", "{}", hint.message);
}

fn read(column: Option<&str>, text: &[u8], size: usize) -> Result<KnownKeys, String> {
    let mut list = KeyList::new(column.map(str::to_owned), &split_events::Native);
    for chunk in text.chunks(size) {
        list.push(chunk).map_err(|error| error.message)?;
    }
    list.finish().map_err(|error| error.message)
}

#[test]
fn a_list_is_read_the_same_wherever_it_is_cut() {
    let lists: [(Option<&str>, &str); 7] = [
        (None, "\u{feff}Ava\r\n\r\n  Bob \nC,arol\nAva"),
        (None, "key\nAva\nBob\n\"C,arol\"\n"),
        (None, "id,key\n1,Ava\n\"2\n\",Bob\n3,\"C,arol\""),
        (None, "\"key\"\tid\nAva\t1\nBob\t2\nC,arol\t3\n"),
        (Some("user id"), "key;user id\nx;Ava\ny;Bob\nz;C,arol\n"),
        (Some("user"), "user\r\nAva\r\nBob\r\n\"C,arol\"\r\n"),
        (None, "key,id\r\nAva,1\r\n Bob ,2\r\n\"C,arol\",3\r\n"),
    ];
    for (column, text) in lists {
        for size in 1..=text.len() {
            let known = read(column, text.as_bytes(), size).unwrap();
            assert_eq!(known.len(), 3, "{text:?} by {size}");
            assert!(["Ava", "Bob", "C,arol"].iter().all(|key| known.contains(key.as_bytes())), "{text:?} by {size}");
        }
    }
}

#[test]
fn a_list_without_the_keys_is_refused_with_the_columns_that_it_has() {
    let none = read(None, b"\n \n", 9).unwrap_err();
    assert_eq!(none, "knownKeys must have at least one key, but has none");
    let column = read(None, b"user,time\nAva,1\n", 99).unwrap_err();
    assert_eq!(column, "the column of knownKeys must name a column of the list: user, time; there is no \"key\"");
    let column = read(Some("id"), b"user,time\nAva,1\n", 99).unwrap_err();
    assert_eq!(column, "column must name a column of the list: user, time; there is no \"id\"");
    assert!(read(None, b"\xff\xfeA\0v\0a\0\n\0", 99).unwrap_err().contains("UTF-8"));
}

#[test]
fn a_line_too_long_for_a_key_is_skipped_without_being_held() {
    let mut text = vec![b'x'; 5_000_000];
    text.extend_from_slice(b"\nAva\n\xff\xfe\xfd\n");
    text.extend_from_slice(&vec![b'y'; 100_000]);
    for size in [1000, 65_536, text.len()] {
        let mut list = b"Bob\n".to_vec();
        list.extend_from_slice(&text);
        let known = read(None, &list, size).unwrap();
        assert_eq!(known.len(), 2);
        assert!(known.contains(b"Ava") && known.contains(b"Bob"));
    }
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,20}",
        "[0-9]{1,20}[:;/@a-zA-Z_]?",
        "[0-9a-fA-F]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "[a-z0-9.]{1,12}@[a-z]{1,12}",
        "[a-z0-9_-]{1,40}[A-Z@]?[a-z0-9]{0,9}",
        "[!-~]([ -~]{0,40}[!-~])?",
        "[a-zé😀 ]{0,9}[a-z]",
    ]
}

proptest! {
    /// Tests the keys that the fast checker calls plain, whose shape is not looked at.
    #[test]
    fn the_shape_of_a_key_is_the_same_whoever_has_read_it(keys in proptest::collection::vec(any_key(), 1..40)) {
        let mut shapes = Shapes::default();
        let sent: Vec<_> = keys.iter().map(|key| key.trim()).collect();
        for key in &sent {
            shapes.count(key.as_bytes(), &split_events::Native);
        }
        prop_assert_eq!(report(Rules::default(), &events(&sent)).keys, shapes);
    }
}
