//! The events that earlier imports have delivered, or may have.

use super::destination::Destination;
use super::fingerprint::Fingerprint;
use super::fingerprint_counts::FingerprintCounts;
use super::known::Known;
use super::version::{Unreadable, VERSION};
use super::write::{StoreKind, Write};
use crate::part::Part;
use split_events::Batch;

const EARLIER: u32 = 1;
const OTHER_KEY: u32 = 2;

/// Fingerprints of events, those of earlier imports and this one's. An event that an import has several times has one
/// for each time, since only earlier imports are consulted.
#[derive(Debug)]
pub struct Ledger {
    /// The import's id and a slash.
    own_keys: String,
    /// How old an entry may be, in milliseconds.
    keeps: f64,
    now: f64,
    to: Destination,
    /// An earlier process of this import went elsewhere.
    moved: bool,
    /// Events known under another key count as new.
    resends: bool,
    /// Of events that went to this endpoint.
    earlier: FingerprintCounts,
    own: FingerprintCounts,
    /// Keys that earlier processes of this import have written, in their order.
    written: Vec<String>,
    forgotten: Vec<Write>,
}

/// Bytes of the time of writing, with which an entry begins.
const TIME: usize = 8;
/// Bytes of where the events went: the endpoint's fingerprint, the digest of the key, and the version of the format.
/// Version 1 left them out if that was not known, which the length of an entry tells.
const TO: usize = 24;
/// In place of an endpoint's fingerprint: the events may have gone to any.
const ANY_ENDPOINT: [u8; 16] = [0; 16];

impl Ledger {
    /// Makes the ledger of an import that begins or goes on now, in Unix milliseconds.
    pub fn new(import_id: &str, now: f64, keeps: f64, to: Destination) -> Self {
        Ledger {
            own_keys: [import_id, "/"].concat(),
            now,
            keeps,
            to,
            moved: false,
            resends: false,
            earlier: FingerprintCounts::default(),
            own: FingerprintCounts::default(),
            written: Vec::new(),
            forgotten: Vec::new(),
        }
    }

    /// Says that an earlier process of this import went elsewhere: what is entered again counts for every destination.
    pub fn moved(&mut self) {
        self.moved = true;
    }

    /// Treats events that are known under another key as new.
    pub fn resend_other_key(&mut self) {
        self.resends = true;
    }

    /// Reads an entry of the store. `salted_key` is the digest of this import's SDK key, salted by the id of the import
    /// that the entry's key begins with.
    pub fn load(&mut self, key: &str, value: &[u8], salted_key: u32) -> Result<(), Unreadable> {
        let (time, rest) = value.split_first_chunk::<TIME>().ok_or(Unreadable::Damaged)?;
        let (to, fingerprints) = match rest.split_first_chunk::<TO>() {
            Some((to, fingerprints)) if rest.len() % 16 == TO % 16 => (Some(to), fingerprints),
            _ => (None, rest),
        };
        let (fingerprints, rest) = fingerprints.as_chunks::<16>();
        if !rest.is_empty() || !is_key(key) {
            return Err(Unreadable::Damaged);
        }
        let number = |at: usize| to.map_or(1, |to| u32::from_le_bytes(std::array::from_fn(|byte| to[at + byte])));
        match number(20) {
            1..=VERSION => {}
            0 => return Err(Unreadable::Damaged),
            newer => return Err(Unreadable::Newer(newer)),
        }
        if key.starts_with(&self.own_keys) {
            self.written.push(key.to_owned());
            return Ok(());
        }
        if f64::from_le_bytes(*time) + self.keeps < self.now {
            self.forgotten.push(Write { store: StoreKind::Ledger, key: key.to_owned(), value: None });
            return Ok(());
        }
        let to_here = |to: &[u8; TO]| to.starts_with(&self.to.endpoint.bytes()) || to.starts_with(&ANY_ENDPOINT);
        if !to.is_none_or(to_here) {
            return Ok(());
        }
        let its_key = to.map_or(0, |_| number(16));
        let same = its_key == 0 || salted_key == 0 || its_key == salted_key;
        for fingerprint in fingerprints {
            self.earlier.mark(Fingerprint::from_bytes(*fingerprint), if same { EARLIER } else { OTHER_KEY });
        }
        Ok(())
    }

