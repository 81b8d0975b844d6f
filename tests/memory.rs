//! Whole inputs through all readers, for Miri, beside the crate's own tests of bounds.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[path = "../fuzz/src/lib.rs"]
#[expect(dead_code, reason = "inputs are read without a mapping")]
mod fuzz;

use fuzz::Case;
use fuzz::common::{cuts, near_events, reference};
use split_events::{Buffer, Caps, Fast, Format, Rules, Unproved};

/// Reads the input by both paths, whole and cut, and asks the fast checker at every bracket, which no reader does.
fn read_in_all_ways(Case { input, rules, format, caps, sizes, .. }: &Case) {
    let whole = cuts::run(rules, *caps, *format, input, &[]);
    assert_eq!(whole, reference::run(rules, *caps, *format, input), "{}", String::from_utf8_lossy(input));
    assert_eq!(whole, cuts::run(rules, *caps, *format, input, sizes), "{}", String::from_utf8_lossy(input));
    let mut buffer = Buffer::default();
    buffer.room(input.len()).copy_from_slice(input);
    let mut fast = Fast::default();
    for start in (0..input.len()).filter(|&at| input[at] == b'{') {
        let _ = fast.prove(&buffer, start, rules);
    }
}

#[test]
fn each_seed_of_the_fuzzer_is_read_the_same_in_all_ways() {
    let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus-seed");
    let mut names: Vec<_> = fs::read_dir(seeds).unwrap().map(|seed| seed.unwrap().path()).collect();
    names.sort();
    assert!(!names.is_empty());
    for name in names {
        let bytes = fs::read(&name).unwrap();
        let table = name.file_name().unwrap().to_string_lossy().starts_with("table-");
        let case = if table { Case::of_table } else { Case::of };
        read_in_all_ways(&case(&bytes).unwrap());
        // broken off, with the same settings at its end
        let (text, settings) = bytes.split_last_chunk::<{ fuzz::SETTINGS }>().unwrap();
        read_in_all_ways(&case(&[&text[..text.len() * 2 / 3], settings].concat()).unwrap());
    }
}

#[test]
fn programs_of_nearly_good_events_are_read_the_same_in_all_ways() {
    for seed in 0..if cfg!(miri) { 6 } else { 200_u32 } {
        // numbers times a prime have all bytes in them; small bytes, which stand for clean parts, are twice as frequent
        let byte = |at: u32| ((seed * 257 + at + 1).wrapping_mul(2_654_435_761) >> 20) as u8;
        let program: Vec<u8> = (0..120).map(|at| if at % 3 == 0 { byte(at) } else { byte(at) % 128 }).collect();
        read_in_all_ways(&Case {
            input: near_events::write(&program),
            rules: Rules::default(),
            format: Format::Auto,
            caps: Caps { events: 3, bytes: 1_000 },
            sizes: vec![1, 13, 64],
            more: [0; 6],
        });
    }
}

#[test]
fn a_buffer_refuses_lengths_that_it_does_not_have_and_stays_as_it_was() {
    let event = br#"{"eventTypeId":"a","trafficTypeName":"user","key":"k","timestamp":1645557824000}"#;
    let mut buffer = Buffer::default();
    buffer.room(event.len()).copy_from_slice(event);
    let proof = |buffer: &Buffer| Fast::default().prove(buffer, 0, &Rules::default());
    let before = proof(&buffer);
    let refuses: [fn(&mut Buffer); 6] = [
        |buffer| buffer.shrink(buffer.data().len() + 1),
        |buffer| buffer.shrink(usize::MAX),
        |buffer| buffer.discard(buffer.data().len() + 1),
        |buffer| buffer.discard(usize::MAX),
        |buffer| _ = buffer.room(usize::MAX),
        |buffer| _ = buffer.room(usize::MAX - buffer.data().len() - 64),
    ];
    for refused in refuses {
        assert!(catch_unwind(AssertUnwindSafe(|| refused(&mut buffer))).is_err());
        assert_eq!((buffer.data(), proof(&buffer)), (&event[..], before));
    }
    buffer.shrink(1);
    assert_eq!((buffer.data(), proof(&buffer)), (&event[..event.len() - 1], Err(Unproved::RanOut)));
}
