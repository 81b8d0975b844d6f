//! The entries of a journal, each as the change that writes or removes it.

use super::batch_record::BatchRecord;
use super::body::{HEAD, write_body};
use super::version::VERSION;
use super::write::{StoreKind, Write};
use super::write_json::JsonObject;
use split_events::Batch;

/// What the journal of an outbox says that it is of.
pub const OUTBOX: &str = "{\"version\":2,\"outbox\":true}";

pub(super) const IMPORT: &str = "import";
pub(super) const RECEIPT: &str = "receipt";
pub(super) const COUNTS: &str = "counts";
pub(super) const BATCH: &str = "batch";
pub(super) const BODY: &str = "body";
pub(super) const SOURCE: &str = "source";
pub(super) const PAUSE: &str = "pause";
pub(super) const ENDED: &str = "ended";
pub(super) const EARLY: &str = "early";

/// Bytes of a piece's entry before the piece itself.
pub const PIECE_HEAD: usize = HEAD;

/// The numbers of pieces begin here, so that the order of their keys is theirs.
const FIRST_PIECE: usize = 100_000;

/// What the journal is of: JSON with a `version`, as its owner writes it.
pub fn import(description: &str) -> Write {
    put(IMPORT.to_owned(), description.as_bytes().to_vec())
}

/// The receipt, as JSON, of an import that has come to its end.
pub fn receipt(receipt: &str) -> Write {
    let mut json = record();
    json.json("receipt", receipt);
    put_json(RECEIPT.to_owned(), json)
}

/// Takes the receipt back: the import goes on.
pub fn no_receipt() -> Write {
    remove(RECEIPT.to_owned())
}

/// What the check has found in the batches that are planned, as [`Report::counts`](split_events::Report::counts) writes it.
pub fn counts(counts: &str) -> Write {
    let mut json = record();
    json.json("counts", counts);
    put_json(COUNTS.to_owned(), json)
}

/// The input was read to its end.
pub fn ended() -> Write {
    put_json(ENDED.to_owned(), record())
}

/// The name of the source with this number.
pub fn source(number: u32, name: &str) -> Write {
    let mut json = record();
    json.text("name", name);
    put_json(numbered(SOURCE, number.into()), json)
}

/// The pause until this Unix time in milliseconds, which is `wait` milliseconds from now.
pub fn pause(until: f64, wait: f64) -> Write {
    let mut json = record();
    json.number("until", until.ceil() as u64);
    json.number("wait", wait.ceil() as u64);
    put_json(PAUSE.to_owned(), json)
}

/// A batch and the states of its parts.
pub fn batch(record: &BatchRecord) -> Write {
    put(numbered(BATCH, record.number), record.text())
}

/// Removes the batch with this number.
pub fn no_batch(number: u64) -> Write {
    remove(numbered(BATCH, number))
}

/// The body of a batch with the places of its events.
pub fn body(batch: &Batch) -> Write {
    put(numbered(BODY, batch.number), write_body("", &batch.entries, &batch.body))
}

/// Removes the body of the batch with this number, which is in one piece.
pub fn no_body(number: u64) -> Write {
    no_piece(number, 0)
}

/// A piece of the body of the batch with this number; the first piece is 0.
pub fn piece(number: u64, at: usize, piece: &[u8]) -> Write {
    put(piece_key(number, at), write_body("", &[], piece))
}

/// Removes a piece of the body of the batch with this number.
pub fn no_piece(number: u64, at: usize) -> Write {
    remove(piece_key(number, at))
}

/// A batch that was made before the journal was read, under a number of its own.
pub fn early(number: u64, id: &str, body: &[u8]) -> Write {
    put(numbered(EARLY, number), write_body(id, &[], body))
}

/// Removes that batch, which is among the others now.
pub fn no_early(number: u64) -> Write {
    remove(numbered(EARLY, number))
}

fn record() -> JsonObject {
    let mut json = JsonObject::new();
    json.number("version", VERSION.into());
    json
}

fn put_json(key: String, json: JsonObject) -> Write {
    put(key, json.end().into_bytes())
}

fn put(key: String, value: Vec<u8>) -> Write {
    Write { store: StoreKind::Journal, key, value: Some(value) }
}

fn remove(key: String) -> Write {
    Write { store: StoreKind::Journal, key, value: None }
}

fn piece_key(number: u64, at: usize) -> String {
    let behind = if at == 0 { String::new() } else { [".", &(FIRST_PIECE + at).to_string()].concat() };
    [numbered(BODY, number), behind].concat()
}

/// Numbers in keys have leading zeros, so that the order of the keys is theirs.
fn numbered(name: &str, number: u64) -> String {
    let digits = number.to_string();
    let zeros = "000000000000".get(digits.len()..).unwrap_or_default();
    [name, "/", zeros, &digits].concat()
}
