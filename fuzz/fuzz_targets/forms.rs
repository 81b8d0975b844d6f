//! A source is read the same by both ways and wherever it is cut, however a user says that it is written, and whether it
//! is recognised or not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use split_events::map::Mapping;
use split_events_fuzz::Case;

fuzz_target!(|bytes: &[u8]| {
    let is_table = bytes.last().is_some_and(|last| last & 128 != 0);
    let Some(mut case) = (if is_table { Case::of_table(bytes) } else { Case::of(bytes) }) else { return };
    case.encode();
    case.hold_both_ways(|intake| {
        intake.map_by(Mapping::own(), case.overlay(), case.recognise());
        intake.set_form(case.form());
    });
});
