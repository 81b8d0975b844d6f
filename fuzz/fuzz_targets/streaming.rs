//! Where an input is cut makes no difference to the report, the bodies and the places.
#![no_main]

use libfuzzer_sys::fuzz_target;
use split_events_fuzz::Case;
use split_events_fuzz::common::cuts;

fuzz_target!(|bytes: &[u8]| {
    let Some(Case { input, rules, format, caps, sizes, .. }) = Case::of(bytes) else { return };
    let whole = cuts::run(&rules, caps, format, &input, &[]);
    assert_eq!(whole, cuts::run(&rules, caps, format, &input, &sizes));
    if input.len() < 512 {
        assert_eq!(whole, cuts::run(&rules, caps, format, &input, &[1]));
    }
});
