//! Names that the rules have found good before: event types and traffic types repeat.

use super::proof::Notes;
use super::token::Signs;
use crate::bytes::{Padded, Window};
use crate::lanes::{LANES, Lanes};

const PIECES: usize = 2;
/// Longer names are judged each time.
const MAX: usize = PIECES * LANES - 1;
const SETS: usize = 64;

/// A name of up to [`MAX`] bytes, with zeros behind it.
type Name = [Lanes; PIECES];

/// Holds names by a hash, two of each; a third takes the place of one.
#[derive(Debug)]
pub(super) struct Names {
    sets: Box<[[Name; 2]; SETS]>,
    notes: [[Notes; 2]; SETS],
}

impl Default for Names {
    fn default() -> Self {
        Names { sets: Box::new([[[Lanes::all(0); PIECES]; 2]; SETS]), notes: [[Notes::default(); 2]; SETS] }
    }
}

impl Names {
    /// Returns where the closing quote of a known name stands whose opening one is here.
    #[inline(always)]
    pub fn known(&self, bytes: Padded, quote: usize, signs: &Signs) -> Option<(usize, Notes)> {
        let (name, length) = read(bytes.window(quote)?, signs)?;
        let end = quote + 1 + length;
        let set = hash(name);
        let [first, second] = self.sets[set];
        let [first_notes, second_notes] = self.notes[set];
        if is(first, name) { Some((end, first_notes)) } else { is(second, name).then_some((end, second_notes)) }
    }

    /// The name whose opening quote is here was found good.
    #[cold]
    pub fn learn(&mut self, bytes: Padded, quote: usize, notes: Notes, signs: &Signs) {
        if let Some((name, _)) = bytes.window(quote).and_then(|window| read(window, signs)) {
            let set = hash(name);
            self.sets[set] = [name, self.sets[set][0]];
            self.notes[set] = [notes, self.notes[set][0]];
        }
    }
}

#[inline(always)]
fn is(one: Name, other: Name) -> bool {
    ((one[0] ^ other[0]) | (one[1] ^ other[1])).is_zero()
}

/// A name without escapes and not empty, from its opening quote, and its length.
#[inline(always)]
fn read(window: Window, signs: &Signs) -> Option<(Name, usize)> {
    let [low, high] = [window.lanes(1), window.lanes(1 + LANES)];
    let length = (signs.stops(low) | signs.stops(high) << LANES).trailing_zeros() as usize;
    let good = (length.wrapping_sub(1) < MAX) & (window.byte(1 + length) == b'"');
    good.then(|| ([low & Lanes::within::<0>(length), high & Lanes::within::<LANES>(length)], length))
}

#[inline(always)]
fn hash([low, high]: Name) -> usize {
    let [first, second] = (low ^ high).words();
    let mixed = (first ^ second.rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 58) as usize % SETS
}
