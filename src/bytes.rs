//! Bytes that were pushed and not yet read, with zeros behind them.

use crate::lanes::Lanes;

/// Zeros behind the data: they end every token, and fill the window of its last byte.
pub(crate) const PADDING: usize = 64;

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
    pub(crate) fn padded(&self) -> Padded<'_> {
        Padded { bytes: &self.bytes[..self.filled + PADDING], filled: self.filled }
    }

    /// Makes room for `length` bytes behind the data; the caller fills all of it.
    ///
    /// # Panics
    ///
    /// If there is no memory for that. All is then as it was.
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        let held = self.filled;
        let end = held.saturating_add(length).saturating_add(PADDING);
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.filled = end - PADDING;
        self.bytes[self.filled..end].fill(0);
        &mut self.bytes[held..self.filled]
    }

    /// Takes back the last bytes of the room, which the caller did not need.
    ///
    /// # Panics
    ///
    /// If there are fewer bytes than that. All is then as it was.
    pub fn shrink(&mut self, length: usize) {
        self.keep(self.left_without(length));
    }

    /// Drops all, and keeps the room.
    pub fn clear(&mut self) {
        self.keep(0);
    }

    /// Drops bytes from the front.
    ///
    /// # Panics
    ///
    /// If there are fewer bytes than that. All is then as it was.
    pub fn discard(&mut self, length: usize) {
        let left = self.left_without(length);
        self.bytes.copy_within(length..self.filled, 0);
        self.keep(left);
    }

    fn left_without(&self, length: usize) -> usize {
        assert!(length <= self.filled, "there are fewer bytes than are to be dropped");
        self.filled - length
    }

    /// Keeps the first bytes; there are at least as many.
    fn keep(&mut self, filled: usize) {
        self.bytes[filled..filled + PADDING].fill(0);
        self.filled = filled;
    }
}

/// The data of a [`Buffer`] and its zeros. Whatever position is asked for, no byte outside of them is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Padded<'b> {
    /// As many bytes as are filled, and [`PADDING`] zeros.
    bytes: &'b [u8],
    filled: usize,
}

impl<'b> Padded<'b> {
    /// Where the zeros begin.
    #[inline]
    pub fn filled(self) -> usize {
        self.filled
    }

    /// The bytes from here on. `None` behind the first zero, where no scan comes that stops at it.
    #[inline(always)]
    #[expect(unsafe_code, reason = "slicing compares twice, which costs 4 % of the speed")]
    pub fn window(self, at: usize) -> Option<Window<'b>> {
        // SAFETY: `padded` alone makes these, of a slice of `filled + PADDING` bytes: from any byte up to `filled` on
        // there are PADDING of them
        (at <= self.filled).then(|| Window(unsafe { &*self.bytes.as_ptr().add(at).cast() }))
    }

    /// The byte here; 0 behind the data.
    #[inline(always)]
    pub fn byte(self, at: usize) -> u8 {
        self.window(at).map_or(0, |window| window.byte(0))
    }

    /// What a scan has found.
    #[inline(always)]
    pub fn span(self, start: usize, end: usize) -> &'b [u8] {
        &self.bytes[start..end]
    }
}

/// Some bytes of the data that lie together, zeros of the padding among them. One look at where they begin is enough
/// for all: where the distance has a bound below their number, the compiler leaves out the check of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'b>(&'b [u8; PADDING]);

impl Window<'_> {
    /// The byte so far ahead.
    #[inline(always)]
    pub fn byte(self, ahead: usize) -> u8 {
        self.0[ahead]
    }

    /// The first eight bytes, the first in the lowest bits.
    #[inline(always)]
    pub fn word(self) -> u64 {
        self.0.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    /// The sixteen bytes so far ahead; zeros where there are fewer.
    #[inline(always)]
    pub fn lanes(self, ahead: usize) -> Lanes {
        self.0[ahead..].first_chunk().map_or(Lanes::all(0), |bytes| Lanes::of(*bytes))
    }
}
