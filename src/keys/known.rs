//! The keys that were evaluated.

use std::fmt;

use super::fingerprint::fingerprint;
use super::likeness::Sample;
use super::set::Set;
use super::shapes::Shapes;
use crate::host::{Host, Native};
use crate::limits::KEY_MAX;
use crate::text::is_white_space;

/// Keys by their fingerprints, and what it takes to say how other keys differ from them.
pub struct KnownKeys {
    pub(super) host: &'static dyn Host,
    set: Set,
    pub(super) sample: Sample,
    pub(super) shapes: Shapes,
}

impl KnownKeys {
    /// None yet. `host` says what the lower case of a key is.
    pub fn new(host: &'static dyn Host) -> Self {
        KnownKeys { host, set: Set::default(), sample: Sample::default(), shapes: Shapes::default() }
    }

    /// Adds a key; white space around it does not count, as in an event.
    pub fn add(&mut self, key: &str) {
        let key = key.trim_matches(is_white_space);
        // no event has a key that is longer; a UTF-16 unit is at most three bytes
        if key.is_empty() || key.len() > KEY_MAX * 3 || !self.set.insert(fingerprint(key.as_bytes())) {
            return;
        }
        self.shapes.count(key.as_bytes(), self.host);
        self.sample.add(key, self.host);
    }

    /// No more keys are added.
    pub fn finish(&mut self) {
        self.sample.sort();
    }

    /// Whether this is one of the keys.
    #[inline]
    pub fn contains(&self, key: &[u8]) -> bool {
        self.set.contains(fingerprint(key))
    }

    /// Number of different keys.
    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the fingerprints take, in bytes.
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
