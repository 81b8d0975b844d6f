//! Data with zeros behind it, so that a scan needs no check for its end.

use crate::lanes::Lanes;

/// Bytes of a window.
pub const PADDING: usize = 64;
/// Zeros behind the data. They end every token, and fill the windows of the last byte.
const ZEROS: usize = 2 * PADDING;

/// Holds the data and, always, [`ZEROS`] zeros behind it.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Default for Buffer {
    fn default() -> Self {
        Buffer { bytes: vec![0; ZEROS], filled: 0 }
    }
}

impl Buffer {
    /// Returns the data without the zeros.
    #[inline]
    pub fn data(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    /// Returns the data, for scans that rely on the zeros.
    #[inline]
    pub fn padded(&self) -> Padded<'_> {
        Padded { bytes: &self.bytes[..self.filled + ZEROS], filled: self.filled }
    }

    /// Makes room for `length` bytes behind the data; the caller fills all of it.
    ///
    /// # Panics
    ///
    /// If there is no memory for that. The buffer is then unchanged.
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        let held = self.filled;
        let end = held.saturating_add(length).saturating_add(ZEROS);
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.filled = end - ZEROS;
        self.bytes[self.filled..end].fill(0);
        &mut self.bytes[held..self.filled]
    }

    /// Drops the last bytes, which the caller did not need.
    ///
    /// # Panics
    ///
    /// If there are fewer bytes than that. The buffer is then unchanged.
    pub fn shrink(&mut self, length: usize) {
        self.keep(self.left_without(length));
    }

    /// Drops all data, and keeps the memory.
    pub fn clear(&mut self) {
        self.keep(0);
    }

    /// Drops bytes from the front.
    ///
    /// # Panics
    ///
    /// If there are fewer bytes than that. The buffer is then unchanged.
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
        self.bytes[filled..filled + ZEROS].fill(0);
        self.filled = filled;
    }
}

/// The data of a [`Buffer`] and its zeros. No byte outside of them is read, whatever position is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Padded<'b> {
    /// `filled` bytes of data, and [`ZEROS`] zeros.
    bytes: &'b [u8],
    filled: usize,
}

impl<'b> Padded<'b> {
    /// Returns where the zeros begin.
    #[inline]
    pub fn filled(self) -> usize {
        self.filled
    }

    /// Returns the bytes from here on, or `None` behind the first zero: a scan that stops at a zero never comes there.
    #[inline(always)]
    pub fn window(self, at: usize) -> Option<Window<'b>> {
        self.wide(at).map(|wide| wide.behind(0))
    }

    /// Returns twice as many.
    #[inline(always)]
    #[expect(unsafe_code, reason = "slicing compares twice, which costs 4 % of the speed")]
    pub fn wide(self, at: usize) -> Option<Wide<'b>> {
        // SAFETY: `padded` alone makes these, of a slice of `filled + ZEROS` bytes: from any byte up to `filled` on
        // there are ZEROS of them
        (at <= self.filled).then(|| Wide(unsafe { &*self.bytes.as_ptr().add(at).cast() }))
    }

    /// Returns the byte here, or 0 behind the data.
    #[inline(always)]
    pub fn byte(self, at: usize) -> u8 {
        self.window(at).map_or(0, |window| window.byte(0))
    }

    /// Returns the bytes that a scan has found.
    #[inline(always)]
    pub fn span(self, start: usize, end: usize) -> &'b [u8] {
        &self.bytes[start..end]
    }
}

/// As many bytes as there are zeros behind the data, from one position on.
#[derive(Debug, Clone, Copy)]
pub struct Wide<'b>(&'b [u8; ZEROS]);

impl<'b> Wide<'b> {
    /// Returns the window that begins up to `PADDING - 1` bytes behind the first.
    #[inline(always)]
    pub fn behind(self, ahead: usize) -> Window<'b> {
        self.0[ahead % PADDING..].first_chunk().map_or(Window(&[0; PADDING]), Window)
    }
}

/// Half as many bytes, from one position on. That position is checked once: the compiler
/// leaves out the check of a distance that it can see to be small enough.
#[derive(Debug, Clone, Copy)]
pub struct Window<'b>(&'b [u8; PADDING]);

impl<'b> Window<'b> {
    /// Returns all of them.
    #[inline(always)]
    pub fn bytes(self) -> &'b [u8; PADDING] {
        self.0
    }

    /// Returns the byte at this distance.
    #[inline(always)]
    pub fn byte(self, ahead: usize) -> u8 {
        self.0[ahead]
    }

    /// Returns the first eight bytes, the first in the lowest bits.
    #[inline(always)]
    pub fn word(self) -> u64 {
        self.0.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    /// Returns sixteen bytes from this distance on, or zeros if there are fewer.
    #[inline(always)]
    pub fn lanes(self, ahead: usize) -> Lanes {
        self.0[ahead..].first_chunk().map_or(Lanes::all(0), |bytes| Lanes::of(*bytes))
    }
}
