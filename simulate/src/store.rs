//! A store that loses what was not synced when the process dies.

use std::collections::BTreeMap;

use fastrand::Rng;
use split_events_delivery::journal::{StoreKind, Write};

#[derive(Debug, Default, Clone)]
pub struct Store {
    durable: BTreeMap<String, Vec<u8>>,
    /// The writes that are not durable yet, in order.
    waiting: Vec<(String, Option<Vec<u8>>)>,
}

impl Store {
    pub fn write(&mut self, writes: &[Write], store: StoreKind) {
        let mine = writes.iter().filter(|write| write.store == store);
        self.waiting.extend(mine.map(|write| (write.key.clone(), write.value.clone())));
    }

    /// Returns the number of writes that a sync covers if it begins now.
    pub fn mark(&self) -> usize {
        self.waiting.len()
    }

    /// Makes the first `mark` writes durable.
    pub fn sync(&mut self, mark: usize) {
        for (key, value) in self.waiting.drain(..mark.min(self.waiting.len())) {
            match value {
                Some(value) => self.durable.insert(key, value),
                None => self.durable.remove(&key),
            };
        }
    }

    /// Ends the process: of the writes that are not durable, some of the first survive.
    pub fn crash(&mut self, rng: &mut Rng) {
        let survives = rng.usize(0..=self.waiting.len());
        self.sync(survives);
        self.waiting.clear();
    }

    pub fn entries(&self) -> impl Iterator<Item = (&String, &Vec<u8>)> {
        self.durable.iter()
    }
}
