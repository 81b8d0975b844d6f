//! A table is read the same by both paths and wherever it is cut, and each of its rows is counted once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use split_events_fuzz::Case;
use split_events_fuzz::common::{
    cuts::{self, Run},
    reference,
};

fuzz_target!(|bytes: &[u8]| {
    let Some(Case { input, rules, format, caps, sizes, .. }) = Case::of_table(bytes) else { return };
    let whole = cuts::run(&rules, caps, format, &input, &[]);
    assert_eq!(whole, reference::run(&rules, caps, format, &input));
    assert_eq!(whole, cuts::run(&rules, caps, format, &input, &sizes));
    if input.len() < 512 {
        assert_eq!(whole, cuts::run(&rules, caps, format, &input, &[1]));
    }
    adds_up(&whole);
});

/// Checks that each event is clean, repaired or refused, and that the bodies have the ones that are not refused, in the
/// order of the rows.
fn adds_up(Run { report, batches }: &Run) {
    let report: Value = serde_json::from_str(report).unwrap();
    let count = |name: &str| report[name].as_u64().unwrap();
    assert_eq!(count("clean") + count("repaired") + count("refused"), count("events"));
    let mut next = 0;
    let mut sent = 0;
    for batch in batches {
        let events: Vec<Value> = serde_json::from_slice(&batch.body).unwrap();
        assert_eq!(events.len(), batch.entries.len());
        assert!(events.iter().all(Value::is_object));
        for (_, place) in batch.events() {
            assert!(next <= place.index && place.index < count("events"));
            next = place.index + 1;
            sent += 1;
        }
    }
    assert_eq!(sent, count("clean") + count("repaired"));
}
