//! Values as most are, read without branches that depend on them: what is mispredicted costs more than what is
//! read in vain. Nothing means that [`super::scanner`] is to read the value.
#![expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]

use super::notes::Notes;
use super::token::{self, stops, stops_in_key};
use super::utf8;
use crate::keys::PlainKey;
use crate::read::Padded;
use crate::rules::{KEY_MAX, PROPERTY_STRING_MAX};
use crate::words::{ONES, equal};

/// Text without escapes, from behind the opening quote; gives where the closing one stands.
#[inline(always)]
fn text(bytes: Padded, start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let [first, second] = bytes.words::<0, 2>(at).map(stops);
        if first | second != 0 {
            let bits = if first != 0 { first.trailing_zeros() } else { 64 + second.trailing_zeros() };
            at += bits as usize / 8;
            return match bytes.byte(at) {
                b'"' => Some(at),
                0x80.. => utf8::text(bytes, at),
                _ => None,
            };
        }
        at += 16;
    }
}

/// A key with nothing in it that needs a closer look; gives where its closing quote stands, and whether it is
/// [plain](crate::keys::PlainKey).
#[inline(always)]
pub(super) fn key(bytes: Padded, start: usize) -> Option<(usize, bool)> {
    if bytes.byte(start) != b'"' {
        return None;
    }
    let mut at = start + 1;
    let mut seen = PlainKey::default();
    let stop = loop {
        let word = bytes.word(at);
        let stop = stops_in_key(word);
        if stop != 0 {
            let bits = stop.trailing_zeros() & !7;
            seen.part(word, bits);
            break at + bits as usize / 8;
        }
        seen.whole(word);
        at += 8;
    };
    let ascii = bytes.byte(stop) == b'"';
    let end = if ascii { stop } else { any_key(bytes, start + 1)? };
    let length = end - start - 1;
    (length.wrapping_sub(1) < KEY_MAX).then_some((end, ascii & seen.is_plain(length)))
}

/// A key with what is no plain text of a key inside of it, but no white space at an end.
#[inline(never)]
fn any_key(bytes: Padded, start: usize) -> Option<usize> {
    let end = utf8::text(bytes, start)?;
    // the first bytes of ECMAScript's white space, and what may be its last
    let good =
        !matches!(bytes.byte(start), b' ' | 0xC2 | 0xE1..=0xE3 | 0xEF) & !matches!(bytes.byte(end - 1), b' ' | 0x80..);
    good.then_some(end)
}

/// Gives the byte behind the value, and what is to be noted of it.
#[inline(always)]
pub(super) fn property(bytes: Padded, at: usize) -> Option<(usize, Notes)> {
    match bytes.byte(at) {
        b'"' => {
            let end = text(bytes, at + 1)?;
            (end - at - 1 <= PROPERTY_STRING_MAX).then_some((end + 1, Notes::default()))
        }
        b'a'..=b'z' => word(bytes, at),
        _ => Some((number(bytes, at)?, Notes::default())),
    }
}

#[inline(always)]
fn word(bytes: Padded, at: usize) -> Option<(usize, Notes)> {
    let found = bytes.word(at);
    let four = found as u32;
    let is_true = four == u32::from_le_bytes(*b"true");
    let is_null = four == u32::from_le_bytes(*b"null");
    let is_false = found & 0xff_ffff_ffff == u64::from_le_bytes(*b"false\0\0\0");
    (is_true | is_null | is_false).then_some((at + 4 + usize::from(is_false), Notes::NULL.when(is_null)))
}

/// Up to seven bytes without a sign or exponent. All but where it ends is found beside the way to the next value.
#[inline(always)]
pub(super) fn number(bytes: Padded, at: usize) -> Option<usize> {
    let word = bytes.word(at);
    let others = token::not_digits(word);
    let points = equal(word, b'.');
    let end = (others & !points).trailing_zeros() & !7;
    let whole = others.trailing_zeros() & !7;
    let is_whole = whole == end;
    // behind the point stand digits up to the end, and at least one
    let is_fraction = (others & others.wrapping_sub(1)).trailing_zeros() & !7 == end && whole + 8 != end;
    let leading_zero = (word as u8 == b'0') & (whole > 8);
    let last = (word >> (end & 63)) as u8;
    let good = (end < 64) & (whole > 0) & (is_whole | is_fraction) & !leading_zero & (last | 0x20 != b'e');
    good.then_some(at + end as usize / 8)
}

/// Unix milliseconds of 13 digits; gives the byte behind them, and the number.
#[inline(always)]
pub(super) fn milliseconds(bytes: Padded, at: usize) -> Option<(usize, u64)> {
    let first = bytes.word(at);
    let rest = bytes.word(at + 5) >> 24;
    // the three highest bytes of `rest` are none of the number's
    let zeros = ONES * u64::from(b'0');
    let rest_digits = rest | zeros & (u64::MAX << 40);
    let others = token::not_digits(first) | token::not_digits(rest_digits);
    let next = bytes.byte(at + 13);
    let good =
        (others == 0) & (first as u8 != b'0') & (next != b'.') & (next | 0x20 != b'e') & (next.wrapping_sub(b'0') > 9);
    let number = token::number8(first) * 100_000 + token::number8(rest_digits << 24);
    good.then_some((at + 13, number))
}
