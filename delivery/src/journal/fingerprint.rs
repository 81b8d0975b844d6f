//! 128 bits that stand for some bytes, and how often each was seen.

use xxhash_rust::xxh3::xxh3_128;

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
const LAST: u64 = 0xD6E8_FEB8_6659_FD93; // odd, as STEP is

/// The fingerprint of some bytes. Among a thousand million others the same one has a chance of 1 in 10^20.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u64; 2]);

impl Fingerprint {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let fingerprint = xxh3_128(bytes);
        Fingerprint([fingerprint as u64, (fingerprint >> 64) as u64])
    }

    /// The same for the bytes that were seen so often before.
    pub fn again(self, times: u32) -> Self {
        if times == 0 {
            return self;
        }
        let step = u64::from(times).wrapping_mul(STEP);
        Fingerprint([mix(self.0[0] ^ step, LAST), mix(self.0[1].wrapping_add(step), STEP)])
    }

    /// As 32 hexadecimal digits.
    pub fn hex(self) -> String {
        let digit = |at: usize| {
            let nibble = (self.0[at / 16] >> (60 - at % 16 * 4)) & 15;
            char::from(b"0123456789abcdef"[nibble as usize])
        };
        (0..32).map(digit).collect()
    }

    /// From [`Fingerprint::hex`]; nothing where it is none.
    pub fn from_hex(text: &str) -> Option<Self> {
        let half = |at: usize| u64::from_str_radix(text.get(at..at + 16)?, 16).ok();
        Some(Fingerprint([half(0)?, half(16)?])).filter(|_| text.len() == 32)
    }

    /// As 16 bytes.
    pub fn bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.0[0].to_le_bytes());
        bytes[8..].copy_from_slice(&self.0[1].to_le_bytes());
        bytes
    }

    /// From [`Fingerprint::bytes`].
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[at * 8 + byte]));
        Fingerprint([word(0), word(1)])
    }
}

/// Every bit of `value` changes every bit of what comes out, and no two come out the same. A multiplication carries
/// upwards only, so the upper half is folded down between two of them. WebAssembly has none of 128 bits.
#[inline]
fn mix(value: u64, factor: u64) -> u64 {
    let once = value.wrapping_mul(factor);
    let twice = (once ^ once >> 32).wrapping_mul(factor);
    twice ^ twice >> 32
}

/// How often each fingerprint was counted: open addressing, at most three quarters full.
#[derive(Debug, Default)]
pub(super) struct FingerprintCounts {
    slots: Vec<([u64; 2], u32)>,
    used: usize,
}

impl FingerprintCounts {
    /// How often this one was counted, or which bits were set.
    pub fn count(&self, fingerprint: Fingerprint) -> u32 {
        if self.slots.is_empty() { 0 } else { self.slots[self.find(fingerprint)].1 }
    }

    /// Counts it once more; gives how often it was counted before.
    pub fn add(&mut self, fingerprint: Fingerprint) -> u32 {
        let count = self.slot(fingerprint);
        *count += 1;
        *count - 1
    }

    /// Sets these bits, one at least, of its count.
    pub fn mark(&mut self, fingerprint: Fingerprint, bits: u32) {
        *self.slot(fingerprint) |= bits;
    }

    /// Its count, which the caller makes more than zero.
    fn slot(&mut self, fingerprint: Fingerprint) -> &mut u32 {
        if self.used * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let at = self.find(fingerprint);
        let (key, count) = &mut self.slots[at];
        self.used += usize::from(*count == 0);
        *key = fingerprint.0;
        count
    }

    fn find(&self, fingerprint: Fingerprint) -> usize {
        let last = self.slots.len() - 1;
        let mut at = fingerprint.0[0] as usize & last;
        while self.slots[at].1 > 0 && self.slots[at].0 != fingerprint.0 {
            at = (at + 1) & last;
        }
        at
    }

    fn grow(&mut self) {
        let larger = vec![([0; 2], 0); (self.slots.len() * 2).max(64)];
        for (key, count) in std::mem::replace(&mut self.slots, larger) {
            if count > 0 {
                let at = self.find(Fingerprint(key));
                self.slots[at] = (key, count);
            }
        }
    }
}
