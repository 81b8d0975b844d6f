//! Reads the bytes of one value, sixteen at a time, and notes what is counted of it.
//!
//! The functions named `quick_` read values as most are, without branches that depend on their bytes: a branch that is
//! mispredicted costs more than bytes that are read in vain. They return `None` if another function is to read the
//! value.
#![expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]

use std::ops::{BitOr, BitOrAssign};

use super::utf8;
use crate::bytes::{PADDING, Padded, Window};
use crate::codes::Code;
use crate::keys::UUID_LENGTHS;
use crate::lanes::{LANES, Lanes};
use crate::limits::KEY_MAX;
use crate::rules::doubtful_lengths;

/// A word whose bytes are all 1.
const ONES: u64 = 0x0101_0101_0101_0101;

/// The bytes that values are compared with, in memory: V8 makes a constant vector anew at each use.
#[derive(Debug)]
pub(crate) struct Signs {
    turn: Lanes,
    below: Lanes,
    last: Lanes,
    below_in_key: Lanes,
    backslash: Lanes,
    zero: Lanes,
    digits: Lanes,
    point: Lanes,
    letter: Lanes,
    capital: Lanes,
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
    /// Marks quotes, backslashes, control characters and bytes that are not ASCII.
    #[inline(always)]
    fn stops(&self, lanes: Lanes) -> u32 {
        // with this bit turned a quote is a space, and below a space stays what was
        ((lanes ^ self.turn).less(self.below) | lanes.same(self.backslash)).mask()
    }

    /// Marks the same, DEL, and all bytes below `-`: a key that has one of them is looked at more closely.
    #[inline(always)]
    fn stops_in_key(&self, lanes: Lanes) -> u32 {
        // plus one makes DEL a byte that is not ASCII, and 0xff a zero
        (lanes.minus(self.last).less(self.below_in_key) | lanes.same(self.backslash)).mask()
    }

    /// Marks bytes that are no decimal digits.
    #[inline(always)]
    fn not_digits(&self, lanes: Lanes) -> u32 {
        // `0` becomes the least signed byte
        !lanes.minus(self.zero).less(self.digits).mask()
    }

    /// Marks decimal points.
    #[inline(always)]
    fn points(&self, lanes: Lanes) -> u32 {
        lanes.same(self.point).mask()
    }

    /// Marks the bytes from `@` to `_`, capital letters among them.
    #[inline(always)]
    fn capitals(&self, lanes: Lanes) -> u32 {
        (lanes & self.letter).same(self.capital).mask()
    }
}

/// A string's text between its quotes.
#[derive(Clone, Copy)]
pub(crate) struct Text {
    pub start: usize,
    pub end: usize,
    pub escaped: bool,
}

/// Reads text without escapes from its opening quote; returns the byte of the closing one.
#[inline(always)]
pub(super) fn quick_text<'b>(bytes: Padded<'b>, mut window: Window<'b>, quote: usize, signs: &Signs) -> Option<usize> {
    let mut at = quote + 1;
    let mut stops = signs.stops(window.lanes(1));
    let mut next = window.byte(1 + stops.trailing_zeros() as usize);
    while stops == 0 {
        at += LANES;
        window = bytes.window(at)?;
        stops = signs.stops(window.lanes(0));
        next = window.byte(stops.trailing_zeros() as usize);
    }
    at += stops.trailing_zeros() as usize;
    if next >= 0x80 {
        at = utf8::text(bytes, at).ok()?;
        next = bytes.byte(at);
    }
    (next == b'"').then_some(at)
}

/// Reads a string from its opening quote to its closing one. Fails with the byte at which it stopped.
#[inline(always)]
pub(crate) fn string(bytes: Padded, quote: usize, signs: &Signs) -> Result<Text, usize> {
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

/// Reads a key that needs no closer look from its opening quote; returns the byte of the closing one, and whether the
/// key is plain: of no shape, without capitals, and beyond doubt.
#[inline(always)]
pub(super) fn quick_key<'b>(
    bytes: Padded<'b>,
    mut window: Window<'b>,
    quote: usize,
    signs: &Signs,
) -> Option<(usize, bool)> {
    let mut lanes = window.lanes(1);
    let digits = signs.not_digits(lanes).trailing_zeros() as usize;
    // there are at most as many digits as lanes
    let unsure = doubtful_lengths(digits > 0, window.byte((1 + digits) % PADDING)) | UUID_LENGTHS;
    let start = quote + 1;
    let mut at = start;
    let mut capitals = 0;
    let mut stops = signs.stops_in_key(lanes);
    let mut next = window.byte((1 + stops.trailing_zeros() as usize) % PADDING);
    while stops == 0 {
        capitals |= signs.capitals(lanes);
        at += LANES;
        window = bytes.window(at)?;
        lanes = window.lanes(0);
        stops = signs.stops_in_key(lanes);
        next = window.byte(stops.trailing_zeros() as usize % PADDING);
    }
    capitals |= signs.capitals(lanes) & (stops - 1) & !stops;
    let end = at + stops.trailing_zeros() as usize;
    let length = end - start;
    let good = (next == b'"') & (length.wrapping_sub(1) < KEY_MAX);
    let plain = (capitals == 0) & (digits < length.min(LANES)) & (unsure >> (length % 64) & 1 == 0);
    good.then_some((end, plain))
}

