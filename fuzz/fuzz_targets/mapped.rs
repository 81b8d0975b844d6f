//! Records of another system are mapped the same by both ways and wherever they are cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use split_events::{Batcher, Intake, Recognise};
use split_events_fuzz::Case;
use split_events_fuzz::common::cuts::{self, Run};

fuzz_target!(|bytes: &[u8]| {
    let Some(case) = Case::of(bytes) else { return };
    let careful = run(&case, true, &[]);
    assert_eq!(run(&case, false, &[]), careful);
    assert_eq!(run(&case, false, &case.sizes), careful);
});

fn run(case: &Case, is_careful: bool, sizes: &[usize]) -> Run {
    let mut intake = Intake::new(case.rules.clone(), Batcher::new(case.caps, "run".to_owned()));
    if is_careful {
        intake.be_careful();
    }
    intake.map_by(case.preset().mapping().unwrap(), case.overlay(), Recognise::Off);
    cuts::through(&mut intake, case.format, &case.input, sizes)
}
