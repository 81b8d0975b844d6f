//! Names that the rules have found good before: event types and traffic types repeat.

use super::notes::Notes;
use super::token::stops;
use crate::read::Padded;

const WORDS: usize = 4;
/// Longer names are judged each time.
const MAX: usize = WORDS * 8 - 1;
const SETS: usize = 64;

/// A name of up to [`MAX`] bytes, with zeros behind it.
type Words = [u64; WORDS];

#[derive(Debug, Clone, Copy, Default)]
struct Known {
    words: Words,
    notes: Notes,
}

/// Holds names by a hash, two of each; a third takes the place of one.
#[derive(Debug)]
pub(super) struct Names {
    sets: Box<[[Known; 2]; SETS]>,
}

impl Default for Names {
    fn default() -> Self {
        Names { sets: Box::new([[Known::default(); 2]; SETS]) }
    }
}

impl Names {
    /// Gives where the closing quote of a known name stands that begins behind the quote before `start`.
    #[inline(always)]
    pub fn known(&self, bytes: Padded, start: usize) -> Option<(usize, Notes)> {
        let (words, end) = read(bytes, start)?;
        let [first, second] = &self.sets[hash(&words)];
        let known = if first.words == words { first } else { second };
        (known.words == words).then_some((end, known.notes))
    }

    /// The name that begins at `start` was found good.
    #[cold]
    pub fn learn(&mut self, bytes: Padded, start: usize, notes: Notes) {
        if let Some((words, _)) = read(bytes, start) {
            let set = &mut self.sets[hash(&words)];
            set[1] = set[0];
            set[0] = Known { words, notes };
        }
    }
}

/// A name without escapes and not empty, and where its closing quote stands.
#[inline(always)]
fn read(bytes: Padded, start: usize) -> Option<(Words, usize)> {
    let [first, second] = bytes.words::<0, 2>(start);
    let mut words = [first, second, 0, 0];
    let mut bits = end(words[0], words[1]);
    if bits < 128 {
        (words[0], words[1]) = cut(words[0], words[1], bits);
    } else {
        [words[2], words[3]] = bytes.words::<16, 2>(start);
        bits = end(words[2], words[3]);
        (words[2], words[3]) = cut(words[2], words[3], bits);
        bits += 128;
    }
    let length = bits as usize / 8;
    ((length.wrapping_sub(1) < MAX) & (bytes.byte(start + length) == b'"')).then_some((words, start + length))
}

#[inline(always)]
fn end(low: u64, high: u64) -> u32 {
    let (low, high) = (stops(low), stops(high));
    if low != 0 { low.trailing_zeros() & !7 } else { 64 + (high.trailing_zeros() & !7) }
}

/// Only the bits before this one, which are less than all.
#[inline(always)]
fn cut(low: u64, high: u64, bits: u32) -> (u64, u64) {
    let mask = (1_u64 << (bits & 63)) - 1;
    if bits < 64 { (low & mask, 0) } else { (low, high & mask) }
}

#[inline(always)]
fn hash(words: &Words) -> usize {
    let mixed = (words[0] ^ words[1].rotate_left(23) ^ words[2].rotate_left(41) ^ words[3].rotate_left(11))
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 58) as usize % SETS
}
