//! 64 bits that stand for a key.

use xxhash_rust::xxh3::xxh3_64;

/// Returns the fingerprint of a key, which is never 0. The chance that another key has the fingerprint of one of ten
/// million keys is 1 in 10^12.
#[inline]
pub(super) fn fingerprint(key: &[u8]) -> u64 {
    xxh3_64(key).max(1)
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn keys_that_are_alike_have_fingerprints_that_differ_and_spread_evenly() {
        let mut all: Vec<u64> = (0..300_000)
            .flat_map(|n: u64| {
                [format!("{n}"), format!("user-{n:012}"), format!("{n:08x}-e29b-41d4-a716-446655440000")]
            })
            .map(|key| fingerprint(key.as_bytes()))
            .collect();
        let mut parts = [0_usize; 64];
        for &one in &all {
            parts[(one >> 58) as usize] += 1;
        }
        let even = all.len() / parts.len();
        assert!(parts.iter().all(|&part| part > even * 95 / 100 && part < even * 105 / 100), "{parts:?}");
        let keys = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), keys);
    }
}
