//! Entries of version 1 of the format, which had no version in them.

use super::batch_record::BatchRecord;
use super::fingerprint::Fingerprint;
use super::kept_body::{KeptBody, read_table};
use super::read_json::{attempt, field, number, number_of, part, place, text_of};
use super::write_json::JsonObject;
use split_events::json::{self, Kind, Member, Value};

/// What the journal of an outbox said that it was of.
pub(super) const OUTBOX: &str = "{\"version\":\"outbox 1\"}";

/// Reads a batch: a line of JSON with lists as objects, and a line for each part.
pub(super) fn read_batch(number_in_key: u64, text: &str) -> Option<BatchRecord> {
    let mut lines = text.lines();
    let batch = json::parse(lines.next()?).ok()?;
    let runs = |name| {
        let mut runs = Vec::new();
        for Member { name: from, value: to, .. } in members(&batch, name) {
            runs.push((from.parse().ok()?, number_of(to)? as usize));
        }
        Some(runs)
    };
    let mut parts = Vec::new();
    for line in lines {
        let value = json::parse(line).ok()?;
        let mut attempts = Vec::new();
        for member in members(&value, "attempts") {
            attempts.push(attempt(&member.value)?);
        }
        parts.push(part(number_in_key, &value, attempts)?);
    }
    Some(BatchRecord {
        number: number_in_key,
        fingerprint: Fingerprint::from_hex(text_of(field(&batch, "print")?)?)?,
        events: number(&batch, "events")? as usize,
        bytes: number(&batch, "bytes")? as usize,
        from: place(field(&batch, "from")?)?,
        to: place(field(&batch, "to")?)?,
        duplicates: runs("duplicates")?,
        other_key: runs("otherKey")?,
        parts,
    })
}

/// Returns the members of the object of this name, which may be missing.
fn members<'v, 'a>(value: &'v Value<'a>, name: &str) -> &'v [Member<'a>] {
    match field(value, name).map(|value| &value.kind) {
        Some(Kind::Object(members)) => members,
        _ => &[],
    }
}

/// Reads a pause: when it ends and how long it was, as `until wait`.
pub(super) fn read_pause(text: &str) -> Option<(u64, u64)> {
    let (until, wait) = text.split_once(' ')?;
    Some((until.parse().ok()?, wait.parse().ok()?))
}

/// Turns counts, written as `name=count `, into JSON.
pub(super) fn counts_json(text: &str) -> Option<String> {
    let mut json = JsonObject::new();
    for count in text.split_terminator(' ') {
        let (name, count) = count.split_once('=')?;
        json.number(name, count.parse().ok()?);
    }
    Some(json.end())
}

/// Reads a body: in an import the number of its events, their table and the body, in an outbox the body alone.
pub(super) fn read_body(bytes: &[u8]) -> KeptBody<'_> {
    let with_table = bytes.split_first_chunk::<4>().and_then(|(events, rest)| {
        let (entries, body) = read_table(rest, u32::from_le_bytes(*events))?;
        entries.last().filter(|last| last.end + 1 == body.len())?;
        Some(KeptBody { id: "", entries, body })
    });
    with_table.unwrap_or(KeptBody { id: "", entries: Vec::new(), body: bytes })
}

/// Reads a batch that was made before the journal was read: its id, a line end and the body.
pub(super) fn read_early(bytes: &[u8]) -> Option<KeptBody<'_>> {
    let end = memchr::memchr(b'\n', bytes)?;
    let (id, body) = bytes.split_at_checked(end)?;
    Some(KeptBody { id: std::str::from_utf8(id).ok()?, entries: Vec::new(), body: body.get(1..)? })
}
