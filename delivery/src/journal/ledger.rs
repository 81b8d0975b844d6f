//! Which events earlier imports have delivered, or may have.

use super::fingerprint::{Fingerprint, FingerprintCounts};
use super::{StoreKind, Write};
use crate::Part;
use split_events::Batch;

/// Where events go. An endpoint keeps apart what it was sent; under another key it may be another environment's, or the
/// same one's whose key was renewed: only the user knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination {
    endpoint: Fingerprint,
    key: u32,
}

impl Destination {
    /// Of this address, whose query and fragment do not count. `key` is a digest of the SDK key, salted by the run's name
    /// and so short that it proves nothing; 0 where the key is not known, which is the same as every other.
    pub fn new(endpoint: &str, key: u32) -> Self {
        let end = endpoint.find(['?', '#']).unwrap_or(endpoint.len());
        Destination { endpoint: Fingerprint::of(&endpoint.as_bytes()[..end]), key }
    }
}

/// What a ledger knows of an event; what says more is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// Nothing.
    No,
    /// An earlier import has delivered it there under another SDK key, or may have.
    OtherKey,
    /// The same under this one.
    Earlier,
}

const EARLIER: u32 = 1;
const OTHER_KEY: u32 = 2;

/// Fingerprints of events. An event that stands several times in one import has one for each time: only earlier
/// imports are consulted.
#[derive(Debug)]
pub struct Ledger {
    run: String,
    /// Milliseconds; what is older is forgotten.
    keeps: f64,
    now: f64,
    to: Destination,
    /// An earlier process of this import went elsewhere.
    moved: bool,
    /// What is known under another key counts as new.
    resends: bool,
    /// What goes to another endpoint is not in it.
    earlier: FingerprintCounts,
    own: FingerprintCounts,
    /// Keys that this import itself has written before it was broken off, in their order.
    written: Vec<String>,
    forgotten: Vec<Write>,
}

/// The bytes before the fingerprints: the time of writing, and where the events went. Entries without the second are of
/// unknown destination, and count for every one; their length tells them apart.
const TIME: usize = 8;
/// The endpoint's fingerprint, the digest of the key, and the version of this form.
const TO: usize = 24;
const VERSION: u32 = 1;

impl Ledger {
    /// Of the run with this name, which begins at this Unix time in milliseconds and goes there.
    pub fn new(run: &str, now: f64, keeps: f64, to: Destination) -> Self {
        Ledger {
            run: [run, "/"].concat(),
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

    /// An earlier process of this import went elsewhere: what is entered again counts for every destination.
    pub fn moved(&mut self) {
        self.moved = true;
    }

    /// The user sends again what is known under another key.
    pub fn resend_other_key(&mut self) {
        self.resends = true;
    }

    /// An entry of its store. `key_of_its_run` is the digest of this run's SDK key, salted by the name of the run that
    /// the entry's key begins with. Gives whether it is understood.
    pub fn load(&mut self, key: &str, value: &[u8], key_of_its_run: u32) -> bool {
        let Some((time, rest)) = value.split_first_chunk::<TIME>() else { return false };
        let (to, fingerprints) = match rest.split_first_chunk::<TO>() {
            Some((to, fingerprints)) if rest.len() % 16 == TO % 16 => (Some(to), fingerprints),
            _ => (None, rest),
        };
        let (fingerprints, rest) = fingerprints.as_chunks::<16>();
        if !rest.is_empty() || !is_key(key) {
            return false;
        }
        let number = |at: usize| to.map_or(0, |to| u32::from_le_bytes(std::array::from_fn(|byte| to[at + byte])));
        if to.is_some() && number(20) != VERSION {
            return false;
        }
        if key.starts_with(&self.run) {
            self.written.push(key.to_owned());
            return true;
        }
        if f64::from_le_bytes(*time) + self.keeps < self.now {
            self.forgotten.push(Write { store: StoreKind::Ledger, key: key.to_owned(), value: None });
            return true;
        }
        if to.is_some_and(|to| !to.starts_with(&self.to.endpoint.bytes())) {
            return true;
        }
        let its_key = number(16);
        let same = its_key == 0 || key_of_its_run == 0 || its_key == key_of_its_run;
        for fingerprint in fingerprints {
            self.earlier.mark(Fingerprint::from_bytes(*fingerprint), if same { EARLIER } else { OTHER_KEY });
        }
        true
    }

    /// What is too old.
    pub fn forgotten(&mut self) -> Vec<Write> {
        std::mem::take(&mut self.forgotten)
    }

    /// The fingerprint of each event of the next batch of this import, and whether an earlier import had it.
    pub fn look_up(&mut self, batch: &Batch) -> Vec<(Fingerprint, Known)> {
        let look_up = |(event, _): (&[u8], _)| {
            let fingerprint = Fingerprint::of(event);
            let fingerprint = fingerprint.again(self.own.add(fingerprint));
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

    /// The events of this part are about to be sent; `again` where an earlier process may have sent them.
    pub fn enter(&self, part: Part, fingerprints: &[Fingerprint], again: bool) -> Write {
        let mut value = Vec::with_capacity(TIME + TO + fingerprints.len() * 16);
        value.extend(self.now.to_le_bytes());
        if !(self.moved && again) {
            value.extend(self.to.endpoint.bytes());
            value.extend(self.to.key.to_le_bytes());
            value.extend(VERSION.to_le_bytes());
        }
        for fingerprint in fingerprints {
            value.extend(fingerprint.bytes());
        }
        Write { store: StoreKind::Ledger, key: self.key(part), value: Some(value) }
    }

    /// They were certainly not taken.
    pub fn remove(&self, part: Part) -> Write {
        Write { store: StoreKind::Ledger, key: self.key(part), value: None }
    }

    /// Makes what was written of this batch agree with its journal, by which these parts were taken or may have been: a
    /// crash can come between the two.
    pub fn agree(&self, batch: u64, parts: &[Part], fingerprints: &[Fingerprint]) -> Vec<Write> {
        let of_batch = [&self.run, &batch.to_string(), ":"].concat();
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
