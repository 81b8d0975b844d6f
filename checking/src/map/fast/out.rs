//! Where events are written.

use crate::bytes::Padded;
use crate::lanes::{LANES, Lanes};

/// Bytes that are written before they are copied to a batch: few enough to stay in the processor's cache.
pub(super) const OUT_BYTES: usize = 32 * 1024;

/// Where properties are written that come before a field. An event of which more is written here is too long.
pub(super) const SIDE: usize = OUT_BYTES + 256;

/// The last place for sixteen bytes.
const LAST: usize = SIDE + 8 * 1024;

/// Events with a comma before each. An event that ends behind [`OUT_BYTES`] is forgotten. What is written behind [`LAST`]
/// is lost.
#[derive(Debug)]
pub(super) struct Out(Box<[u8; LAST + LANES]>);

impl Default for Out {
    fn default() -> Self {
        Out(boxed(vec![0; LAST + LANES]))
    }
}

/// Makes an array on the heap, without one on the stack.
fn boxed(bytes: Vec<u8>) -> Box<[u8; LAST + LANES]> {
    bytes.try_into().unwrap_or_else(|_| unreachable!("the length is the same"))
}

impl Out {
    /// Returns what was written up to this byte.
    pub fn written(&self, end: usize) -> &[u8] {
        &self.0[..end.min(OUT_BYTES)]
    }

    /// Returns what was written from one byte up to the other.
    pub fn span(&self, start: usize, end: usize) -> &[u8] {
        self.0.get(start..end).unwrap_or_default()
    }

    /// Writes sixteen bytes, of which those that are too many are written over by what comes next.
    #[inline(always)]
    pub fn store(&mut self, at: usize, lanes: Lanes) {
        if at <= LAST
            && let Some(place) = self.0[at..].first_chunk_mut()
        {
            *place = lanes.bytes();
        }
    }

    #[inline(always)]
    pub fn byte(&mut self, at: usize, byte: u8) {
        if at <= LAST {
            self.0[at] = byte;
        }
    }

    /// Writes a text; returns the byte behind it.
    #[inline(always)]
    pub fn text(&mut self, at: usize, text: &Literal) -> usize {
        self.store(at, text.first);
        let mut behind = at;
        for lanes in &text.more {
            behind += LANES;
            self.store(behind, *lanes);
        }
        at + text.length
    }

    /// Writes Unix milliseconds; returns the byte behind them.
    #[inline(always)]
    pub fn millis(&mut self, at: usize, millis: u64) -> usize {
        const EIGHT: u64 = 100_000_000;
        const THIRTEEN: u64 = EIGHT * 100_000;
        if (THIRTEEN / 10..THIRTEEN).contains(&millis) {
            // three zeros go in front of the first five digits
            self.word(at, digits((millis / EIGHT) as u32) >> 24);
            self.word(at + 5, digits((millis % EIGHT) as u32));
            at + 13
        } else {
            self.number(at, millis)
        }
    }

    #[inline(never)]
    fn number(&mut self, at: usize, number: u64) -> usize {
        let length = number.checked_ilog10().unwrap_or(0) as usize + 1;
        let mut rest = number;
        for place in (at..at + length).rev() {
            self.byte(place, b'0' + (rest % 10) as u8);
            rest /= 10;
        }
        at + length
    }

    #[inline(always)]
    fn word(&mut self, at: usize, word: u64) {
        if at <= LAST
            && let Some(place) = self.0[at..].first_chunk_mut()
        {
            *place = word.to_le_bytes();
        }
    }

    /// Writes a short text; returns the byte behind it.
    #[inline(never)]
    pub fn bytes(&mut self, at: usize, text: &[u8]) -> usize {
        if let Some(place) = self.0.get_mut(at..at + text.len()) {
            place.copy_from_slice(text);
        }
        at + text.len()
    }

    /// Makes capital letters small.
    #[inline(never)]
    pub fn lower(&mut self, start: usize, end: usize) {
        if let Some(text) = self.0.get_mut(start..end) {
            text.make_ascii_lowercase();
        }
    }

    /// Writes again what stands from one byte up to the other; returns the byte behind it.
    #[inline(always)]
    pub fn again(&mut self, mut at: usize, mut start: usize, end: usize) -> usize {
        let behind = at + (end - start);
        while start < end {
            let lanes =
                self.0.get(start..).and_then(<[u8]>::first_chunk).map_or(Lanes::all(0), |bytes| Lanes::of(*bytes));
            self.store(at, lanes);
            (at, start) = (at + LANES, start + LANES);
        }
        behind
    }

    /// Writes bytes of the source; returns the byte behind them.
    #[inline(always)]
    pub fn copy(&mut self, at: usize, bytes: Padded, start: usize, length: usize) -> usize {
        let mut copied = 0;
        while let Some(window) = bytes.window(start + copied) {
            self.store(at + copied, window.lanes(0));
            copied += LANES;
            if copied >= length {
                break;
            }
        }
        at + length
    }
}

/// Returns the eight digits of a number below 10^8, the first in the lowest byte.
#[inline(always)]
fn digits(number: u32) -> u64 {
    let fours = u64::from(number / 10_000) | u64::from(number % 10_000) << 32;
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = hundreds | (fours - hundreds * 100) << 16;
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    (tens | (pairs - tens * 10) << 8) | 0x3030_3030_3030_3030
}

/// A text that is written often.
#[derive(Debug)]
pub(super) struct Literal {
    first: Lanes,
    more: Box<[Lanes]>,
    pub length: usize,
}

impl Literal {
    /// Makes a text of up to five bytes.
    #[inline(always)]
    pub fn short(text: [u8; 5]) -> Self {
        let length = if text[4] == 0 { 4 } else { 5 };
        let mut padded = [0; LANES];
        padded[..5].copy_from_slice(&text);
        Literal { first: Lanes::of(padded), more: Box::default(), length }
    }

    pub fn new(text: &str) -> Self {
        let mut pieces = text.as_bytes().chunks(LANES).map(|piece| {
            let mut padded = [0; LANES];
            padded[..piece.len()].copy_from_slice(piece);
            Lanes::of(padded)
        });
        Literal { first: pieces.next().unwrap_or(Lanes::all(0)), more: pieces.collect(), length: text.len() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Out;

    proptest! {
        #[test]
        fn milliseconds_are_written_digit_by_digit(millis in prop_oneof![1_000_000_000_000_u64..9_999_999_999_999, 1_u64..100_000_000_000_000]) {
            let mut out = Out::default();
            let end = out.millis(3, millis);
            prop_assert_eq!(String::from_utf8_lossy(out.span(3, end)), millis.to_string());
        }
    }
}
