//! Where events are written.

use crate::bytes::Padded;
use crate::lanes::{LANES, Lanes};

/// Bytes that are written before they are copied to a batch: few enough to stay in the processor's cache.
pub(super) const OUT_BYTES: usize = 32 * 1024;

/// Where properties are written that come before a field. An event of which more is written here is too long.
pub(super) const SIDE: usize = OUT_BYTES + 256;

/// Where all is written that comes behind: what stands there is lost.
const LAST: usize = SIDE + 8 * 1024;

/// Bytes for the name of a field or property, for a text of up to sixteen bytes, and a quote.
const CELL: usize = 160;

/// Events with a comma before each. An event that ends behind [`OUT_BYTES`] is forgotten.
#[derive(Debug)]
pub(super) struct Out(Box<[u8; LAST + CELL]>);

impl Default for Out {
    fn default() -> Self {
        Out(boxed(vec![0; LAST + CELL]))
    }
}

/// Makes an array on the heap, without one on the stack.
fn boxed(bytes: Vec<u8>) -> Box<[u8; LAST + CELL]> {
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

    /// Returns where the next cell is written.
    #[inline(always)]
    pub fn cell(&mut self, at: usize) -> &mut [u8; CELL] {
        let at = at.min(LAST);
        self.0[at..].first_chunk_mut().unwrap_or_else(|| unreachable!("there are as many bytes behind the last"))
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
        let cell = self.cell(at);
        text.store(cell);
        if text.length > SHORT {
            self.more(at, text);
        }
        at + text.length
    }

    #[inline(never)]
    fn more(&mut self, at: usize, text: &Literal) {
        self.bytes(at, text.all.as_bytes());
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

/// The first bytes of a text, which are written at once.
pub(super) const SHORT: usize = 4 * LANES;

/// A text that is written often.
#[derive(Debug)]
pub(super) struct Literal {
    /// Its first bytes.
    start: [Lanes; SHORT / LANES],
    /// All of it, if it is longer.
    all: Box<str>,
    pub length: usize,
}

impl Literal {
    /// Makes a text of up to five bytes.
    #[inline(always)]
    pub fn short(text: [u8; 5]) -> Self {
        let length = if text[4] == 0 { 4 } else { 5 };
        let mut padded = [0; LANES];
        padded[..5].copy_from_slice(&text);
        Literal { start: [Lanes::of(padded), Lanes::all(0), Lanes::all(0), Lanes::all(0)], all: Box::default(), length }
    }

    #[inline(never)]
    pub fn new(text: &str) -> Self {
        let mut start = [Lanes::all(0); SHORT / LANES];
        for (lanes, piece) in start.iter_mut().zip(text.as_bytes().chunks(LANES)) {
            let mut padded = [0; LANES];
            padded[..piece.len()].copy_from_slice(piece);
            *lanes = Lanes::of(padded);
        }
        let all = if text.len() > SHORT { text } else { "" };
        Literal { start, all: all.into(), length: text.len() }
    }

    /// Writes its first bytes, of which those that are too many are written over by what comes next.
    #[inline(always)]
    pub fn store(&self, cell: &mut [u8; CELL]) {
        put(cell, 0, self.start[0]);
        if self.length > LANES {
            put(cell, LANES, self.start[1]);
            if self.length > 2 * LANES {
                put(cell, 2 * LANES, self.start[2]);
                put(cell, 3 * LANES, self.start[3]);
            }
        }
    }
}

/// Writes sixteen bytes of a cell.
#[inline(always)]
pub(super) fn put(cell: &mut [u8; CELL], at: usize, lanes: Lanes) {
    if let Some(place) = cell.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *place = lanes.bytes();
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
