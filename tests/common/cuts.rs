//! Reads a whole input through an [`Intake`], cut anywhere.

use split_events::{Batch, Batcher, Caps, Format, Intake, Rules};

/// The result of reading an input: the report as JSON, and the batches.
#[derive(Debug, PartialEq)]
pub struct Run {
    pub report: String,
    pub batches: Vec<Batch>,
}

impl Run {
    /// Keeps everything that can be compared: the issues with their places, and the batches.
    pub fn of(report: &split_events::Report, batches: Vec<Batch>) -> Self {
        Run { report: serde_json::to_string(report).unwrap(), batches }
    }
}

/// Reads the input in chunks of these sizes, over and over. A size of 0 is an empty chunk.
pub fn run(rules: &Rules, caps: Caps, format: Format, bytes: &[u8], sizes: &[usize]) -> Run {
    through(&mut Intake::new(rules.clone(), Batcher::new(caps, "run".to_owned())), format, bytes, sizes)
}

/// Reads the input in the same way through this intake.
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