    /// Takes out the removal of what is too old.
    pub fn forgotten(&mut self) -> Vec<Write> {
        std::mem::take(&mut self.forgotten)
    }

    /// Returns the fingerprint of each event of the import's next batch, and whether an earlier import had it.
    pub fn look_up(&mut self, batch: &Batch) -> Vec<(Fingerprint, Known)> {
        let look_up = |(event, _): (&[u8], _)| {
            let fingerprint = Fingerprint::of(event);
            let fingerprint = fingerprint.repeated(self.own.add(fingerprint));
            let known = match self.earlier.count(fingerprint) {
                0 => Known::No,
                OTHER_KEY if self.resends => Known::No,
                OTHER_KEY => Known::OtherKey,
                _ => Known::Earlier,
            };
            (fingerprint, known)
        };
        batch.events().map(look_up).collect()
    }

    /// Enters the events of a part that is about to be sent; `again` if an earlier process may have sent them.
    pub fn enter(&self, part: Part, fingerprints: &[Fingerprint], again: bool) -> Write {
        let (endpoint, key) =
            if again && self.moved { (ANY_ENDPOINT, 0) } else { (self.to.endpoint.bytes(), self.to.key) };
        let mut value = Vec::with_capacity(TIME + TO + fingerprints.len() * 16);
        value.extend(self.now.to_le_bytes());
        value.extend(endpoint);
        value.extend(key.to_le_bytes());
        value.extend(VERSION.to_le_bytes());
        for fingerprint in fingerprints {
            value.extend(fingerprint.bytes());
        }
        Write { store: StoreKind::Ledger, key: self.key(part), value: Some(value) }
    }

    /// Removes the events of a part that was certainly not taken.
    pub fn remove(&self, part: Part) -> Write {
        Write { store: StoreKind::Ledger, key: self.key(part), value: None }
    }

    /// Makes the entries of a batch agree with its journal, by which these parts were taken or may have been: a crash can
    /// come between the two.
    pub fn agree(&self, batch: u64, parts: &[Part], fingerprints: &[Fingerprint]) -> Vec<Write> {
        let of_batch = [&self.own_keys, &batch.to_string(), ":"].concat();
        let keys: Vec<String> = parts.iter().map(|&part| self.key(part)).collect();
        let from = self.written.partition_point(|key| *key < of_batch);
        let own = self.written[from..].iter().take_while(|key| key.starts_with(&of_batch));
        let stale = own.clone().filter(|key| !keys.contains(key));
        let stale = stale.map(|key| Write { store: StoreKind::Ledger, key: key.clone(), value: None });
        let missing = parts.iter().zip(&keys).filter(|(_, key)| !own.clone().any(|known| known == *key));
        let missing =
            missing.filter_map(|(&part, _)| Some(self.enter(part, fingerprints.get(part.from..part.to)?, true)));
        stale.chain(missing).collect()
    }

    fn key(&self, part: Part) -> String {
        [&self.own_keys, &part.batch.to_string(), ":", &part.from.to_string(), "-", &part.to.to_string()].concat()
    }
}

/// Returns whether [`Ledger::key`] makes such keys. Another store must not be taken for a ledger, and emptied as too old.
fn is_key(key: &str) -> bool {
    let numbers = |(batch, events): (&str, &str)| {
        let (from, to) = events.split_once('-')?;
        Some([batch, from, to].iter().all(|number| number.parse::<u64>().is_ok()))
    };
    let part = key.rsplit_once('/').and_then(|(_, part)| part.split_once(':'));
    part.and_then(numbers) == Some(true)
}
