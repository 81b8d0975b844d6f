//! The known keys.

use std::fmt;

use super::fingerprint::fingerprint;
use super::likeness::Sample;
use super::set::Set;
use super::shapes::Shapes;
use crate::host::Host;
use crate::limits::KEY_MAX;
use crate::native::Native;
use crate::text::is_white_space;

/// The fingerprints of the known keys, and a sample of the keys to find out how other keys differ.
pub struct KnownKeys {
    pub(super) host: &'static dyn Host,
    set: Set,
    pub(super) sample: Sample,
    pub(super) shapes: Shapes,
}

impl KnownKeys {
    /// Returns an empty set. `host` converts keys to lower case.
    pub fn new(host: &'static dyn Host) -> Self {
        KnownKeys { host, set: Set::default(), sample: Sample::default(), shapes: Shapes::default() }
    }

    /// Adds a key, without the white space around it, as in an event.
    pub fn add(&mut self, key: &str) {
        let key = key.trim_matches(is_white_space);
        // no event has a longer key: a UTF-16 unit is at most three bytes
        if key.is_empty() || key.len() > KEY_MAX * 3 || !self.set.insert(fingerprint(key.as_bytes())) {
            return;
        }
        self.shapes.count(key.as_bytes(), self.host);
        self.sample.add(key, self.host);
    }

    /// Sorts the sample. Call it once all keys are added.
    pub fn finish(&mut self) {
        self.sample.sort();
    }

    /// Returns true if this is one of the keys.
    #[inline]
    pub fn contains(&self, key: &[u8]) -> bool {
        self.set.contains(fingerprint(key))
    }

    /// Returns the number of different keys.
    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// Returns true if there is no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the memory that the fingerprints take, in bytes.
    pub fn bytes(&self) -> usize {
        self.set.bytes()
    }
}

impl fmt::Debug for KnownKeys {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} known keys", self.len())
    }
}

impl<'k> FromIterator<&'k str> for KnownKeys {
    fn from_iter<I: IntoIterator<Item = &'k str>>(keys: I) -> Self {
        let mut known = KnownKeys::new(&Native);
        keys.into_iter().for_each(|key| known.add(key));
        known.finish();
        known
    }
}
