//! Texts made by the grammar of RFC 8259 are JSON. Changed ones are JSON if serde_json takes them.

use proptest::prelude::*;
use proptest::sample::Index;
use split_events::{Code, Rules, check};

fn space() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just(""), 1 => prop::sample::select(vec![" ", "\t", "\r\n", "\n", "  "])]
}

fn string() -> impl Strategy<Value = String> {
    let escape =
        r#"\\(["\\/bfnrt]|u[0-9a-cA-C][0-9a-fA-F]{3}|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"#;
    let plain = "[^\"\\\\\u{0}-\u{1f}]";
    proptest::collection::vec(prop_oneof![1 => escape, 3 => plain], 0..8)
        .prop_map(|text| format!("\"{}\"", text.concat()))
}

/// Makes values by the productions of the grammar.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,19})?([eE][+-]?[0-9]{1,4})?",
        3 => string(),
        1 => prop::sample::select(vec!["true", "false", "null"]).prop_map(str::to_owned),
    ];
    let padded =
        |inner: BoxedStrategy<String>| (space(), inner, space()).prop_map(|(a, text, b)| format!("{a}{text}{b}"));
    let around = move |open: char, items: Vec<String>, empty: &str, close: char| {
        if items.is_empty() { format!("{open}{empty}{close}") } else { format!("{open}{}{close}", items.join(",")) }
    };
    let tree = leaf.prop_recursive(5, 30, 5, move |inner| {
        let inner = padded(inner.boxed()).boxed();
        let member = (padded(string().boxed()), inner.clone()).prop_map(|(name, value)| format!("{name}:{value}"));
        prop_oneof![
            (proptest::collection::vec(inner, 0..5), space())
                .prop_map(move |(items, space)| around('[', items, space, ']')),
            (proptest::collection::vec(member, 0..5), space())
                .prop_map(move |(items, space)| around('{', items, space, '}')),
        ]
    });
    padded(tree.boxed())
}

/// Makes texts in which up to two characters are replaced.
fn spoiled() -> impl Strategy<Value = String> {
    let pieces = vec![
        "", "[", "]", "{", "}", ",", ":", "\"", "\\", "-", "+", ".", "0", "1", "e", "E", "a", "\n", "\t", "\0",
        "\u{8}", "\u{b}", "\u{c}", "\u{1f}", "\u{7f}", "\u{a0}", "\u{2028}", "\u{feff}", "é", "tru", "nul", "NaN",
        "Infinity", "//", "'", "\\u", "\\u12", "\\x", "0x1", "1.", ".5", "00", "1e", "[]", "{}", "\"a\":1",
    ];
    let change = (any::<Index>(), 0_usize..3, prop::sample::select(pieces));
    (value(), proptest::collection::vec(change, 1..4)).prop_map(|(text, changes)| {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, away, put) in changes {
            let at = at.index(chars.len() + 1);
            let end = chars.len().min(at + away);
            chars.splice(at..end, put.chars());
        }
        chars.into_iter().collect()
    })
}

fn refusal(text: &str) -> Option<Code> {
    let syntax = [Code::NotJson, Code::RecordCutOff, Code::LoneSurrogate, Code::TooDeep, Code::NotUtf8];
    check(text.as_bytes(), &Rules::default()).findings.iter().map(|found| found.code).find(|code| syntax.contains(code))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn every_text_that_the_grammar_makes_is_json(text in value()) {
        prop_assert_eq!(refusal(&text), None);
    }

    #[test]
    fn a_spoiled_text_is_what_serde_json_says_of_it(text in spoiled()) {
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        match refusal(&text) {
            None => prop_assert!(theirs),
            Some(Code::NotJson | Code::RecordCutOff) => prop_assert!(!theirs),
            // the grammar takes it, but it is no text: it is refused before any error behind it
            Some(code) => prop_assert_eq!(code, Code::LoneSurrogate),
        }
    }
}
