//! Values as most are, read without branches that depend on them: what is mispredicted costs more than what is
//! read in vain. Nothing means that [`super::scanner`] is to read the value.
#![expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]

use super::token::Signs;
use super::utf8;
use crate::bytes::{PADDING, Padded};
use crate::keys::{doubtful_lengths, is_plain};
use crate::lanes::LANES;
use crate::limits::KEY_MAX;

/// Text without escapes, from the opening quote; gives where the closing one stands.
#[inline(always)]
pub(super) fn text(bytes: Padded, quote: usize, signs: &Signs) -> Option<usize> {
    let mut at = quote + 1;
    let mut window = bytes.window(quote)?;
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

/// A key with nothing in it that needs a closer look, from the opening quote; gives where the closing one stands, and
/// whether the key is [plain](crate::keys::is_plain) and beyond doubt.
#[inline(always)]
pub(super) fn key(bytes: Padded, quote: usize, signs: &Signs) -> Option<(usize, bool)> {
    let mut window = bytes.window(quote)?;
    let mut lanes = window.lanes(1);
    let digits = signs.not_digits(lanes).trailing_zeros() as usize;
    // there are at most as many digits as lanes
    let doubtful = doubtful_lengths(digits > 0, window.byte((1 + digits) % PADDING));
    let start = quote + 1;
    let mut at = start;
    let mut capitals = 0;
    let mut stops = signs.stops_in_key(lanes);
    let mut next = window.byte((1 + stops.trailing_zeros() as usize) % PADDING);
    while stops == 0 {
        capitals |= (lanes & signs.letter).same(signs.capital).mask();
        at += LANES;
        window = bytes.window(at)?;
        lanes = window.lanes(0);
        stops = signs.stops_in_key(lanes);
        next = window.byte(stops.trailing_zeros() as usize % PADDING);
    }
    capitals |= (lanes & signs.letter).same(signs.capital).mask() & (stops - 1) & !stops;
    let end = at + stops.trailing_zeros() as usize;
    let length = end - start;
    let good = (next == b'"') & (length.wrapping_sub(1) < KEY_MAX);
    let plain = is_plain(length, capitals != 0, digits < length.min(LANES)) & (doubtful >> (length % 64) & 1 == 0);
    good.then_some((end, plain))
}

/// `true`, `false` or `null`; gives the byte behind it, and whether it is `null`.
#[inline(always)]
pub(super) fn word(bytes: Padded, at: usize) -> Option<(usize, bool)> {
    let found = bytes.window(at)?.word();
    let four = found as u32;
    let is_true = four == u32::from_le_bytes(*b"true");
    let is_null = four == u32::from_le_bytes(*b"null");
    let is_false = found & 0xff_ffff_ffff == u64::from_le_bytes(*b"false\0\0\0");
    (is_true | is_null | is_false).then_some((at + 4 + usize::from(is_false), is_null))
}

/// Up to fifteen bytes without a sign or exponent; gives the byte behind them. All but where it ends is found beside
/// the way to the next value.
#[inline(always)]
pub(super) fn number(bytes: Padded, at: usize, signs: &Signs) -> Option<usize> {
    let window = bytes.window(at)?;
    let lanes = window.lanes(0);
    let others = signs.not_digits(lanes);
    let points = signs.points(lanes);
    let end = (others & !points).trailing_zeros();
    // of all up to there at most one is a point, which is neither first nor last
    let inside = points & ((1 << end) - 1);
    let is_number = (inside & inside.wrapping_sub(1) == 0) & (inside & 1 == 0) & (inside << 1 >> end == 0) & (end > 0);
    let leading_zero = (window.byte(0) == b'0') & (others & 2 == 0);
    let end = end as usize;
    let good = (end < LANES) & is_number & !leading_zero & (window.byte(end) | 0x20 != b'e');
    good.then_some(at + end)
}

/// Unix milliseconds of 13 digits; gives the byte behind them.
#[inline(always)]
pub(super) fn milliseconds(bytes: Padded, at: usize, signs: &Signs) -> Option<usize> {
    let window = bytes.window(at)?;
    let others = signs.not_digits(window.lanes(0));
    let next = window.byte(13);
    let good = (others & 0x3fff == 0x2000) & (window.byte(0) != b'0') & (next != b'.') & (next | 0x20 != b'e');
    good.then_some(at + 13)
}
