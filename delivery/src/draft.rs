//! How an outbox writes bodies: in pieces, and as drafts while their batch still grows.

use crate::driver::Driver;
use crate::held::new_record;
use crate::journal::{BatchRecord, Fingerprint, entry};
use split_events::Place;

/// Numbers batches, and writes each with its body.
#[derive(Debug)]
pub(crate) struct Drafts {
    next: u64,
    /// Bodies are stored in pieces of this number of bytes.
    piece: usize,
    draft: Option<Draft>,
}

/// What the store has of a batch that still grows.
#[derive(Debug)]
struct Draft {
    number: u64,
    id: String,
    bytes: usize,
    pieces: usize,
}

impl Drafts {
    /// Numbers from `next` on, and stores each body in one piece.
    pub fn new(next: u64) -> Self {
        Drafts { next, piece: usize::MAX, draft: None }
    }

    pub fn store_in_pieces(&mut self, bytes: usize) {
        self.piece = bytes.saturating_sub(entry::PIECE_HEAD).max(1);
    }

    /// Writes a batch that is complete. Returns its record, and in how many pieces the store has its body.
    pub fn plan(&mut self, driver: &mut Driver, id: &str, events: usize, body: &[u8]) -> (BatchRecord, usize) {
        let (record, pieces) = self.write(driver, id, events, body);
        self.draft.take_if(|draft| draft.number == record.number);
        (record, pieces)
    }

    /// Writes a batch that still grows, as it is now.
    pub fn draft(&mut self, driver: &mut Driver, id: String, events: usize, body: &[u8]) {
        let (record, pieces) = self.write(driver, &id, events, body);
        self.draft = Some(Draft { number: record.number, id, bytes: body.len(), pieces });
    }

    /// Removes the draft.
    pub fn drop_draft(&mut self, driver: &mut Driver) {
        if let Some(Draft { number, pieces, .. }) = self.draft.take() {
            remove(driver, number, pieces);
        }
    }

    /// Under the number of the draft if it is the same batch, of which only what is new is written; else under the next.
    fn write(&mut self, driver: &mut Driver, id: &str, events: usize, body: &[u8]) -> (BatchRecord, usize) {
        let (number, written) = match &self.draft {
            // its last byte was the closing bracket
            Some(draft) if draft.id == id => (draft.number, draft.bytes.saturating_sub(1) / self.piece),
            _ => {
                self.next += 1;
                (self.next - 1, 0)
            }
        };
        let place = Place { index: 0, source: 0, text: None };
        let spots = ((place, Some(id.to_owned())), (place, None));
        let record = new_record(number, Fingerprint::of(body), events, body.len(), spots);
        // in this order: a record without its body could not be taken up
        let pieces = body.chunks(self.piece);
        let count = pieces.len();
        for (at, piece) in pieces.enumerate().skip(written) {
            driver.write(entry::piece(number, at, piece));
        }
        driver.write(entry::batch(&record));
        (record, count)
    }
}

/// Removes a batch and its body from the store.
pub(crate) fn remove(driver: &mut Driver, number: u64, pieces: usize) {
    driver.write(entry::no_batch(number));
    for at in 0..pieces {
        driver.write(entry::no_piece(number, at));
    }
}
