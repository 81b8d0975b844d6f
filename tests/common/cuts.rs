//! A whole input through an [`Intake`], cut anywhere.

use split_events::{Batch, Batcher, Caps, Format, Intake, Rules};

/// Everything that can be seen of a run: the report as its JSON, and the batches.
#[derive(Debug, PartialEq)]
pub struct Run {
    pub report: String,
    pub batches: Vec<Batch>,
}

impl Run {
    /// Lines and bytes of the issues, bodies and places are all in here.
    pub fn of(report: &split_events::Report, batches: Vec<Batch>) -> Self {
        Run { report: serde_json::to_string(report).unwrap(), batches }
    }
}

/// Pushes the input in chunks of these sizes, over and over; a size of 0 is an empty chunk.
pub fn run(rules: &Rules, caps: Caps, format: Format, bytes: &[u8], sizes: &[usize]) -> Run {
    through(&mut Intake::new(rules.clone(), Batcher::new(caps, "run".to_owned())), format, bytes, sizes)
}

/// The same through this one.
pub fn through(intake: &mut Intake, format: Format, bytes: &[u8], sizes: &[usize]) -> Run {
    let mut batches = Vec::new();
    intake.begin(None, format);
    let mut rest = bytes;
    for &size in sizes.iter().cycle() {
        if rest.is_empty() || sizes.iter().all(|&size| size == 0) {
            break;
        }
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        rest = after;
        intake.push(chunk);
        batches.extend(std::iter::from_fn(|| intake.next_batch()));
    }
    intake.push(rest);
    batches.extend(std::iter::from_fn(|| intake.next_batch()));
    intake.end();
    batches.extend(std::iter::from_fn(|| intake.next_batch()));
    batches.extend(intake.last_batch());
    Run::of(intake.report(), batches)
}
