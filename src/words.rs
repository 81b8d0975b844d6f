//! Eight bytes at a time, the first in the lowest bits of a word.

/// Each byte 1.
pub const ONES: u64 = 0x0101_0101_0101_0101;
/// Each byte's highest bit.
pub const HIGH: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes that are this one, exact up to the first of them.
#[inline(always)]
pub fn equal(word: u64, byte: u8) -> u64 {
    let zero = word ^ (ONES * u64::from(byte));
    zero.wrapping_sub(ONES) & !zero & HIGH
}

/// Marks the bytes below a space, exact up to the first of them.
#[inline(always)]
pub fn below_space(word: u64) -> u64 {
    word.wrapping_sub(ONES * 0x20) & !word & HIGH
}

/// How many bytes come before the first that ends a string, or is not to stand in one as it is.
#[inline(always)]
pub fn plain_text(word: u64) -> usize {
    let stop = equal(word, b'"') | equal(word, b'\\') | below_space(word);
    stop.trailing_zeros() as usize / 8
}
