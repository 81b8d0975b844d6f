//! The rule of names: an object has none twice.

use crate::codes::Code;
use crate::finding::Findings;
use crate::json::Value;
use crate::limits::EVENT_SIZE_MAX;

/// Notes every name that an object has twice: it is unknown which of the two the service would take. Returns true if
/// there is one.
pub fn duplicates<'m>(
    named: impl Iterator<Item = (&'m str, &'m Value<'m>)> + Clone,
    prefix: &str,
    found: &mut Findings,
) -> bool {
    // mostly the bits show that all names differ
    let mut bits = 0;
    let mut is_new = |name: &str| {
        let before = bits;
        bits |= name_bit(name.as_bytes());
        bits != before
    };
    if named.clone().all(|(name, _)| is_new(name)) {
        return false;
    }
    let mut names = Names::default();
    let mut any = false;
    for (name, value) in named {
        if !names.add(name) {
            found.at_path(Code::DuplicateField, [prefix, name].concat(), value);
            any = true;
        }
    }
    any
}

/// The names of one object.
#[derive(Debug, Default)]
pub struct Names<'m> {
    names: Vec<&'m str>,
    bits: u64,
}

impl<'m> Names<'m> {
    /// Adds a name. Returns true if it is new. Names beyond the size of an event are not compared.
    pub fn add(&mut self, name: &'m str) -> bool {
        let bit = name_bit(name.as_bytes());
        let twice = self.bits & bit != 0 && self.names.contains(&name);
        self.bits |= bit;
        if 2 * self.names.len() <= EVENT_SIZE_MAX {
            if self.names.is_empty() {
                self.names.reserve(16);
            }
            self.names.push(name);
        }
        !twice
    }
}

/// Returns one of 64 bits for a name. A name whose bit is not set yet is new.
#[inline]
pub fn name_bit(name: &[u8]) -> u64 {
    // with this factor the fields of an event have seven different bits
    const SPREAD: u64 = 0xff51_afd7_ed55_8ccd;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(SPREAD);
    let (words, rest) = name.as_chunks::<8>();
    let hash = words.iter().fold(name.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    1 << (mix(hash, rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))) >> 58)
}
