//! Which events earlier imports have delivered, or may have.

use super::print::{Print, Prints};
use super::{Shelf, Write};
use crate::batch::Batch;
use crate::delivery::Part;

/// Fingerprints of events. An event that stands several times in one import has one for each time: only earlier
/// imports are consulted.
#[derive(Debug, Default)]
pub struct Ledger {
    run: String,
    /// Milliseconds; what is older is forgotten.
    keeps: f64,
    now: f64,
    earlier: Prints,
    own: Prints,
    forgotten: Vec<Write>,
}

/// The bytes before the fingerprints: the time of writing.
const HEAD: usize = 8;

impl Ledger {
    /// Of the run with this name, which begins at this Unix time in milliseconds.
    pub fn new(run: &str, now: f64, keeps: f64) -> Self {
        Ledger { run: [run, "/"].concat(), now, keeps, ..Ledger::default() }
    }

    /// An entry of its store.
    pub fn load(&mut self, key: &str, value: &[u8]) {
        let Some((time, prints)) = value.split_first_chunk::<HEAD>() else { return };
        if key.starts_with(&self.run) {
            return; // of this import itself, before it was broken off
        }
        if f64::from_le_bytes(*time) + self.keeps < self.now {
            return self.forgotten.push(Write { shelf: Shelf::Ledger, key: key.to_owned(), value: None });
        }
        for print in prints.as_chunks::<16>().0 {
            self.earlier.add(Print::from_bytes(*print));
        }
    }

    /// What is too old.
    pub fn forgotten(&mut self) -> Vec<Write> {
        std::mem::take(&mut self.forgotten)
    }

    /// The fingerprint of each event of the next batch of this import, and whether an earlier import had it.
    pub fn look_up(&mut self, batch: &Batch) -> Vec<(Print, bool)> {
        let look_up = |(event, _): (&[u8], _)| {
            let print = Print::of(event);
            let print = print.again(self.own.add(print));
            (print, self.earlier.count(print) > 0)
        };
        batch.events().map(look_up).collect()
    }

    /// The events of this part are about to be sent.
    pub fn enter(&self, part: Part, prints: &[Print]) -> Write {
        let mut value = Vec::with_capacity(HEAD + prints.len() * 16);
        value.extend(self.now.to_le_bytes());
        for print in prints {
            value.extend(print.bytes());
        }
        Write { shelf: Shelf::Ledger, key: self.key(part), value: Some(value) }
    }

    /// They were certainly not taken.
    pub fn remove(&self, part: Part) -> Write {
        Write { shelf: Shelf::Ledger, key: self.key(part), value: None }
    }

    fn key(&self, part: Part) -> String {
        [&self.run, &part.batch.to_string(), ":", &part.from.to_string(), "-", &part.to.to_string()].concat()
    }
}
