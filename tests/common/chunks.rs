//! Reads a source through an [`Intake`], chunk by chunk.

use split_events::{Batch, Intake};

/// Reads a source that has begun to its end. Returns all batches.
pub fn batches<'c>(intake: &mut Intake, chunks: impl IntoIterator<Item = &'c [u8]>) -> Vec<Batch> {
    let mut batches = Vec::new();
    for chunk in chunks {
        intake.push(chunk);
        batches.extend(std::iter::from_fn(|| intake.next_batch()));
    }
    intake.end();
    batches.extend(std::iter::from_fn(|| intake.next_batch()));
    batches.extend(intake.last_batch());
    batches
}
