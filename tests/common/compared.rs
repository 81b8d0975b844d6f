//! Compares the fast way with the careful one.

use proptest::prelude::{TestCaseError, prop_assert_eq};
use split_events::Batch;

use crate::cuts::Run;

/// Compares two runs, and shows the first difference alone.
pub fn same(fast: &Run, careful: &Run) -> Result<(), TestCaseError> {
    let events = |run: &Run| -> Vec<_> {
        let of = run.batches.iter().flat_map(Batch::events);
        of.map(|(event, place)| (String::from_utf8_lossy(event).into_owned(), place)).collect()
    };
    for (fast, careful) in events(fast).into_iter().zip(events(careful)) {
        prop_assert_eq!(fast, careful);
    }
    let at = fast.report.bytes().zip(careful.report.bytes()).position(|(fast, careful)| fast != careful);
    let near = |report: &str| {
        at.and_then(|at| report.get(at.saturating_sub(60)..)).map(|text| text.chars().take(300).collect::<String>())
    };
    prop_assert_eq!(near(&fast.report), near(&careful.report));
    prop_assert_eq!(fast, careful);
    Ok(())
}
