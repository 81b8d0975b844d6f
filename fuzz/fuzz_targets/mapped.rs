//! Records of another system are mapped the same by both ways and wherever they are cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use split_events::map::{Mapping, Preset};
use split_events::{Batcher, Intake};
use split_events_fuzz::Case;
use split_events_fuzz::common::cuts::{self, Run};

fuzz_target!(|bytes: &[u8]| {
    let Some(case) = Case::of(bytes) else { return };
    for preset in ["segment", "amplitude", "rudderstack"] {
        let Some(mut mapping) = Preset::named(preset).and_then(Preset::mapping) else { continue };
        assert!(mapping.set("trafficTypeName", "\"user\""));
        let careful = run(&case, &mapping, true, &[]);
        assert_eq!(run(&case, &mapping, false, &[]), careful);
        assert_eq!(run(&case, &mapping, false, &case.sizes), careful);
    }
});

fn run(case: &Case, mapping: &Mapping, is_careful: bool, sizes: &[usize]) -> Run {
    let mut intake = Intake::new(case.rules.clone(), Batcher::new(case.caps, "run".to_owned()));
    if is_careful {
        intake.be_careful();
    }
    intake.map(mapping.clone());
    cuts::through(&mut intake, case.format, &case.input, sizes)
}
