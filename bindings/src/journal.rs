//! Reads the journals that earlier processes have left.

use wasm_bindgen::prelude::*;

use split_events_delivery::journal::{Recovered, Unreadable, VERSION};

/// A journal that an earlier process has left.
#[wasm_bindgen]
pub struct RawJournal(pub(super) Recovered);

#[wasm_bindgen]
impl RawJournal {
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "JavaScript has no defaults")]
    pub fn new() -> RawJournal {
        RawJournal(Recovered::default())
    }

    /// Reads an entry, and returns as [`why_not`]. Entries must come in the order of their keys.
    pub fn load(&mut self, key: &str, value: Vec<u8>) -> Option<u32> {
        why_not(self.0.load(key, value))
    }

    #[wasm_bindgen(getter)]
    pub fn description(&self) -> String {
        self.0.description.clone()
    }

    #[wasm_bindgen(getter)]
    pub fn receipt(&self) -> Option<String> {
        self.0.receipt.clone()
    }

    /// Returns true if it is the journal of an outbox or a client.
    #[wasm_bindgen(getter, js_name = isOutbox)]
    pub fn is_outbox(&self) -> bool {
        self.0.is_outbox()
    }

    /// Counts the events of the batch with this id that the journal of a client holds, ended or not.
    pub fn events(&self, id: &str) -> usize {
        let mut batches = self.0.batches.iter();
        batches.find(|record| record.from.1.as_deref() == Some(id)).map_or(0, |record| record.events)
    }
}

/// Returns `undefined` for an entry that was read, the version of an entry that a newer version wrote, and 0 for any
/// other.
pub fn why_not(loaded: Result<(), Unreadable>) -> Option<u32> {
    match loaded {
        Ok(()) => None,
        Err(Unreadable::Newer(version)) => Some(version),
        Err(Unreadable::Damaged) => Some(0),
    }
}

/// Returns the version in which journals and ledgers are written. Earlier ones are read, too.
#[wasm_bindgen(js_name = journalVersion)]
pub fn journal_version() -> u32 {
    VERSION
}
