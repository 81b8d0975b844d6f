//! Keys that are numbers, and keys that are probably not the ones meant.

use std::sync::Arc;

use proptest::prelude::*;
use split_events::{Batcher, Buffer, Caps, Code, Fast, Format, Intake, KeyList, Rules, Verdict, check};

use super::{clean, codes, event, refused, repaired, told};

/// The doubtful keys, by code.
const DOUBTFUL: &[(Code, &[&str])] = &[
    (
        Code::KeyNoValue,
        &[
            "undefined",
            "UNDEFINED",
            "Undefined",
            "null",
            "NULL",
            "Null",
            "NaN",
            "nan",
            "None",
            "NONE",
            "nil",
            "NIL",
            r"\N",
            r"\n",
            "n/a",
            "N/A",
            "#N/A",
            "#n/a",
            "#REF!",
            "#ref!",
            "#VALUE!",
            "#DIV/0!",
            "#NAME?",
            "#NUM!",
            "#NULL!",
            "#SPILL!",
            "#CALC!",
            "#GETTING_DATA",
            "#ERROR!",
            "#FIELD!",
            "#BLOCKED!",
            "#CONNECT!",
            "#BUSY!",
            "#UNKNOWN!",
            "#WERT!",
            "[object Object]",
            "[object object]",
            "[object Undefined]",
            "(null)",
            "(NULL)",
            "(none)",
            "<null>",
            "<nil>",
            "<NA>",
            "<n/a>",
            "<undefined>",
            "00000000-0000-0000-0000-000000000000",
            "00000000000000000000000000000000",
        ],
    ),
    (
        Code::KeyRewritten,
        &[
            "1.23457E+15",
            "1.23457e+15",
            "1.2E15",
            "1.2e15",
            "-6.36508E+17",
            "+1.2E+15",
            "1,23457E+15",
            "1E+15",
            "1e+05",
            "12E+15",
            "42.0",
            "42.00",
            "-42.0",
            "0.0",
            "42,0",
            "1234567890123456.0",
            "12345678901234567.0",
            "123456789012345678.0",
            "636507967185264641.000000",
        ],
    ),
    (Code::KeyTextMark, &[r#"="00123""#, r#"="abc""#, "'00123", "'Ava", "'"]),
    (
        Code::KeyInvisible,
        &[
            "A\u{200b}va",
            "A\u{200c}va",
            "A\u{200d}va",
            "A\u{2060}va",
            "A\u{feff}va",
            "Ava\u{200b}",
            "\u{200b}Ava",
            "A\u{ad}va",
            "A\u{200e}va",
            "A\u{200f}va",
            "A\u{202a}va",
            "A\u{202e}va",
            "A\u{2066}va",
            "A\u{2069}va",
            "A\u{61c}va",
            "\0",
            "A\0va",
            "A\u{1}va",
            "A\tva",
            "A\nva",
            "A\u{1f}va",
            "A\u{7f}va",
            "Ava\u{7f}",
            "\u{7f}",
            "A\u{80}va",
            "A\u{85}va",
            "A\u{9f}va",
            "ключ\u{200b}и",
            "a key that is longer than sixteen\u{7f}",
            "null\u{200b}",
        ],
    ),
];

/// Good keys that look a little like doubtful ones.
const GOOD: &[&str] = &[
    "Ava",
    "user-123",
    "user-1234",
    "42",
    "0",
    "-1",
    "00123",
    "12345678901234567",
    "636507967185264641",
    "ava@example.com",
    "3e250000-0000-4000-8000-000000000000",
    "3e25",
    "12e4567",
    "1e5",
    "1.5",
    "1.2.3",
    "10.0.0.1",
    "1234567890.1234567890",
    "1,234,567",
    "42.",
    ".0",
    "42.0a",
    "1.2E",
    "1.2E+",
    "1.2E+15a",
    "1e+1234567",
    "nina",
    "nil2",
    "nullable",
    "nano",
    "noneone",
    "undefined1",
    "un",
    "#1",
    "#abc",
    "#1!",
    "user#1",
    "!",
    "a!",
    "[object",
    "[1]",
    "(a)",
    "<a>",
    "()",
    "<>",
    "O'Brien",
    "=",
    "=1",
    "00000000-0000-0000-0000-000000000001",
    "0000000000000000000000000000000",
    "000000000000",
    "ключ",
    "東京",
    "é",
    "😀",
    "a b",
    "a\u{a0}b",
    "~",
    "|",
    "{}",
];

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[test]
fn a_whole_number_keeps_its_digits_and_gets_a_warning_from_two_to_the_53rd_on() {
    let large = [Code::KeyNumber, Code::KeyIntegerLarge];
    for digits in [
        "9007199254740992",
        "9007199254740993",
        "-9007199254740993",
        "636507967185264641",
        "12345678901234567890",
        "123456789012345678901234567890",
        &"9".repeat(250),
    ] {
        repaired("key", digits, &quoted(digits), &large);
    }
    for digits in ["0", "42", "9007199254740991", "-9007199254740991", "999999999999999"] {
        repaired("key", digits, &quoted(digits), &[Code::KeyNumber]);
    }
    refused("key", &"9".repeat(251), Code::KeyTooLong);
}

#[test]
fn a_large_number_with_an_exponent_or_fraction_is_written_as_javascript_does() {
    let large = [Code::KeyNumber, Code::KeyIntegerLarge];
    for (number, text) in [
        ("1e20", "100000000000000000000"),
        ("1e21", "1e+21"),
        ("-1e300", "-1e+300"),
        ("12345678901234567890.5", "12345678901234567000"),
        ("9007199254740993.0", "9007199254740992"),
    ] {
        repaired("key", number, &quoted(text), &large);
    }
    repaired("key", "9007199254740991.0", r#""9007199254740991""#, &[Code::KeyNumber]);
    repaired("key", "42.0", r#""42""#, &[Code::KeyNumber]);
    repaired("key", "1e-7", r#""1e-7""#, &[Code::KeyNumber]);
}

#[test]
fn a_number_whose_exponent_leaves_out_digits_gets_a_warning() {
    let rewritten = [Code::KeyNumber, Code::KeyRewritten];
    repaired("key", "1.23457E+15", r#""1234570000000000""#, &rewritten);
    repaired("key", "-1e5", r#""-100000""#, &rewritten);
    repaired("key", "1.23457e5", r#""123457""#, &[Code::KeyNumber]);
    repaired("key", "15e-1", r#""1.5""#, &[Code::KeyNumber]);
}

#[test]
fn a_doubtful_key_is_sent_with_a_warning() {
    for (code, keys) in DOUBTFUL {
        for key in *keys {
            told(&[("key", &quoted(key))], &[*code]);
            repaired("key", &quoted(&format!(" {key}\u{feff}")), &quoted(key), &[*code, Code::KeyTrimmed]);
        }
    }
}

#[test]
fn a_key_that_looks_a_little_like_a_doubtful_one_is_clean() {
    for key in GOOD {
        clean(&[("key", &quoted(key))]);
    }
}

/// Returns true if an event with this key is proved clean, behind others of the same shape.
fn proved(fast: &mut Fast, key: &str, rules: &Rules) -> bool {
    let record = event(&[("key", &quoted(key))]);
    let mut buffer = Buffer::default();
    buffer.room(record.len()).copy_from_slice(record.as_bytes());
    fast.prove(&buffer, 0, rules).is_ok()
}

#[test]
fn a_doubtful_key_is_never_proved_clean_and_a_good_one_always_is() {
    let mut list = KeyList::new(None, &split_events::Native);
    DOUBTFUL.iter().flat_map(|(_, keys)| *keys).chain(GOOD).for_each(|key| list.add(key));
    let known = Rules { known_keys: Some(Arc::new(list.finish().unwrap())), ..Rules::default() };
    for rules in [Rules::default(), known] {
        let mut fast = Fast::default();
        for _ in 0..2 {
            for key in DOUBTFUL.iter().flat_map(|(_, keys)| *keys) {
                assert!(!proved(&mut fast, key, &rules), "{key:?}");
            }
            for key in GOOD {
                assert!(proved(&mut fast, key, &rules), "{key:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_checker_agrees_with_the_careful_one_about_keys(
        keys in proptest::collection::vec(
            prop_oneof![
                "[0-9]{0,34}[.,]?[0-9]{0,4}([eE][+-]?[0-9]{0,3})?",
                "[-+]?[0-9]{1,20}[.,eE+-]{0,2}0{0,20}",
                "[(<\\[#'=]?(null|NIL|none|NaN|undefined|n/a|object A|REF|ab)[!?>)\\]x]?",
                "[0-]{1,40}",
                "[0-9a-fn]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                "[ -~\u{7f}\u{80}\u{ad}\u{200b}é東\u{feff}]{0,40}",
            ],
            1..20,
        ),
    ) {
        let mut fast = Fast::default();
        for key in keys {
            let checked = check(event(&[("key", &quoted(&key))]).as_bytes(), &Rules::default());
            if checked.findings.is_empty() {
                let is_plain = !quoted(&key).contains('\\');
                prop_assert_eq!(proved(&mut fast, &key, &Rules::default()), is_plain, "{:?}", key);
            } else {
                prop_assert!(!proved(&mut fast, &key, &Rules::default()), "{:?} {:?}", key, checked.findings);
            }
        }
    }
}

#[test]
fn doubtful_keys_of_a_table_are_accepted_and_counted_by_their_kind() {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    intake.begin(None, Format::Auto);
    let keys = [
        "undefined",
        "null",
        r"\N",
        "NaN",
        "#N/A",
        "[object Object]",
        "00000000-0000-0000-0000-000000000000",
        "1.23457E+15",
        "42.0",
        r#""=""00123""""#,
        "'00123",
        "Ava\u{200b}",
    ];
    let rows = keys.map(|key| format!("page_load,user,{key},1795741360000,1\n")).concat();
    intake.push(format!("eventTypeId,trafficTypeName,key,timestamp,value\n{rows}").as_bytes());
    intake.end();
    assert!(intake.next_batch().is_none());
    let batch = intake.last_batch().unwrap();
    let report = intake.report();
    assert_eq!((report.events, report.clean, report.warned, batch.entries.len()), (12, 12, 12, 12));
    let count = |code| report.issue_counts.of(code);
    assert_eq!([Code::KeyNoValue, Code::KeyRewritten, Code::KeyTextMark, Code::KeyInvisible].map(count), [7, 2, 2, 1]);
    let sent: Vec<serde_json::Value> = serde_json::from_slice(&batch.body).unwrap();
    assert_eq!(sent[9]["key"], r#"="00123""#);
    assert_eq!(sent[11]["key"], "Ava\u{200b}");
}

#[test]
fn large_whole_numbers_stay_different_keys() {
    let sent = |number: &str| match codes(&event(&[("key", number)]), &Rules::default()).0 {
        Verdict::Repaired(text) => text,
        verdict => panic!("{verdict:?}"),
    };
    assert_ne!(sent("636507967185264641"), sent("636507967185264600"));
    assert_eq!(sent("636507967185264641"), event(&[("key", r#""636507967185264641""#)]));
}
