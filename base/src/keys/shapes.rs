//! Counts the shapes of keys of all events that are sent. Looks at eight bytes at a time.

use serde::Serialize;

use crate::host::Host;
use crate::text::is_white_space;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES * 0x80;

/// The number of keys of each shape. `uuid + integer + email + other` is the number of all keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Shapes {
    /// 8-4-4-4-12 hexadecimal digits.
    pub uuid: u64,
    /// Decimal digits only.
    pub integer: u64,
    /// An `@` with text on both sides.
    pub email: u64,
    /// Anything else.
    pub other: u64,
    /// Keys of any shape with a capital letter.
    pub capitals: u64,
    /// Keys of any shape with white space inside.
    pub spaces: u64,
}

/// The lengths of keys that may be UUIDs, as bits `length % 64`. A key of another length is of the shape `other` if it
/// is ASCII without spaces, capitals and `@`, and not all digits.
pub const UUID_LENGTHS: u64 = 1 << UUID;

const UUID: usize = 36;

/// The shape of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Uuid,
    Integer,
    Email,
    Other,
}

impl Shapes {
    /// Counts one key, without quotes and escapes.
    #[inline]
    pub fn count(&mut self, key: &[u8], host: &dyn Host) {
        let seen = Seen::of(key, host);
        self.capitals += u64::from(seen.capitals);
        self.spaces += u64::from(seen.spaces);
        match shape(key, seen) {
            Shape::Uuid => self.uuid += 1,
            Shape::Integer => self.integer += 1,
            Shape::Email => self.email += 1,
            Shape::Other => self.other += 1,
        }
    }

    /// Returns the shape that more than half of the keys have, if there is one.
    pub(super) fn most(&self) -> Option<Shape> {
        let shapes = [
            (self.uuid, Shape::Uuid),
            (self.integer, Shape::Integer),
            (self.email, Shape::Email),
            (self.other, Shape::Other),
        ];
        let all = self.uuid + self.integer + self.email + self.other;
        shapes.into_iter().find(|(count, _)| count * 2 > all).map(|(_, shape)| shape)
    }
}

impl Shape {
    /// Returns the words for several keys of this shape.
    pub fn plural(self) -> &'static str {
        match self {
            Shape::Uuid => "UUIDs",
            Shape::Integer => "whole numbers",
            Shape::Email => "e-mail addresses",
            Shape::Other => "other text",
        }
    }
}

#[inline]
fn shape(key: &[u8], seen: Seen) -> Shape {
    if seen.digits {
        Shape::Integer
    } else if key.len() == UUID && is_uuid(key) {
        Shape::Uuid
    } else if seen.at_sign && memchr::memchr(b'@', &key[1..key.len() - 1]).is_some() {
        Shape::Email
    } else {
        Shape::Other
    }
}

#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is seen independently of the others")]
struct Seen {
    digits: bool,
    at_sign: bool,
    capitals: bool,
    spaces: bool,
}

impl Seen {
    #[inline]
    fn of(key: &[u8], host: &dyn Host) -> Seen {
        let (mut low, mut digits, mut at_signs, mut capitals, mut spaces) = (HIGH, HIGH, 0, 0, 0);
        let mut look = |word: u64| {
            low &= !word;
            digits &= within(word, b'0', b'9');
            at_signs |= within(word, b'@', b'@');
            capitals |= within(word, b'A', b'Z');
            // controls come only from escapes; all of them count as white space
            spaces |= within(word, 1, b' ');
        };
        if key.len() < 8 {
            look(key.iter().fold(ONES * u64::from(b'0'), |word, &byte| word << 8 | u64::from(byte)));
        } else {
            let (words, _) = key.as_chunks::<8>();
            for word in words {
                look(u64::from_le_bytes(*word));
            }
            look(word_at(key, key.len() - 8));
        }
        let mut seen = Seen {
            digits: digits == HIGH && !key.is_empty(),
            at_sign: at_signs != 0 && key.len() > 2,
            capitals: capitals != 0,
            spaces: spaces != 0,
        };
        if low != HIGH {
            seen.look_at_text(str::from_utf8(key).unwrap_or_default(), host);
        }
        seen
    }

    /// Looks at the characters of a key that is not ASCII.
    #[inline(never)]
    fn look_at_text(&mut self, key: &str, host: &dyn Host) {
        let mut unsure = false;
        for c in key.chars().filter(|c| !c.is_ascii()) {
            match is_capital(c) {
                Some(capital) => self.capitals |= capital,
                None => unsure = true,
            }
            self.spaces |= is_white_space(c);
        }
        self.capitals |= unsure && host.lower(key) != key;
    }
}

/// Returns whether a character is a capital, for the scripts that most keys are in, and `None` for others. The tables
/// of all scripts would be larger than all code here.
fn is_capital(c: char) -> Option<bool> {
    match c {
        '\0'..='\u{bf}' => Some(c.is_ascii_uppercase()),
        '\u{c0}'..='\u{ff}' => Some(c < '\u{df}' && c != '\u{d7}'),
        '\u{100}'..='\u{137}' | '\u{14a}'..='\u{177}' => Some((c as u32).is_multiple_of(2)),
        '\u{139}'..='\u{148}' => Some(!(c as u32).is_multiple_of(2)),
        '\u{391}'..='\u{3ce}' => Some(c < '\u{3ac}' && c != '\u{3a2}'),
        '\u{400}'..='\u{45f}' => Some(c < '\u{430}'),
        '\u{590}'..='\u{109f}'
        | '\u{2000}'..='\u{20ff}'
        | '\u{2d30}'..='\u{a63f}'
        | '\u{ac00}'..='\u{fdff}'
        | '\u{1f000}'..='\u{3ffff}' => Some(false),
        _ => None,
    }
}

#[inline]
fn is_uuid(key: &[u8]) -> bool {
    // each dash inside of a word is made a digit; any other byte becomes no hexadecimal digit or is caught here
    let dash = u64::from(b'-' ^ b'0');
    let words = [
        word_at(key, 0),
        word_at(key, 9) ^ dash << 32,
        word_at(key, 15) ^ dash << 24,
        word_at(key, 24),
        word_at(key, 28),
    ];
    [8, 13, 18, 23].iter().all(|&at| key[at] == b'-')
        && words.iter().all(|&word| {
            let letters = within(word | (ONES * 0x20), b'a', b'f');
            word & HIGH == 0 && (within(word, b'0', b'9') | letters) == HIGH
        })
}

#[inline]
fn word_at(key: &[u8], at: usize) -> u64 {
    key[at..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word))
}

/// Returns the high bit of each byte that lies from `first` to `last`.
#[inline]
fn within(word: u64, first: u8, last: u8) -> u64 {
    let low = word & !HIGH;
    let reaches = low + ONES * u64::from(0x80 - first);
    let passes = low + ONES * u64::from(0x7f - last);
    reaches & !passes & !word & HIGH
}

#[cfg(test)]
mod tests {
    use super::is_capital;

    #[test]
    fn what_is_known_of_capitals_is_what_unicode_says() {
        let wrong = |&c: &char| is_capital(c).is_some_and(|capital| capital == c.to_lowercase().eq([c]));
        assert_eq!(('\0'..=char::MAX).find(wrong), None);
    }
}
