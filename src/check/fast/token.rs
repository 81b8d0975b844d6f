//! Strings and numbers, sixteen bytes at a time.

use super::utf8;
use crate::bytes::Padded;
use crate::lanes::{LANES, Lanes};

/// Each byte 1.
const ONES: u64 = 0x0101_0101_0101_0101;

/// What bytes are compared with, in memory: as constants they would be made anew at each use.
#[derive(Debug)]
pub(super) struct Signs {
    turn: Lanes,
    below: Lanes,
    last: Lanes,
    below_in_key: Lanes,
    backslash: Lanes,
    zero: Lanes,
    digits: Lanes,
    point: Lanes,
    pub letter: Lanes,
    pub capital: Lanes,
}

impl Default for Signs {
    fn default() -> Self {
        Signs {
            turn: Lanes::all(0x02),
            below: Lanes::all(0x21),
            last: Lanes::all(0xff),
            below_in_key: Lanes::all(b'-' + 1),
            backslash: Lanes::all(b'\\'),
            zero: Lanes::all(b'0' + 0x80),
            digits: Lanes::all(10 + 0x80),
            point: Lanes::all(b'.'),
            letter: Lanes::all(0x60),
            capital: Lanes::all(0x40),
        }
    }
}

impl Signs {
    /// Marks a quote, a backslash, what is below a space and what is not ASCII.
    #[inline(always)]
    pub fn stops(&self, lanes: Lanes) -> u32 {
        // with this bit turned a quote is a space, and below a space stays what was
        ((lanes ^ self.turn).less(self.below) | lanes.same(self.backslash)).mask()
    }

    /// The same, DEL, and what is below `-`, of which a key that has one is looked at more closely.
    #[inline(always)]
    pub fn stops_in_key(&self, lanes: Lanes) -> u32 {
        // the byte above makes of DEL what is not ASCII, and of the last byte a zero
        (lanes.minus(self.last).less(self.below_in_key) | lanes.same(self.backslash)).mask()
    }

    /// Marks what is no decimal digit, and the byte behind the last.
    #[inline(always)]
    pub fn not_digits(&self, lanes: Lanes) -> u32 {
        // the least signed byte is what `0` becomes
        !lanes.minus(self.zero).less(self.digits).mask()
    }

    /// Marks the points.
    #[inline(always)]
    pub fn points(&self, lanes: Lanes) -> u32 {
        lanes.same(self.point).mask()
    }
}

/// A string's text between its quotes.
#[derive(Clone, Copy)]
pub(super) struct Text {
    pub start: usize,
    pub end: usize,
    pub escaped: bool,
}

/// Reads from the opening quote to the closing one. On failure gives where it stopped.
#[inline(always)]
pub(super) fn string(bytes: Padded, quote: usize, signs: &Signs) -> Result<Text, usize> {
    let window = bytes.window(quote).ok_or(quote)?;
    let stop = signs.stops(window.lanes(1));
    let length = stop.trailing_zeros() as usize;
    if stop != 0 && window.byte(1 + length) == b'"' {
        return Ok(Text { start: quote + 1, end: quote + 1 + length, escaped: false });
    }
    let mut at = quote + 1;
    let mut escaped = false;
    loop {
        let window = bytes.window(at).ok_or(at)?;
        let stop = signs.stops(window.lanes(0));
        if stop == 0 {
            at += LANES;
            continue;
        }
        let length = stop.trailing_zeros() as usize;
        at += length;
        match window.byte(length) {
            b'"' => break,
            b'\\' if matches!(window.byte(length + 1), b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                escaped = true;
                at += 2;
            }
            0x80.. => at = wide_text(bytes, at)?,
            _ => return Err(at),
        }
    }
    Ok(Text { start: quote + 1, end: at, escaped })
}

#[inline(never)]
fn wide_text(bytes: Padded, at: usize) -> Result<usize, usize> {
    utf8::text(bytes, at)
}

/// A number without exponent, short enough to be finite; gives the byte behind it.
#[inline(always)]
pub(super) fn number(bytes: Padded, start: usize, signs: &Signs) -> Result<usize, usize> {
    let whole = start + usize::from(bytes.byte(start) == b'-');
    let (mut at, mut next) = digits(bytes, whole, signs);
    if at == whole || (bytes.byte(whole) == b'0' && at > whole + 1) {
        return Err(at);
    }
    if next == b'.' {
        let fraction = at + 1;
        (at, next) = digits(bytes, fraction, signs);
        if at == fraction {
            return Err(at);
        }
    }
    if matches!(next, b'e' | b'E') || at - start > 300 { Err(at) } else { Ok(at) }
}

/// Where the digits end, and the byte there.
#[inline(always)]
fn digits(bytes: Padded, mut at: usize, signs: &Signs) -> (usize, u8) {
    while let Some(window) = bytes.window(at) {
        let length = signs.not_digits(window.lanes(0)).trailing_zeros() as usize;
        at += length;
        if length < LANES {
            return (at, window.byte(length));
        }
    }
    (at, 0)
}

/// Unix milliseconds of 12 to 14 digits; gives the byte behind them, and the number.
#[inline(always)]
pub(super) fn milliseconds(bytes: Padded, start: usize, signs: &Signs) -> Result<(usize, u64), usize> {
    let mut at = start;
    let mut number = 0;
    let window = bytes.window(start).ok_or(start)?;
    if signs.not_digits(window.lanes(0)).trailing_zeros() >= 8 {
        number = number8(window.word());
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
    let window = bytes.window(start).ok_or(start)?;
    let found = window.word();
    if found as u32 == u32::from_le_bytes(*b"true") || found as u32 == u32::from_le_bytes(*b"null") {
        return Ok(start + 4);
    }
    if found & 0xff_ffff_ffff == u64::from_le_bytes(*b"false\0\0\0") {
        return Ok(start + 5);
    }
    // a token cut off by the end of the data ends in its padding
    let cut = (0..5).find(|&ahead| window.byte(ahead) == 0).unwrap_or(0);
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
