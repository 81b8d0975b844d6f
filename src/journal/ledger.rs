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
    /// Keys that this import itself has written before it was broken off, in their order.
    written: Vec<String>,
    forgotten: Vec<Write>,
}

/// The bytes before the fingerprints: the time of writing.
const HEAD: usize = 8;

impl Ledger {
    /// Of the run with this name, which begins at this Unix time in milliseconds.
    pub fn new(run: &str, now: f64, keeps: f64) -> Self {
        Ledger { run: [run, "/"].concat(), now, keeps, ..Ledger::default() }
    }

    /// An entry of its store. Gives whether it is understood.
    pub fn load(&mut self, key: &str, value: &[u8]) -> bool {
        let Some((time, prints)) = value.split_first_chunk::<HEAD>() else { return false };
        let (prints, rest) = prints.as_chunks::<16>();
        if !rest.is_empty() || !is_key(key) {
            return false;
        }
        if key.starts_with(&self.run) {
            self.written.push(key.to_owned());
            return true;
        }
        if f64::from_le_bytes(*time) + self.keeps < self.now {
            self.forgotten.push(Write { shelf: Shelf::Ledger, key: key.to_owned(), value: None });
            return true;
        }
        for print in prints {
            self.earlier.add(Print::from_bytes(*print));
        }
        true
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

    /// Makes what was written of this batch agree with its journal, by which these parts were taken or may have been: a
    /// crash can come between the two.
    pub fn agree(&self, batch: u64, parts: &[Part], prints: &[Print]) -> Vec<Write> {
        let of_batch = [&self.run, &batch.to_string(), ":"].concat();
        let keys: Vec<String> = parts.iter().map(|&part| self.key(part)).collect();
        let from = self.written.partition_point(|key| *key < of_batch);
        let own = self.written[from..].iter().take_while(|key| key.starts_with(&of_batch));
        let stale = own.clone().filter(|key| !keys.contains(key));
        let stale = stale.map(|key| Write { shelf: Shelf::Ledger, key: key.clone(), value: None });
        let missing = parts.iter().zip(&keys).filter(|(_, key)| !own.clone().any(|known| known == *key));
        let missing = missing.filter_map(|(&part, _)| Some(self.enter(part, prints.get(part.from..part.to)?)));
        stale.chain(missing).collect()
    }

    fn key(&self, part: Part) -> String {
        [&self.run, &part.batch.to_string(), ":", &part.from.to_string(), "-", &part.to.to_string()].concat()
    }
}

/// As [`Ledger::key`] makes them. A store of something else is not to be taken for a ledger, and emptied as too old.
fn is_key(key: &str) -> bool {
    let numbers = |(batch, events): (&str, &str)| {
        let (from, to) = events.split_once('-')?;
        Some([batch, from, to].iter().all(|number| number.parse::<u64>().is_ok()))
    };
    let part = key.rsplit_once('/').and_then(|(_, part)| part.split_once(':'));
    part.and_then(numbers) == Some(true)
}
