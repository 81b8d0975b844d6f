//! Fingerprints of events that differ little.

use std::collections::HashSet;

use split_events_delivery::journal::Fingerprint;

fn event(user: u32, time: u64) -> Vec<u8> {
    format!(r#"{{"eventTypeId":"page","trafficTypeName":"user","key":"user-{user:07}","timestamp":{time}}}"#)
        .into_bytes()
}

#[test]
fn events_that_differ_little_have_very_different_fingerprints() {
    let mut halves = [HashSet::new(), HashSet::new()];
    let mut count = 0;
    for user in 0..600 {
        for time in 0..600_u64 {
            let Fingerprint(fingerprint) = Fingerprint::of(&event(user, 1_700_000_000_000 + time));
            for (half, seen) in fingerprint.iter().zip(&mut halves) {
                seen.insert(*half);
            }
            count += 1;
        }
    }
    assert_eq!(halves.map(|seen| seen.len()), [count, count]);
}

#[test]
fn each_bit_of_an_event_changes_about_half_of_its_fingerprint() {
    let whole = event(1_234_567, 1_700_000_000_000);
    let Fingerprint(fingerprint) = Fingerprint::of(&whole);
    for bit in 0..whole.len() * 8 {
        let mut other = whole.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        let Fingerprint(changed) = Fingerprint::of(&other);
        for half in 0..2 {
            let differing = (fingerprint[half] ^ changed[half]).count_ones();
            assert!((10..=54).contains(&differing), "bit {bit} changes {differing} of half {half}");
        }
    }
}

#[test]
fn the_length_counts_even_if_zeros_are_added() {
    let fingerprints: HashSet<[u64; 2]> = (0..64).map(|length| Fingerprint::of(&vec![0; length]).0).collect();
    assert_eq!(fingerprints.len(), 64);
}

#[test]
fn the_same_event_again_has_another_fingerprint_each_time() {
    let fingerprint = Fingerprint::of(b"event");
    let fingerprints: HashSet<[u64; 2]> = (0..10_000).map(|times| fingerprint.repeated(times).0).collect();
    assert_eq!(fingerprints.len(), 10_000);
    assert_eq!(fingerprint.repeated(0), fingerprint);
}
