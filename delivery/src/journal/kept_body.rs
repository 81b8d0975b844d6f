//! A batch's body as it is kept, and the table of its events.

use split_events::{Batch, Entry, Place};

/// Bytes of the table for each event.
const ROW: usize = 32;

/// A body that is kept.
#[derive(Debug)]
pub(super) struct KeptBody<'a> {
    /// The id of its batch; empty if the batch's record or number tells it.
    pub id: &'a str,
    /// The ends and places of its events; empty in an outbox.
    pub entries: Vec<Entry>,
    /// The body, or a piece of it.
    pub body: &'a [u8],
}

impl KeptBody<'_> {
    /// Returns the batch with this id, this number and `events` events, unless the body is that of another.
    pub fn batch(self, id: String, number: u64, events: usize) -> Option<Batch> {
        let KeptBody { entries, body, .. } = self;
        let whole = entries.len() == events && entries.last().is_some_and(|last| last.end + 1 == body.len());
        whole.then(|| Batch { id, number, body: body.to_vec(), entries })
    }
}

/// Writes the table of these events.
pub(super) fn write_table(entries: &[Entry], bytes: &mut Vec<u8>) {
    bytes.reserve(entries.len() * ROW);
    for &Entry { end, place } in entries {
        let (line, offset) = place.text.unwrap_or_default();
        bytes.extend((end as u32).to_le_bytes());
        bytes.extend(place.source.to_le_bytes());
        for number in [place.index, line, offset] {
            bytes.extend(number.to_le_bytes());
        }
    }
}

/// Splits off the table of this many events, if it is there.
pub(super) fn read_table(bytes: &[u8], events: u32) -> Option<(Vec<Entry>, &[u8])> {
    let (table, rest) = bytes.split_at_checked((events as usize).checked_mul(ROW)?)?;
    let small = |row: &[u8; ROW], at: usize| u32::from_le_bytes(std::array::from_fn(|byte| row[at + byte]));
    let large = |row: &[u8; ROW], at: usize| u64::from_le_bytes(std::array::from_fn(|byte| row[at + byte]));
    let entry = |row: &[u8; ROW]| {
        let (line, offset) = (large(row, 16), large(row, 24));
        // a text's first line is 1
        let text = (line > 0).then_some((line, offset));
        Entry { end: small(row, 0) as usize, place: Place { index: large(row, 8), source: small(row, 4), text } }
    };
    Some((table.as_chunks::<ROW>().0.iter().map(entry).collect(), rest))
}
