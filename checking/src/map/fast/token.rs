//! Reads the values of JSON records, and proves that they are well formed.
#![expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]

use crate::bytes::{PADDING, Padded, Window};
use crate::check::fast::{utf8, values};
use crate::lanes::{LANES, Lanes};

/// Deepest nesting of a value that is skipped.
const DEPTH_MAX: u32 = 20;
/// Longest number, in bytes, that is surely finite.
const NUMBER_MAX: usize = 300;

/// What texts and numbers are compared with, in memory: V8 makes a constant vector anew at each use.
#[derive(Debug)]
pub(super) struct Signs {
    turn: Lanes,
    below: Lanes,
    backslash: Lanes,
    zero: Lanes,
    digits: Lanes,
    point: Lanes,
}

impl Default for Signs {
    fn default() -> Self {
        Signs {
            turn: Lanes::all(0x02),
            below: Lanes::all(0x21),
            backslash: Lanes::all(b'\\'),
            // less this, `0` becomes the least signed byte
            zero: Lanes::all(b'0' + 0x80),
            digits: Lanes::all(10 + 0x80),
            point: Lanes::all(b'.'),
        }
    }
}

impl Signs {
    /// Marks quotes, backslashes, control characters and bytes that are not ASCII.
    #[inline(always)]
    fn stops(&self, lanes: Lanes) -> u32 {
        // with this bit turned a quote is a space, and below a space stays what was
        ((lanes ^ self.turn).less(self.below) | lanes.same(self.backslash)).mask()
    }

    /// Returns the length of a number of up to fifteen bytes without exponent.
    #[inline(always)]
    fn number(&self, window: Window) -> Option<usize> {
        let lanes = window.lanes(0);
        let minus = u32::from(window.byte(0) == b'-');
        let others = !lanes.minus(self.zero).less(self.digits).mask() >> minus;
        let points = lanes.same(self.point).mask() >> minus;
        let end = (others & !points).trailing_zeros();
        // of all up to there at most one is a point, which is neither first nor last
        let inside = points & ((1 << end) - 1);
        let is_number = (inside & inside.wrapping_sub(1) == 0) & (inside & 1 == 0) & (inside << 1 >> end == 0);
        let leading_zero = (window.byte(minus as usize) == b'0') & (others & 2 == 0);
        let length = (end + minus) as usize;
        let good = is_number & (end > 0) & (length < LANES) & !leading_zero & (window.byte(length) | 0x20 != b'e');
        good.then_some(length)
    }
}

/// Reads text from behind its opening quote; returns the byte of the closing one, and whether it has escapes. Fails with
/// the byte at which it stopped.
#[inline(always)]
pub(super) fn text(bytes: Padded, start: usize, signs: &Signs) -> Result<(usize, bool), usize> {
    let window = bytes.window(start).ok_or(start)?;
    let stops = signs.stops(window.lanes(0));
    if stops != 0 {
        let length = stops.trailing_zeros() as usize;
        return if window.byte(length) == b'"' {
            Ok((start + length, false))
        } else {
            odd_text(bytes, start + length, signs)
        };
    }
    // most of those that are longer end here, wherever it is: of a branch for each vector many are mispredicted
    let more = |ahead: usize| u64::from(signs.stops(window.lanes(ahead * LANES)));
    let stops = more(1) | more(2) << LANES | more(3) << (2 * LANES);
    let length = LANES + stops.trailing_zeros() as usize;
    if stops != 0 && window.byte(length % PADDING) == b'"' {
        return Ok((start + length, false));
    }
    odd_text(bytes, start + LANES, signs)
}

/// Reads on at a byte that is no plain text.
#[inline(never)]
fn odd_text(bytes: Padded, mut at: usize, signs: &Signs) -> Result<(usize, bool), usize> {
    let mut escaped = false;
    loop {
        let window = bytes.window(at).ok_or(at)?;
        let stops = signs.stops(window.lanes(0));
        if stops == 0 {
            at += LANES;
            continue;
        }
        let length = stops.trailing_zeros() as usize;
        at += length;
        match window.byte(length) {
            b'"' => return Ok((at, escaped)),
            b'\\' => {
                escaped = true;
                at = behind_escape(bytes, at)?;
            }
            0x80.. => at = utf8::text(bytes, at)?,
            _ => return Err(at),
        }
    }
}

/// Returns the byte behind an escape, or behind two that are a surrogate pair.
fn behind_escape(bytes: Padded, at: usize) -> Result<usize, usize> {
    match bytes.byte(at + 1) {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(at + 2),
        b'u' => match unit(bytes, at)? {
            0xd800..0xdc00 => {
                if bytes.byte(at + 6) != b'\\' {
                    return Err(at + 6);
                }
                if (0xdc00..0xe000).contains(&unit(bytes, at + 6)?) { Ok(at + 12) } else { Err(at + 6) }
            }
            0xdc00..0xe000 => Err(at),
            _ => Ok(at + 6),
        },
        _ => Err(at + 1),
    }
}

