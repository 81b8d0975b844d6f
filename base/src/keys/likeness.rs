//! Finds the difference between two keys that may mean the same.

use std::collections::BinaryHeap;

use super::fingerprint::fingerprint;
use crate::host::Host;
use crate::text::is_white_space;

/// The difference between two keys of the same core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Difference {
    Case,
    Padding,
    Prefix,
    Punctuation,
}

impl Difference {
    /// All differences, the likeliest cause first.
    pub const ALL: [Difference; 4] =
        [Difference::Case, Difference::Padding, Difference::Prefix, Difference::Punctuation];

    /// Returns the difference between two keys of the same core.
    pub fn between(a: &str, b: &str, host: &dyn Host) -> Difference {
        let (a, b) = (host.lower(a), host.lower(b));
        if a == b {
            Difference::Case
        } else if unpadded(&a) == unpadded(&b) {
            Difference::Padding
        } else if letters(&a).eq(letters(&b)) {
            Difference::Punctuation
        } else {
            Difference::Prefix
        }
    }
}

/// Returns a key without quotes, white space and leading zeros.
fn unpadded(key: &str) -> &str {
    let key = key.trim_matches(|c: char| is_white_space(c) || matches!(c, '"' | '\''));
    match key.trim_start_matches('0') {
        "" => key,
        rest => rest,
    }
}

fn letters(key: &str) -> impl Iterator<Item = u8> {
    key.bytes().filter(|byte| is_letter(*byte))
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// The longest core, in bytes.
const CORE: usize = 12;

/// Returns the fingerprint of a key's core, which two keys share if they differ only in case, padding, prefix or
/// punctuation: of what stands before an `@` and behind a separator, the last letters and digits, or only the digits if
/// they follow letters.
pub(super) fn core(key: &str, host: &dyn Host) -> u64 {
    if !key.is_ascii() {
        return core_of(host.lower(key).as_bytes());
    }
    core_of(key.as_bytes())
}

fn core_of(key: &[u8]) -> u64 {
    let name = match key.iter().position(|&byte| byte == b'@') {
        Some(at) if at > 0 => &key[..at],
        _ => key,
    };
    let mut core = [0; CORE];
    let mut from = CORE;
    for &byte in name.iter().rev() {
        if is_letter(byte) && from > 0 {
            from -= 1;
            core[from] = byte.to_ascii_lowercase();
        } else if from < CORE {
            break;
        }
    }
    let core = &core[from..];
    let word = core.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let digits = &core[word..];
    let core = if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) { digits } else { core };
    let zeros = core.iter().take_while(|&&byte| byte == b'0').count();
    fingerprint(&core[zeros..])
}

/// The most keys that a sample holds.
const SAMPLE: usize = 1 << 14;

/// A sample of keys: those whose cores have the smallest fingerprints. So a key of another list is looked for only if
/// its core would be in the sample, too.
pub(super) struct Sample {
    keys: Vec<(u64, Box<str>)>,
    /// The largest core that the sample takes.
    last: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Sample { keys: Vec::new(), last: u64::MAX }
    }
}

impl Sample {
    /// Takes a key that was not taken before.
    pub fn add(&mut self, key: &str, host: &dyn Host) {
        let core = core(key, host);
        if core > self.last {
            return;
        }
        self.keys.push((core, key.into()));
        if self.keys.len() == SAMPLE * 2 {
            self.sort();
            self.last = self.keys[SAMPLE - 1].0;
            self.keys.truncate(SAMPLE);
        }
    }

    /// Sorts the keys. Call it before [`Sample::alike`].
    pub fn sort(&mut self) {
        // a tenth of the code of `sort_unstable`, and called a dozen times
        self.keys = BinaryHeap::from(std::mem::take(&mut self.keys)).into_sorted_vec();
    }

    #[expect(clippy::option_option, reason = "the sample cannot tell, and it has no similar key, are two answers")]
    /// Returns `None` if the sample cannot tell about this key; else a key of the sample that may mean the same, and
    /// how the two differ, or `Some(None)` if there is no such key.
    pub fn alike(&self, key: &str, host: &dyn Host) -> Option<Option<(Difference, &str)>> {
        let core = core(key, host);
        if core > self.last {
            return None;
        }
        let from = self.keys.partition_point(|(other, _)| *other < core);
        let same = self.keys[from..].iter().take_while(|(other, _)| *other == core).take(16);
        let alike = same.map(|(_, other)| (Difference::between(key, other, host), &**other));
        Some(alike.min_by_key(|(difference, _)| *difference as u8))
    }

    /// Returns some key of the sample; `None` if it is empty.
    pub fn any(&self) -> Option<&str> {
        self.keys.first().map(|(_, key)| &**key)
    }
}
