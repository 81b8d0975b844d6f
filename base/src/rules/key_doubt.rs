//! Finds keys that are probably not the ones meant: what programs write if there is no key, and keys that they changed.

use crate::codes::Code;
use crate::lanes::Lanes;

/// The words for no value, in lower case. They mean the same in round or angle brackets.
const NO_VALUE: [&[u8]; 11] = [
    b"null",
    b"nil",
    b"none",
    b"nan",
    b"undefined",
    b"n/a",
    b"\\n",
    b"#n/a",
    b"#n/a n/a",
    b"#getting_data",
    b"00000000-0000-0000-0000-000000000000",
];
/// The longest number with an exponent and no fraction, such as `1E+15`, that is no id.
const SHORT: usize = 9;

/// Returns the first reason to doubt a key, which is trimmed and UTF-8.
pub fn doubt(key: &[u8]) -> Option<Code> {
    let by_its_beginning = match key.first()? {
        b'n' | b'N' | b'u' | b'U' | b'0' | b'#' | b'\\' | b'[' | b'(' | b'<' if is_no_value(key) => {
            Some(Code::KeyNoValue)
        }
        b'-' | b'+' | b'0'..=b'9' if is_rewritten(key) => Some(Code::KeyRewritten),
        b'\'' => Some(Code::KeyTextMark),
        b'=' if key.starts_with(b"=\"") => Some(Code::KeyTextMark),
        _ => None,
    };
    by_its_beginning.or_else(|| has_unseen(key).then_some(Code::KeyInvisible))
}

fn is_no_value(key: &[u8]) -> bool {
    let word = match key {
        [b'(', word @ .., b')'] | [b'<', word @ .., b'>'] => word,
        _ => key,
    };
    match key {
        // an error value of a spreadsheet, in the language of its user
        [b'#', word @ .., b'!' | b'?'] if word.iter().all(|byte| matches!(byte | 0x20, b'a'..=b'z' | b'/' | b'0')) => {
            true
        }
        [b'<', b'n' | b'N', b'a' | b'A', b'>'] => true,
        [b'[', kind @ .., b']'] => {
            kind.first_chunk().is_some_and(|kind: &[u8; 7]| kind.eq_ignore_ascii_case(b"object "))
        }
        [b'0', ..] if key.len() == 32 => key.iter().all(|&digit| digit == b'0'), // the nil UUID without dashes
        _ => match word.first().map_or(0, u8::to_ascii_lowercase) {
            b'n' | b'u' | b'0' | b'#' | b'\\' => NO_VALUE.iter().any(|no_value| word.eq_ignore_ascii_case(no_value)),
            _ => false,
        },
    }
}

/// Returns true if a spreadsheet or a data frame writes a whole number in this way: `1.23457E+15`, `42.0`.
fn is_rewritten(key: &[u8]) -> bool {
    let unsigned = match key {
        [b'-' | b'+', rest @ ..] => rest,
        _ => key,
    };
    let (whole, rest) = digits(unsigned);
    let (fraction, rest) = match rest {
        [b'.' | b',', rest @ ..] => digits(rest),
        _ => (&[][..], rest),
    };
    if whole.is_empty() {
        return false;
    }
    match rest {
        [] => !fraction.is_empty() && fraction.iter().all(|&digit| digit == b'0'),
        [b'e' | b'E', exponent @ ..] => {
            let (signed, exponent) = match exponent {
                [sign @ (b'+' | b'-'), exponent @ ..] => (*sign == b'+', exponent),
                _ => (false, exponent),
            };
            let is_number = !exponent.is_empty() && digits(exponent).1.is_empty();
            // `12e4` may be an id in hexadecimal digits
            is_number && (!fraction.is_empty() || signed && key.len() <= SHORT)
        }
        _ => false,
    }
}

/// Splits a text behind the decimal digits that it begins with.
fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at_checked(count).unwrap_or((text, &[]))
}

/// Returns true if a text has a byte with which a character begins that [`has_unseen`] finds. Most have none.
fn may_have_unseen(text: &[u8]) -> bool {
    let Some(last) = text.last_chunk() else { return text.iter().any(|&byte| BEGINS_UNSEEN[byte as usize]) };
    let begins = |lanes: Lanes| {
        let same = |byte| lanes.same(Lanes::all(byte));
        lanes.up_to(0x1f) | same(0x7f) | same(0xc2) | same(0xd8) | same(0xe1) | same(0xe2) | same(0xef)
    };
    let (chunks, _) = text.as_chunks();
    !chunks.iter().fold(begins(Lanes::of(*last)), |found, chunk| found | begins(Lanes::of(*chunk))).is_zero()
}

/// The first bytes of the characters that [`has_unseen`] finds.
static BEGINS_UNSEEN: [bool; 256] = {
    let mut begins = [false; 256];
    let mut byte = 0;
    while byte < begins.len() {
        begins[byte] = matches!(byte, 0..0x20 | 0x7f | 0xc2 | 0xd8 | 0xe1 | 0xe2 | 0xef);
        byte += 1;
    }
    begins
};

/// Returns true if a text has a control, a character of no width, or one that changes the direction of text.
fn has_unseen(mut text: &[u8]) -> bool {
    if !may_have_unseen(text) {
        return false;
    }
    while let [first, rest @ ..] = text {
        let unseen = match first {
            0..0x20 | 0x7f => true,
            0xc2 => matches!(rest, [0x80..=0x9f | 0xad, ..]), // U+0080 to U+009F, U+00AD
            0xd8 => matches!(rest, [0x9c, ..]),               // U+061C
            0xe1 => matches!(rest, [0xa0, 0x8e, ..]),         // U+180E
            // U+200B to U+200F, U+202A to U+202E, U+2060 to U+206F
            0xe2 => matches!(rest, [0x80, 0x8b..=0x8f | 0xaa..=0xae, ..] | [0x81, 0xa0..=0xaf, ..]),
            0xef => matches!(rest, [0xbb, 0xbf, ..]), // U+FEFF
            _ => false,
        };
        if unseen {
            return true;
        }
        text = rest;
    }
    false
}

/// The lengths of the words for no value, with brackets and without, as bits.
pub(super) const NO_VALUE_LENGTHS: u64 = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 9 | 1 << 11;
