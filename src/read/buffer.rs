//! Bytes that were pushed and not yet read, with zeros behind them.

use crate::lanes::{LANES, Lanes};

/// Zeros behind the data: they end every token, so that no scan leaves the buffer.
const PADDING: usize = 64;

/// Holds the data and, always, [`PADDING`] zeros behind it.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Default for Buffer {
    fn default() -> Self {
        Buffer { bytes: vec![0; PADDING], filled: 0 }
    }
}

impl Buffer {
    /// The data without the zeros.
    #[inline]
    pub fn data(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    /// The data, for scans that rely on the zeros.
    #[inline]
    pub fn padded(&self) -> Padded<'_> {
        Padded { bytes: &self.bytes, filled: self.filled }
    }

    /// Makes room for so many bytes behind the data; the caller fills all of it.
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        let held = self.filled;
        self.filled += length;
        if self.bytes.len() < self.filled + PADDING {
            self.bytes.resize(self.filled + PADDING, 0);
        }
        self.bytes[self.filled..self.filled + PADDING].fill(0);
        &mut self.bytes[held..self.filled]
    }

    /// Takes back so many bytes of the last room, which the caller did not need.
    pub fn shrink(&mut self, length: usize) {
        self.filled -= length;
        self.bytes[self.filled..self.filled + PADDING].fill(0);
    }

    /// Drops all, and keeps the room.
    pub fn clear(&mut self) {
        self.discard(self.filled);
    }

    /// Drops so many bytes from the front.
    pub fn discard(&mut self, length: usize) {
        self.bytes.copy_within(length..self.filled, 0);
        let left = self.filled - length;
        self.bytes[left..left + PADDING].fill(0);
        self.filled = left;
    }
}

/// Data with [`PADDING`] zeros behind it. A scan that stops at a zero at the latest can look at any byte up to there,
/// and at as many from any of them as there are zeros, without a check of bounds.
#[derive(Debug, Clone, Copy)]
pub struct Padded<'b> {
    bytes: &'b [u8],
    filled: usize,
}

#[expect(unsafe_code, reason = "a check of bounds per byte costs a third of the speed")]
impl<'b> Padded<'b> {
    /// Where the zeros begin.
    #[inline]
    pub fn filled(self) -> usize {
        self.filled
    }

    /// The byte here; `at` is at most a few bytes behind the first zero.
    #[inline(always)]
    pub fn byte(self, at: usize) -> u8 {
        debug_assert!(at < self.filled + PADDING);
        // SAFETY: scans advance over bytes that are not zero, and the zeros begin at `filled`
        unsafe { *self.bytes.get_unchecked(at) }
    }

    /// The eight bytes from here, the first in the lowest bits.
    #[inline(always)]
    pub fn word(self, at: usize) -> u64 {
        debug_assert!(at + 8 <= self.filled + PADDING);
        // SAFETY: as above
        u64::from_le(unsafe { self.bytes.as_ptr().add(at).cast::<u64>().read_unaligned() })
    }

    /// The sixteen bytes from here.
    #[inline(always)]
    pub fn lanes(self, at: usize) -> Lanes {
        debug_assert!(at + LANES <= self.filled + PADDING);
        // SAFETY: as above; a gap of a template is no longer than the padding
        unsafe { self.bytes.as_ptr().add(at).cast::<Lanes>().read_unaligned() }
    }

    /// What a scan has found.
    #[inline(always)]
    pub fn span(self, start: usize, end: usize) -> &'b [u8] {
        &self.bytes[start..end]
    }
}
