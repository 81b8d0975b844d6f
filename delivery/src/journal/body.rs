//! The bytes of a kept body. `docs/JOURNAL.md` has their layout.

use super::kept_body::{KeptBody, read_table, write_table};
use super::version::{Unreadable, VERSION};
use super::version1;
use split_events::Entry;

const MAGIC: &[u8] = b"SEB";
/// Bytes before the id.
pub(super) const HEAD: usize = 12;

/// Writes a body, or a piece of one.
pub(super) fn write_body(id: &str, entries: &[Entry], body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD + id.len() + body.len());
    bytes.extend(MAGIC);
    bytes.push(VERSION as u8);
    for length in [id.len(), entries.len()] {
        bytes.extend((length as u32).to_le_bytes());
    }
    bytes.extend(id.as_bytes());
    write_table(entries, &mut bytes);
    bytes.extend_from_slice(body);
    bytes
}

/// Reads a body, or a piece of one, of any version.
pub(super) fn read_body(bytes: &[u8]) -> Result<KeptBody<'_>, Unreadable> {
    let Some((&version, rest)) = bytes.strip_prefix(MAGIC).and_then(<[u8]>::split_first) else {
        return Ok(version1::read_body(bytes));
    };
    match u32::from(version) {
        VERSION => read_version2(rest).ok_or(Unreadable::Damaged),
        newer if newer > VERSION => Err(Unreadable::Newer(newer)),
        _ => Err(Unreadable::Damaged),
    }
}

fn read_version2(bytes: &[u8]) -> Option<KeptBody<'_>> {
    let (id_length, bytes) = bytes.split_first_chunk::<4>()?;
    let (events, bytes) = bytes.split_first_chunk::<4>()?;
    let (id, bytes) = bytes.split_at_checked(u32::from_le_bytes(*id_length) as usize)?;
    let (entries, body) = read_table(bytes, u32::from_le_bytes(*events))?;
    Some(KeptBody { id: std::str::from_utf8(id).ok()?, entries, body })
}
