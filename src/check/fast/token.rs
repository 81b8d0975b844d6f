//! Strings and numbers, eight bytes at a time.

use crate::read::Padded;
use crate::words::{HIGH, ONES, below_space, equal};

/// Marks a quote, a backslash, what is below a space and what is not ASCII, exact up to the first of them.
#[inline(always)]
pub(super) fn stops(word: u64) -> u64 {
    // with this bit turned a quote is a space, and below a space stays what was
    let quotes = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslashes = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    (quotes | backslashes | word) & HIGH
}

/// The same, and `#` and the space, which a key may have inside.
#[inline(always)]
pub(super) fn stops_in_key(word: u64) -> u64 {
    // with this bit turned these are up to three above a space, and nothing else of ASCII comes there
    let quotes = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x23);
    let backslashes = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    (quotes | backslashes | word) & HIGH
}

/// Marks what is no decimal digit; exact in each byte.
#[inline(always)]
pub(super) fn not_digits(word: u64) -> u64 {
    let low = word & !HIGH;
    let passes = low + ONES * u64::from(0x7f - b'9');
    let reaches = low + ONES * u64::from(0x80 - b'0');
    (passes | !reaches | word) & HIGH
}

/// A string's text between its quotes.
#[derive(Clone, Copy)]
pub(super) struct Text {
    pub start: usize,
    pub end: usize,
    pub ascii: bool,
    pub escaped: bool,
}

/// Reads from behind the opening quote to the closing one. On failure gives where it stopped.
#[inline(always)]
pub(super) fn string(bytes: Padded, start: usize) -> Result<Text, usize> {
    let mut at = start;
    let mut high = 0;
    let mut escaped = false;
    loop {
        let word = bytes.word(at);
        let stop = equal(word, b'"') | equal(word, b'\\') | below_space(word);
        if stop == 0 {
            high |= word & HIGH;
            at += 8;
            continue;
        }
        // only bits below the first stop are exact
        let first = stop.trailing_zeros();
        high |= word & HIGH & ((1_u64 << first) - 1);
        at += first as usize / 8;
        match bytes.byte(at) {
            b'"' => break,
            b'\\' if matches!(bytes.byte(at + 1), b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                escaped = true;
                at += 2;
            }
            _ => return Err(at),
        }
    }
    let ascii = high == 0;
    if !ascii && !is_utf8(bytes, start, at) {
        return Err(start);
    }
    Ok(Text { start, end: at, ascii, escaped })
}

/// As `str::from_utf8`, which has much to do before its first byte.
#[inline]
fn is_utf8(bytes: Padded, start: usize, end: usize) -> bool {
    let continues = |at: usize| bytes.byte(at) & 0xC0 == 0x80;
    let mut at = start;
    while at < end {
        at += match bytes.byte(at) {
            0..0x80 => 1,
            0xC2..=0xDF if continues(at + 1) => 2,
            0xE0 if matches!(bytes.byte(at + 1), 0xA0..=0xBF) && continues(at + 2) => 3,
            0xED if matches!(bytes.byte(at + 1), 0x80..=0x9F) && continues(at + 2) => 3,
            0xE1..=0xEC | 0xEE | 0xEF if continues(at + 1) && continues(at + 2) => 3,
            0xF0 if matches!(bytes.byte(at + 1), 0x90..=0xBF) && continues(at + 2) && continues(at + 3) => 4,
            0xF4 if matches!(bytes.byte(at + 1), 0x80..=0x8F) && continues(at + 2) && continues(at + 3) => 4,
            0xF1..=0xF3 if continues(at + 1) && continues(at + 2) && continues(at + 3) => 4,
            _ => return false,
        };
    }
    true
}

/// A number without exponent, short enough to be finite; gives the byte behind it.
#[inline(always)]
pub(super) fn number(bytes: Padded, start: usize) -> Result<usize, usize> {
    let whole = start + usize::from(bytes.byte(start) == b'-');
    let mut at = digits(bytes, whole);
    if at == whole || (bytes.byte(whole) == b'0' && at > whole + 1) {
        return Err(at);
    }
    if bytes.byte(at) == b'.' {
        let fraction = at + 1;
        at = digits(bytes, fraction);
        if at == fraction {
            return Err(at);
        }
    }
    if matches!(bytes.byte(at), b'e' | b'E') || at - start > 300 { Err(at) } else { Ok(at) }
}

/// The byte behind the digits.
#[inline(always)]
fn digits(bytes: Padded, mut at: usize) -> usize {
    loop {
        let others = not_digits(bytes.word(at));
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
}

/// Unix milliseconds of 12 to 14 digits; gives the byte behind them, and the number.
#[inline(always)]
pub(super) fn milliseconds(bytes: Padded, start: usize) -> Result<(usize, u64), usize> {
    let mut at = start;
    let mut number = 0;
    let word = bytes.word(at);
    if not_digits(word) == 0 {
        number = number8(word);
        at += 8;
    }
    while bytes.byte(at).is_ascii_digit() && at - start <= 14 {
        number = number * 10 + u64::from(bytes.byte(at) - b'0');
        at += 1;
    }
    let sure =
        matches!(at - start, 12..=14) && bytes.byte(start) != b'0' && !matches!(bytes.byte(at), b'.' | b'e' | b'E');
    if sure { Ok((at, number)) } else { Err(at) }
}

/// The number that eight digits are, the first of them in the lowest byte.
#[inline(always)]
pub(super) fn number8(word: u64) -> u64 {
    let digits = word & (ONES * 0x0f);
    let pairs = (digits * 10 + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (fours * 10_000 + (fours >> 32)) & 0xffff_ffff
}

/// `true`, `false` or `null`; gives the byte behind it.
#[inline(always)]
pub(super) fn word(bytes: Padded, start: usize) -> Result<usize, usize> {
    let found = bytes.word(start);
    if found as u32 == u32::from_le_bytes(*b"true") || found as u32 == u32::from_le_bytes(*b"null") {
        return Ok(start + 4);
    }
    if found & 0xff_ffff_ffff == u64::from_le_bytes(*b"false\0\0\0") {
        return Ok(start + 5);
    }
    // a token cut off by the end of the data ends in its padding
    let cut = (0..5).find(|&ahead| bytes.byte(start + ahead) == 0).unwrap_or(0);
    Err(start + cut)
}

/// Skips white space and counts line breaks.
#[inline(always)]
pub(super) fn space(bytes: Padded, mut at: usize, lines: &mut u32) -> usize {
    loop {
        match bytes.byte(at) {
            b' ' | b'\t' | b'\r' => at += 1,
            b'\n' => {
                *lines += 1;
                at += 1;
            }
            _ => return at,
        }
    }
}
