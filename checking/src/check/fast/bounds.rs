//! Tests that a scan reads only the data and its zeros, wherever it begins and however the data ends.

use std::ops::Range;

use proptest::collection;
use proptest::prelude::*;
use proptest::sample::select;

use super::proof::Join;
use super::prover::Fast;
use super::utf8;
use super::values::{self, Names, Notes, Signs};
use crate::bytes::{Buffer, Padded};
use crate::rules::Rules;

/// Length of the data, in bytes: more than is looked at together.
const LENGTH_MAX: usize = 200;
/// How far behind the data scans begin, in bytes.
const BEHIND: usize = 150;

/// Begins at this byte; returns where it ends if it finds what it looks for, and else fails with where it stopped, if
/// it says so.
type Scan = fn(Padded, usize, &Signs, &mut Names) -> Result<usize, Option<usize>>;

const SCANS: &[(&str, Scan)] = &[
    ("values::quick_text", |bytes, at, signs, _| {
        bytes.window(at).and_then(|window| values::quick_text(bytes, window, at, signs)).ok_or(None)
    }),
    ("values::quick_key", |bytes, at, signs, _| {
        let found = bytes.window(at).and_then(|window| values::quick_key(bytes, window, at, signs));
        found.map(|(end, _)| end).ok_or(None)
    }),
    ("values::quick_word", |bytes, at, _, _| {
        bytes.window(at).and_then(|window| values::quick_word(window, at)).map(|(end, _)| end).ok_or(None)
    }),
    ("values::quick_number", |bytes, at, signs, _| {
        bytes.window(at).and_then(|window| values::quick_number::<0>(window, at, signs)).ok_or(None)
    }),
    ("values::quick_number of a sign", |bytes, at, signs, _| {
        let window = bytes.window(at).filter(|window| window.byte(0) == b'-');
        window.and_then(|window| values::quick_number::<1>(window, at, signs)).ok_or(None)
    }),
    ("values::quick_milliseconds", |bytes, at, signs, _| {
        bytes.window(at).and_then(|window| values::quick_milliseconds(window, at, signs)).ok_or(None)
    }),
    ("values::string", |bytes, at, signs, _| values::string(bytes, at, signs).map(|text| text.end).map_err(Some)),
    ("values::number", |bytes, at, signs, _| values::number(bytes, at, signs).map_err(Some)),
    ("values::milliseconds", |bytes, at, signs, _| {
        values::milliseconds(bytes, at, signs).map(|(end, _)| end).map_err(Some)
    }),
    ("values::word", |bytes, at, _, _| values::word(bytes, at).map_err(Some)),
    ("values::space", |bytes, at, _, _| Err(Some(values::space(bytes, at, &mut 0)))),
    ("utf8::text", |bytes, at, _, _| Err(Some(utf8::text(bytes, at).unwrap_or_else(|at| at)))),
    ("names", |bytes, at, signs, names| {
        names.learn(bytes, at, Notes::default(), signs);
        bytes.window(at).and_then(|window| names.known(window, at, signs)).map(|(end, _)| end).ok_or(None)
    }),
];

/// Tokens and halves of them, so that whatever it is cut at is the end of something.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let some = |bytes: &'static [u8]| collection::vec(select(bytes), 1..40);
    let piece = prop_oneof![
        8 => select(&[
            "\"", "\\", "\\\"", "{", "}", ":", ",", " ", "\n", "\r\n", "-", ".", "e", "0", "\0", "é", "東", "😀", "{\"",
        ][..]).prop_map(|piece| piece.as_bytes().to_vec()),
        2 => select(&["true", "false", "null", "1645557824000"][..]).prop_map(|word| word.as_bytes().to_vec()),
        2 => some(b"0123456789"),
        2 => some(b"abcxyzABCXYZ#"),
        1 => some(b" "),
        1 => collection::vec(select(&["é", "東", "😀"][..]), 1..12).prop_map(|letters| letters.concat().into_bytes()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
        1 => some(b"abc").prop_map(|key| [
            &br#"{"eventTypeId":"a","trafficTypeName":"user","key":""#[..], &key, br#"","timestamp":1645557824000,"value":-1}"#,
        ].concat()),
    ];
    collection::vec(piece, 60).prop_map(|pieces| {
        let mut text = pieces.concat();
        text.resize(LENGTH_MAX, b'"');
        text
    })
}

