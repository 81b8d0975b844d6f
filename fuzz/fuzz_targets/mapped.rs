//! Records of another system are mapped the same by both ways and wherever they are cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use split_events::Recognise;
use split_events_fuzz::Case;

fuzz_target!(|bytes: &[u8]| {
    let Some(case) = Case::of(bytes) else { return };
    case.hold_both_ways(|intake| intake.map_by(case.preset().mapping().unwrap(), case.overlay(), Recognise::Off));
});
