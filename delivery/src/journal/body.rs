//! A batch with its body, where its source cannot be read again.

use super::record::BatchRecord;
use split_events::Place;
use split_events::{Batch, Entry};

/// How many bytes stand before the body for each of its events.
const ENTRY: usize = 32;

/// The batch as bytes: how many events it has, where each ends and where it came from, and the body.
pub(crate) fn write_body(batch: &Batch) -> Vec<u8> {
    let entries = &batch.entries;
    let mut bytes = Vec::with_capacity(4 + entries.len() * ENTRY + batch.body.len());
    bytes.extend((entries.len() as u32).to_le_bytes());
    for &Entry { end, place } in entries {
        // without a place in a text the line is 0, which no text has
        let (line, offset) = place.text.unwrap_or_default();
        bytes.extend((end as u32).to_le_bytes());
        bytes.extend(place.source.to_le_bytes());
        for number in [place.index, line, offset] {
            bytes.extend(number.to_le_bytes());
        }
    }
    bytes.extend_from_slice(&batch.body);
    bytes
}

/// From [`write_body`]; nothing where it is none.
pub(crate) fn read_body(id: String, record: &BatchRecord, bytes: &[u8]) -> Option<Batch> {
    let (count, bytes) = bytes.split_first_chunk::<4>()?;
    let (table, body) = bytes.split_at_checked(u32::from_le_bytes(*count) as usize * ENTRY)?;
    let small = |row: &[u8; ENTRY], at: usize| u32::from_le_bytes(std::array::from_fn(|byte| row[at + byte]));
    let large = |row: &[u8; ENTRY], at: usize| u64::from_le_bytes(std::array::from_fn(|byte| row[at + byte]));
    let entry = |row: &[u8; ENTRY]| {
        let (line, offset) = (large(row, 16), large(row, 24));
        let text = (line > 0).then_some((line, offset));
        Entry { end: small(row, 0) as usize, place: Place { index: large(row, 8), source: small(row, 4), text } }
    };
    let entries: Vec<Entry> = table.as_chunks::<ENTRY>().0.iter().map(entry).collect();
    let whole = entries.len() == record.fresh() && entries.last().is_some_and(|last| last.end + 1 == body.len());
    whole.then(|| Batch { id, number: record.number, body: body.to_vec(), entries })
}
