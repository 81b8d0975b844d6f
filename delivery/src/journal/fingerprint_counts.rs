//! How often fingerprints were seen, or what is known of them.

use super::fingerprint::Fingerprint;

/// A number for each fingerprint: a table with open addressing, at most three quarters full. A fingerprint is a hash
/// already, and its first bits are the place.
#[derive(Debug, Default)]
pub(super) struct FingerprintCounts {
    slots: Vec<([u64; 2], u32)>,
    used: usize,
}

impl FingerprintCounts {
    /// Returns how often this one was counted, or which bits were set.
    pub fn count(&self, fingerprint: Fingerprint) -> u32 {
        if self.slots.is_empty() { 0 } else { self.slots[self.find(fingerprint)].1 }
    }

    /// Counts it once more, and returns how often it was counted before.
    pub fn add(&mut self, fingerprint: Fingerprint) -> u32 {
        let count = self.slot(fingerprint);
        *count += 1;
        *count - 1
    }

    /// Sets these bits, at least one, of its number.
    pub fn mark(&mut self, fingerprint: Fingerprint, bits: u32) {
        *self.slot(fingerprint) |= bits;
    }

    /// Returns its number, which the caller makes more than zero.
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