/// Reads a number without exponent of up to fifteen bytes behind its sign, of which it has `SIGN`; returns the byte
/// behind it. Only where it ends is on the way to the next value: the processor does the rest beside it.
#[inline(always)]
pub(super) fn quick_number<const SIGN: usize>(window: Window, at: usize, signs: &Signs) -> Option<usize> {
    let lanes = window.lanes(SIGN);
    let others = signs.not_digits(lanes);
    let points = signs.points(lanes);
    let end = (others & !points).trailing_zeros();
    // of all up to there at most one is a point, which is neither first nor last
    let inside = points & ((1 << end) - 1);
    let is_number = (inside & inside.wrapping_sub(1) == 0) & (inside & 1 == 0) & (inside << 1 >> end == 0) & (end > 0);
    let leading_zero = (window.byte(SIGN) == b'0') & (others & 2 == 0);
    let end = end as usize;
    let good = (end < LANES) & is_number & !leading_zero & (window.byte(SIGN + end) | 0x20 != b'e');
    good.then_some(at + SIGN + end)
}

/// Reads a number without exponent that is short enough to be finite; returns the byte behind it. Fails with the byte
/// at which it stopped.
#[inline(always)]
pub(crate) fn number(bytes: Padded, start: usize, signs: &Signs) -> Result<usize, usize> {
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

/// Returns where the digits end, and the byte there.
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

/// Reads Unix milliseconds of 13 digits; returns the byte behind them.
#[inline(always)]
pub(super) fn quick_milliseconds(window: Window, at: usize, signs: &Signs) -> Option<usize> {
    let others = signs.not_digits(window.lanes(0));
    let next = window.byte(13);
    let good = (others & 0x3fff == 0x2000) & (window.byte(0) != b'0') & (next != b'.') & (next | 0x20 != b'e');
    good.then_some(at + 13)
}

/// Reads Unix milliseconds of 12 to 14 digits; returns the byte behind them, and the number. Fails with the byte at
/// which it stopped.
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

/// Returns the number that eight digits are, the first of them in the lowest byte.
#[inline(always)]
pub(crate) fn number8(word: u64) -> u64 {
    let digits = word & (ONES * 0x0f);
    let pairs = (digits * 10 + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (fours * 10_000 + (fours >> 32)) & 0xffff_ffff
}

/// Reads `true`, `false` or `null`; returns the byte behind it, and whether it is `null`.
#[inline(always)]
pub(super) fn quick_word(window: Window, at: usize) -> Option<(usize, bool)> {
    let found = window.word();
    let four = found as u32;
    let is_true = four == u32::from_le_bytes(*b"true");
    let is_null = four == u32::from_le_bytes(*b"null");
    let is_false = found & 0xff_ffff_ffff == u64::from_le_bytes(*b"false\0\0\0");
    (is_true | is_null | is_false).then_some((at + 4 + usize::from(is_false), is_null))
}

/// Reads `true`, `false` or `null`; returns the byte behind it. Fails with the byte at which it stopped.
#[inline(always)]
pub(crate) fn word(bytes: Padded, start: usize) -> Result<usize, usize> {
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
pub(crate) fn space(bytes: Padded, mut at: usize, lines: &mut u32) -> usize {
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

/// Returns the byte behind the value that begins here, if it is JSON. Fails with the byte at which it stopped.
pub(super) fn skip(bytes: Padded, start: usize, signs: &Signs) -> Result<usize, usize> {
    let mut at = start;
    let mut depth = 0_u32;
    loop {
        let byte = bytes.byte(at);
        match byte {
            b'"' => at = string(bytes, at, signs)?.end,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 0 => depth -= 1,
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth > 0 => {}
            _ if is_of_word(byte) => {}
            _ => return Err(at),
        }
        at += 1;
        if depth == 0 && !(is_of_word(byte) && is_of_word(bytes.byte(at))) {
            return Ok(at);
        }
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

const NAME_PIECES: usize = 2;
/// The longest name that is remembered, in bytes; a longer one is judged each time.
const NAME_MAX: usize = NAME_PIECES * LANES - 1;
/// Sets of two names that share a hash.
const SETS: usize = 64;

/// A name of up to [`NAME_MAX`] bytes, with zeros behind it.
type Name = [Lanes; NAME_PIECES];

/// Event types and traffic types that their rule has found good before: they repeat. A third name of the same hash
/// takes the place of one of two.
#[derive(Debug)]
pub(super) struct Names {
    sets: Box<[[Name; 2]; SETS]>,
    notes: [[Notes; 2]; SETS],
}

impl Default for Names {
    fn default() -> Self {
        Names { sets: Box::new([[[Lanes::all(0); NAME_PIECES]; 2]; SETS]), notes: [[Notes::default(); 2]; SETS] }
    }
}

impl Names {
    /// Reads a known name from its opening quote; returns the byte of the closing one, and what is to be noted.
    #[inline(always)]
    pub fn known(&self, window: Window, quote: usize, signs: &Signs) -> Option<(usize, Notes)> {
        let (name, length) = read_name(window, signs)?;
        let end = quote + 1 + length;
        let set = hash(name);
        let [first, second] = self.sets[set];
        let [first_notes, second_notes] = self.notes[set];
        if is_same(first, name) {
            Some((end, first_notes))
        } else {
            is_same(second, name).then_some((end, second_notes))
        }
    }

    /// Remembers that the name whose opening quote is here was found good, with these notes.
    #[cold]
    pub fn learn(&mut self, bytes: Padded, quote: usize, notes: Notes, signs: &Signs) {
        if let Some((name, _)) = bytes.window(quote).and_then(|window| read_name(window, signs)) {
            let set = hash(name);
            self.sets[set] = [name, self.sets[set][0]];
            self.notes[set] = [notes, self.notes[set][0]];
        }
    }
}

#[inline(always)]
fn is_same(one: Name, other: Name) -> bool {
    ((one[0] ^ other[0]) | (one[1] ^ other[1])).is_zero()
}

/// Reads a name without escapes that is not empty from its opening quote; returns it and its length.
#[inline(always)]
fn read_name(window: Window, signs: &Signs) -> Option<(Name, usize)> {
    let [low, high] = [window.lanes(1), window.lanes(1 + LANES)];
    let length = (signs.stops(low) | signs.stops(high) << LANES).trailing_zeros() as usize;
    let good = (length.wrapping_sub(1) < NAME_MAX) & (window.byte(1 + length) == b'"');
    good.then(|| ([low & Lanes::within::<0>(length), high & Lanes::within::<LANES>(length)], length))
}

#[inline(always)]
fn hash([low, high]: Name) -> usize {
    let [first, second] = (low ^ high).words();
    let mixed = (first ^ second.rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 58) as usize % SETS
}

/// What is counted of a clean event without being explained.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notes(u8);

impl Notes {
    /// `value` is absent or null.
    pub const VALUE_MISSING: Notes = Notes(1);
    /// The event type is longer than all pages of the service allow.
    pub const LONG_NAME: Notes = Notes(2);
    /// The event type has a colon.
    pub const COLON: Notes = Notes(4);
    /// The timestamp is so old that it is warned of.
    pub const OLD: Notes = Notes(8);
    /// The timestamp is so far ahead of the clock that it is warned of.
    pub const AHEAD: Notes = Notes(16);
    /// A field or a property is null. This is not counted.
    pub const NULL: Notes = Notes(32);
    /// The event is not proved, but decided about. This is not counted.
    pub const MENDED: Notes = Notes(64);

    const CODES: [(Notes, Code); 5] = [
        (Notes::VALUE_MISSING, Code::ValueMissing),
        (Notes::LONG_NAME, Code::EventTypeIdLong),
        (Notes::COLON, Code::EventTypeIdColon),
        (Notes::OLD, Code::TimestampOld),
        (Notes::AHEAD, Code::TimestampAhead),
    ];

    /// Returns whether this note, or one of these, is among them.
    pub fn has(self, note: Notes) -> bool {
        self.0 & note.0 != 0
    }

    /// Returns whether there is nothing to be counted.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.0 & !(Notes::NULL.0 | Notes::MENDED.0) == 0
    }

    /// Returns the codes that the careful checker finds in such an event.
    pub fn codes(self) -> impl Iterator<Item = Code> + Clone {
        Notes::CODES.into_iter().filter_map(move |(note, code)| self.has(note).then_some(code))
    }

    /// Returns this note if it holds, and else none.
    #[inline(always)]
    pub(super) fn when(self, holds: bool) -> Notes {
        Notes(self.0 * u8::from(holds))
    }
}

impl BitOr for Notes {
    type Output = Notes;

    #[inline(always)]
    fn bitor(self, other: Notes) -> Notes {
        Notes(self.0 | other.0)
    }
}

impl BitOrAssign for Notes {
    #[inline(always)]
    fn bitor_assign(&mut self, other: Notes) {
        *self = *self | other;
    }
}
