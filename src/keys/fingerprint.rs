//! 64 bits that stand for a key.

const SEED: u64 = 0x243F_6A88_85A3_08D3;
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
const LAST: u64 = 0xD6E8_FEB8_6659_FD93;

/// The fingerprint; never 0. Among ten million keys another key has the same one with a chance of 1 in 10^12.
#[inline]
pub(super) fn fingerprint(key: &[u8]) -> u64 {
    let mut state = SEED ^ key.len() as u64;
    let (words, rest) = key.as_chunks::<8>();
    for word in words {
        state = fold(state ^ u64::from_le_bytes(*word), STEP);
    }
    let rest = rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
    fold(fold(state ^ rest, STEP) ^ SEED, LAST).max(1)
}

/// A multiplication whose upper half is not lost: a plain one would carry nothing downwards.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
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
