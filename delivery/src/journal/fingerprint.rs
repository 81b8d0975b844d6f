//! 128 bits that stand for some bytes.

use xxhash_rust::xxh3::xxh3_128;

/// The XXH3 of some bytes. Among 10^9 others the chance of an equal one is 1 in 10^20.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u64; 2]);

impl Fingerprint {
    /// Computes the fingerprint of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let hash = xxh3_128(bytes);
        Fingerprint([hash as u64, (hash >> 64) as u64])
    }

    /// Returns the fingerprint of the same bytes for the import that has had them `times` times before. Ledgers hold
    /// these: a better function would no longer know what is written in them.
    pub fn repeated(self, times: u32) -> Self {
        if times == 0 {
            return self;
        }
        let step = u64::from(times).wrapping_mul(STEP);
        Fingerprint([mix(self.0[0] ^ step, LAST), mix(self.0[1].wrapping_add(step), STEP)])
    }

    /// Returns 32 hexadecimal digits.
    pub fn hex(self) -> String {
        let digit = |at: usize| {
            let nibble = (self.0[at / 16] >> (60 - at % 16 * 4)) & 15;
            char::from(b"0123456789abcdef"[nibble as usize])
        };
        (0..32).map(digit).collect()
    }

    /// Reads what [`Fingerprint::hex`] returns, or `None` if it is anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
        let half = |at: usize| u64::from_str_radix(text.get(at..at + 16)?, 16).ok();
        Some(Fingerprint([half(0)?, half(16)?])).filter(|_| text.len() == 32)
    }

    /// Returns 16 bytes.
    pub fn bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.0[0].to_le_bytes());
        bytes[8..].copy_from_slice(&self.0[1].to_le_bytes());
        bytes
    }

    /// Reads what [`Fingerprint::bytes`] returns.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[at * 8 + byte]));
        Fingerprint([word(0), word(1)])
    }
}

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
const LAST: u64 = 0xD6E8_FEB8_6659_FD93; // odd, as STEP is

/// Maps each number to another one, each bit of which depends on all bits. A multiplication carries upwards only, so the
/// upper half is folded down between two of them.
#[inline]
fn mix(value: u64, factor: u64) -> u64 {
    let once = value.wrapping_mul(factor);
    let twice = (once ^ once >> 32).wrapping_mul(factor);
    twice ^ twice >> 32
}
