//! Vectors of sixteen bytes: each operation is one instruction of WebAssembly's SIMD, and portable code natively.

use std::ops::{BitAnd, BitOr, BitXor};

#[cfg(not(target_feature = "simd128"))]
use portable as raw;
#[cfg(target_feature = "simd128")]
use simd as raw;

/// Bytes in a vector.
pub const LANES: usize = 16;

/// Sixteen bytes. A comparison returns 0xff for each byte for which it holds, and 0 for the others.
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct Lanes(raw::Bytes);

impl Lanes {
    /// Returns a vector of which every byte is this one.
    #[inline(always)]
    pub fn all(byte: u8) -> Lanes {
        Lanes(raw::splat(byte))
    }

    /// Returns a vector of these bytes.
    #[inline(always)]
    pub fn of(bytes: [u8; LANES]) -> Lanes {
        Lanes(raw::load(bytes))
    }

    /// Returns a mask of the lanes that lie inside a text of `length` bytes, up to 31, if the first lane is the byte
    /// `FIRST` of the text.
    #[inline(always)]
    pub fn within<const FIRST: usize>(length: usize) -> Lanes {
        static BYTES: [u8; 4 * LANES] = {
            let mut bytes = [0; 4 * LANES];
            let mut at = 0;
            while at < 2 * LANES {
                bytes[at] = 0xff;
                at += 1;
            }
            bytes
        };
        let from = 2 * LANES + FIRST - length % (2 * LANES);
        BYTES[from..].first_chunk().map_or(Lanes::all(0), |bytes| Lanes::of(*bytes))
    }

    /// Compares each byte with the other's: whether they are the same.
    #[inline(always)]
    pub fn same(self, other: Lanes) -> Lanes {
        Lanes(raw::equal(self.0, other.0))
    }

    /// Compares signed bytes: whether this one is less. Bytes that are not ASCII are less than all that are.
    #[inline(always)]
    pub fn less(self, others: Lanes) -> Lanes {
        Lanes(raw::less(self.0, others.0))
    }

    /// Compares each byte with this one: whether it is at most as large.
    #[inline(always)]
    pub fn up_to(self, byte: u8) -> Lanes {
        self.same(Lanes(raw::lesser(self.0, raw::splat(byte))))
    }

    /// Compares each byte with the other's: whether it is at most as large.
    #[inline(always)]
    pub fn at_most(self, others: Lanes) -> Lanes {
        self.same(Lanes(raw::lesser(self.0, others.0)))
    }

    /// Subtracts each of the other bytes, modulo 256.
    #[inline(always)]
    pub fn minus(self, others: Lanes) -> Lanes {
        Lanes(raw::minus(self.0, others.0))
    }

    /// Returns the highest bit of each byte, that of the first as the lowest.
    #[inline(always)]
    pub fn mask(self) -> u32 {
        raw::mask(self.0)
    }

    /// Returns whether every byte is zero.
    #[inline(always)]
    pub fn is_zero(self) -> bool {
        raw::is_zero(self.0)
    }

    /// Returns the bytes.
    #[inline(always)]
    pub fn bytes(self) -> [u8; LANES] {
        raw::bytes(self.0)
    }

    /// Returns the first eight bytes and the other eight, each with its first byte in the lowest bits.
    #[inline(always)]
    pub fn words(self) -> [u64; 2] {
        raw::words(self.0)
    }
}

impl BitAnd for Lanes {
    type Output = Lanes;

    #[inline(always)]
    fn bitand(self, other: Lanes) -> Lanes {
        Lanes(raw::and(self.0, other.0))
    }
}

impl BitOr for Lanes {
    type Output = Lanes;

    #[inline(always)]
    fn bitor(self, other: Lanes) -> Lanes {
        Lanes(raw::or(self.0, other.0))
    }
}

impl BitXor for Lanes {
    type Output = Lanes;

    #[inline(always)]
    fn bitxor(self, other: Lanes) -> Lanes {
        Lanes(raw::xor(self.0, other.0))
    }
}

#[cfg(target_feature = "simd128")]
mod simd {
    use std::arch::wasm32;

    pub use std::arch::wasm32::{
        i8x16_eq as equal, i8x16_lt as less, i8x16_sub as minus, u8x16_min as lesser, u8x16_splat as splat,
        v128 as Bytes, v128_and as and, v128_or as or, v128_xor as xor,
    };

    #[inline(always)]
    #[expect(unsafe_code, reason = "of anything else LLVM makes two loads")]
    pub fn load(bytes: [u8; 16]) -> Bytes {
        // SAFETY: both are sixteen bytes, of which any will do
        unsafe { std::mem::transmute::<[u8; 16], Bytes>(bytes) }
    }

    #[inline(always)]
    #[expect(unsafe_code, reason = "of anything else LLVM makes two stores")]
    pub fn bytes(bytes: Bytes) -> [u8; 16] {
        // SAFETY: both are sixteen bytes, of which any will do
        unsafe { std::mem::transmute::<Bytes, [u8; 16]>(bytes) }
    }

    #[inline(always)]
    pub fn mask(bytes: Bytes) -> u32 {
        u32::from(wasm32::i8x16_bitmask(bytes))
    }

    #[inline(always)]
    pub fn is_zero(bytes: Bytes) -> bool {
        !wasm32::v128_any_true(bytes)
    }

    #[inline(always)]
    pub fn words(bytes: Bytes) -> [u64; 2] {
        [wasm32::u64x2_extract_lane::<0>(bytes), wasm32::u64x2_extract_lane::<1>(bytes)]
    }
}

#[cfg(not(target_feature = "simd128"))]
mod portable {
    use std::array::from_fn;

    pub type Bytes = [u8; 16];

    pub fn splat(byte: u8) -> Bytes {
        [byte; 16]
    }

    pub fn load(bytes: [u8; 16]) -> Bytes {
        bytes
    }

    pub fn bytes(bytes: Bytes) -> [u8; 16] {
        bytes
    }

    pub fn equal(one: Bytes, other: Bytes) -> Bytes {
        from_fn(|at| if one[at] == other[at] { 0xff } else { 0 })
    }

    pub fn less(one: Bytes, other: Bytes) -> Bytes {
        from_fn(|at| if (one[at] as i8) < other[at] as i8 { 0xff } else { 0 })
    }

    pub fn lesser(one: Bytes, other: Bytes) -> Bytes {
        from_fn(|at| one[at].min(other[at]))
    }

    pub fn minus(one: Bytes, other: Bytes) -> Bytes {
        from_fn(|at| one[at].wrapping_sub(other[at]))
    }

    pub fn and(one: Bytes, other: Bytes) -> Bytes {
        from_fn(|at| one[at] & other[at])
    }

    pub fn or(one: Bytes, other: Bytes) -> Bytes {
        from_fn(|at| one[at] | other[at])
    }

    pub fn xor(one: Bytes, other: Bytes) -> Bytes {
        from_fn(|at| one[at] ^ other[at])
    }

    pub fn mask(bytes: Bytes) -> u32 {
        (0..16).fold(0, |mask, at| mask | u32::from(bytes[at] >> 7) << at)
    }

    pub fn is_zero(bytes: Bytes) -> bool {
        bytes == [0; 16]
    }

    pub fn words(bytes: Bytes) -> [u64; 2] {
        let (words, _) = bytes.as_chunks();
        [u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1])]
    }
}