/// Returns the UTF-16 unit of an escape. Fails with the byte at which it stopped.
fn unit(bytes: Padded, at: usize) -> Result<u32, usize> {
    if bytes.byte(at + 1) != b'u' {
        return Err(at + 1);
    }
    (at + 2..at + 6).try_fold(0, |unit, at| Ok(unit << 4 | (bytes.byte(at) as char).to_digit(16).ok_or(at)?))
}

/// Reads a number without exponent; returns the byte behind it. Fails with the byte at which it stopped.
#[inline(always)]
pub(super) fn number(bytes: Padded, at: usize, signs: &Signs) -> Result<usize, usize> {
    match bytes.window(at).and_then(|window| signs.number(window)) {
        Some(length) => Ok(at + length),
        None => long_number(bytes, at),
    }
}

#[inline(never)]
fn long_number(bytes: Padded, start: usize) -> Result<usize, usize> {
    let digits = |mut at: usize| {
        while bytes.byte(at).is_ascii_digit() {
            at += 1;
        }
        at
    };
    let whole = start + usize::from(bytes.byte(start) == b'-');
    let mut at = digits(whole);
    if at == whole || (bytes.byte(whole) == b'0' && at > whole + 1) {
        return Err(at);
    }
    if bytes.byte(at) == b'.' {
        let fraction = at + 1;
        at = digits(fraction);
        if at == fraction {
            return Err(at);
        }
    }
    if bytes.byte(at) | 0x20 == b'e' || at - start > NUMBER_MAX { Err(at) } else { Ok(at) }
}

/// Skips an object or a list; returns the byte behind it.
#[inline(never)]
pub(super) fn skip(bytes: Padded, start: usize, signs: &Signs, lines: &mut u32) -> Result<usize, usize> {
    // from the innermost: whether it is an object
    let (mut objects, mut depth) = (0_u32, 0);
    let mut at = start;
    loop {
        let byte = bytes.byte(at);
        match byte {
            b'"' => at = text(bytes, at + 1, signs)?.0 + 1,
            b'{' | b'[' => {
                if depth == DEPTH_MAX {
                    return Err(at);
                }
                depth += 1;
                objects = objects << 1 | u32::from(byte == b'{');
                at = space(bytes, at + 1, lines);
                if bytes.byte(at) != byte + 2 {
                    if byte == b'{' {
                        at = label(bytes, at, signs, lines)?;
                    }
                    continue;
                }
            }
            b't' | b'f' | b'n' => at = values::word(bytes, at)?,
            _ => at = number(bytes, at, signs)?,
        }
        loop {
            let is_object = objects & 1 != 0;
            let window = bytes.window(at).ok_or(at)?;
            if is_object && window.byte(0) == b',' && window.byte(1) == b'"' {
                at = label(bytes, at + 1, signs, lines)?;
                break;
            }
            at = space(bytes, at, lines);
            match bytes.byte(at) {
                b',' => {
                    at = space(bytes, at + 1, lines);
                    if is_object {
                        at = label(bytes, at, signs, lines)?;
                    }
                    break;
                }
                b'}' if is_object => {}
                b']' if !is_object => {}
                _ => return Err(at),
            }
            at += 1;
            objects >>= 1;
            depth -= 1;
            if depth == 0 {
                return Ok(at);
            }
        }
    }
}

/// Skips a name and the colon behind it, and the white space around that.
#[inline(always)]
fn label(bytes: Padded, at: usize, signs: &Signs, lines: &mut u32) -> Result<usize, usize> {
    if bytes.byte(at) != b'"' {
        return Err(at);
    }
    let (end, _) = text(bytes, at + 1, signs)?;
    colon(bytes, end, lines)
}

/// Returns where the value begins behind a name whose closing quote is here.
#[inline(always)]
pub(super) fn colon(bytes: Padded, quote: usize, lines: &mut u32) -> Result<usize, usize> {
    let window = bytes.window(quote).ok_or(quote)?;
    if window.byte(1) == b':' && window.byte(2) > b' ' {
        return Ok(quote + 2);
    }
    let at = space(bytes, quote + 1, lines);
    if bytes.byte(at) == b':' { Ok(space(bytes, at + 1, lines)) } else { Err(at) }
}

/// Skips white space and counts line breaks.
#[inline(always)]
pub(super) fn space(bytes: Padded, at: usize, lines: &mut u32) -> usize {
    if bytes.byte(at) > b' ' { at } else { values::space(bytes, at, lines) }
}