/// Miri takes its time.
fn lengths() -> impl Iterator<Item = usize> {
    (0..=LENGTH_MAX).step_by(if cfg!(miri) { 50 } else { 1 })
}

/// Positions in data of this length and behind it.
fn positions(length: usize) -> impl Iterator<Item = usize> {
    (0..length + BEHIND).rev().step_by(if cfg!(miri) { 7 } else { 1 })
}

fn config(cases: u32) -> ProptestConfig {
    let failure_persistence = None;
    ProptestConfig { cases: if cfg!(miri) { 1 } else { cases }, failure_persistence, ..ProptestConfig::default() }
}

/// One that never held anything else, and one with the remains of something longer behind its zeros.
fn buffers(data: &[u8]) -> [Buffer; 2] {
    let mut used = Buffer::default();
    for (at, byte) in used.room(LENGTH_MAX + 2 * BEHIND).iter_mut().enumerate() {
        *byte = b"1\"e0 \xc3"[at % 6];
    }
    used.clear();
    let mut buffers = [Buffer::default(), used];
    for buffer in &mut buffers {
        buffer.room(data.len()).copy_from_slice(data);
    }
    buffers
}

/// What is read from a position on, of data behind which there are zeros without end.
fn expected(data: &[u8], at: Range<usize>) -> Vec<u8> {
    at.map(|at| data.get(at).copied().unwrap_or(0)).collect()
}

proptest! {
    #![proptest_config(config(4))]

    #[test]
    fn a_byte_is_one_of_the_data_or_zero_at_every_position(text in text()) {
        for length in lengths() {
            let data = &text[..length];
            for buffer in buffers(data) {
                let bytes = buffer.padded();
                for at in positions(length) {
                    prop_assert_eq!(bytes.byte(at), expected(data, at..at + 1)[0]);
                    let window = bytes.window(at);
                    prop_assert_eq!(window.is_some(), at <= length);
                    let Some(window) = window else { continue };
                    prop_assert_eq!(window.word().to_le_bytes().to_vec(), expected(data, at..at + 8));
                    for ahead in [0, 1, 15, 16, 17, 33, 48] {
                        let lanes = window.lanes(ahead).words().map(u64::to_le_bytes).concat();
                        prop_assert_eq!(lanes, expected(data, at + ahead..at + ahead + 16));
                        prop_assert_eq!(window.byte(ahead), expected(data, at + ahead..at + ahead + 1)[0]);
                    }
                }
                for far in [usize::MAX, usize::MAX - 16, usize::MAX / 2, isize::MAX as usize] {
                    prop_assert!(bytes.window(far).is_none());
                    prop_assert_eq!(bytes.byte(far), 0);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(config(4))]

    #[test]
    fn a_scan_ends_with_the_data_wherever_it_begins(text in text()) {
        let (signs, mut names) = (Signs::default(), Names::default());
        for length in lengths() {
            let [new, used] = buffers(&text[..length]);
            for at in positions(length) {
                for (name, scan) in SCANS {
                    let found = scan(new.padded(), at, &signs, &mut names);
                    prop_assert_eq!(found, scan(used.padded(), at, &signs, &mut names), "{} of {} at {}", name, length, at);
                    let end = found.unwrap_or_else(|stopped| stopped.unwrap_or(at));
                    let last = if found.is_ok() { length } else { length.max(at + 1) };
                    prop_assert!(end <= last, "{name} of {length} from {at} to {end}");
                }
            }
        }
    }

    #[test]
    fn a_proof_ends_with_the_data_at_whichever_bracket_it_begins(text in text()) {
        let rules = Rules::default();
        let mut checkers = [Fast::default(), Fast::default()];
        for length in lengths() {
            let buffers = buffers(&text[..length]);
            for at in (0..length).filter(|&at| text[at] == b'{') {
                for join in [Join::Unknown, Join::Comma, Join::LineBreak] {
                    let mut proved = Vec::new();
                    for (buffer, fast) in buffers.iter().zip(&mut checkers) {
                        let proof = fast.prove(buffer, at, &rules);
                        let mut clean = Vec::new();
                        let neighbours = fast.neighbours(buffer.padded(), at, join, false, &rules, &mut clean);
                        prop_assert!(neighbours.at <= length && clean.iter().all(|event| event.end <= length));
                        proved.push((proof, neighbours, clean.iter().map(|event| event.start..event.end).collect::<Vec<_>>()));
                    }
                    prop_assert_eq!(&proved[0], &proved[1], "{} at {}", length, at);
                }
            }
        }
    }
}
