//! What comes into an outbox: what an earlier process left, and what a caller adds.

use crate::compact::compact;
use crate::draft::{Drafts, remove};
use crate::driver::Driver;
use crate::held::Held;
use crate::journal::{self, BatchRecord, Recovered, entry};
use crate::outbox::Outbox;
use crate::pace::Retry;
use crate::part::{Body, Part};
use crate::policy::Policy;

/// Most characters of a batch's id.
const ID_MAX: usize = 200;

/// Whether a batch was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is planned.
    Planned,
    /// A batch with this id is held.
    Held,
    /// Its id is empty, too long, or has characters that are not printable ASCII.
    NoId,
    /// Its body is no JSON array of this number of objects.
    NoBatch,
}

impl Outbox {
    /// Makes an outbox of what an earlier process left. `now` is Unix time in milliseconds, as every time that is given
    /// to it; the deadline of the policy is a span, for each call. Returns `None` if the store is not that of an outbox,
    /// or is damaged.
    pub fn new(policy: Policy, mut recovered: Recovered, now: f64) -> Option<Self> {
        let is_new = recovered.description.is_empty() && recovered.batches.is_empty();
        if !is_new && !recovered.is_outbox() {
            return None;
        }
        let (attempts, deadline) = (policy.retry.attempts, policy.deadline);
        let retry = Retry { attempts: u32::MAX, ..policy.retry };
        let mut driver = Driver::new(Policy { deadline: None, retry, ..policy }, true, None);
        driver.machine.asked_pause(recovered.paused_until(now) - now, now);
        driver.write_all(recovered.settle_crashed());
        if is_new {
            driver.write(entry::import(entry::OUTBOX));
        }
        let drafts = Drafts::new(recovered.last() + 1);
        let mut outbox = Outbox::empty(driver, drafts, deadline, attempts);
        outbox.take_up(recovered)?;
        Some(outbox)
    }

    fn take_up(&mut self, mut recovered: Recovered) -> Option<()> {
        let early = recovered.take_early();
        let mut bodies = recovered.take_bodies().into_iter().peekable();
        for mut record in recovered.batches {
            record.forget_dropped();
            while let Some(alone) = bodies.next_if(|body| body.number < record.number) {
                remove(&mut self.driver, alone.number, alone.pieces);
            }
            let journal::Body { bytes, pieces, .. } = bodies.next_if(|body| body.number == record.number)?;
            let body = compact(&bytes).filter(|body| body.events() == record.events)?;
            if record.is_done() {
                remove(&mut self.driver, record.number, pieces);
                continue;
            }
            let id = record.from.1.clone()?;
            self.waiting.extend(record.waiting());
            self.hold(id, body, record, pieces);
        }
        for alone in bodies {
            remove(&mut self.driver, alone.number, alone.pieces);
        }
        for (number, id, body) in early {
            let events = compact(&body)?.events();
            self.add(id, events, &body);
            self.driver.write(entry::no_early(number));
        }
        Some(())
    }

    /// Stores bodies in pieces from now on, as a store needs that may lose values of more than `bytes`.
    pub fn store_in_pieces(&mut self, bytes: usize) {
        self.drafts.store_in_pieces(bytes);
    }

    /// Plans a batch: durable with the next sync.
    pub fn add(&mut self, id: String, events: usize, body: &[u8]) -> Added {
        let is_printable = id.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if id.is_empty() || id.len() > ID_MAX || !is_printable {
            return Added::NoId;
        }
        let Some(body) = compact(body).filter(|body| body.events() == events) else {
            return Added::NoBatch;
        };
        if self.find(&id).is_some() || self.driver.held.0.iter().any(|held| held.id == id) {
            return Added::Held;
        }
        let (record, pieces) = self.drafts.plan(&mut self.driver, &id, events, &body.text);
        self.waiting.push_back(Part { batch: record.number, from: 0, to: events });
        self.hold(id, body, record, pieces);
        Added::Planned
    }

    /// Writes the batch that is being filled, as it is now: a later process finds it planned. This one sends it once it
    /// is [added](Outbox::add), under the same number; before that, another draft of it takes its place.
    pub fn draft(&mut self, id: String, events: usize, body: &[u8]) {
        self.drafts.draft(&mut self.driver, id, events, body);
    }

    /// Removes the draft from the store.
    pub fn drop_draft(&mut self) {
        self.drafts.drop_draft(&mut self.driver);
    }

    fn hold(&mut self, id: String, body: Body, record: BatchRecord, pieces: usize) {
        self.load = (self.load.0 + body.events(), self.load.1 + body.text.len());
        self.driver.held.insert(Held { pieces, ..Held::new(id, body, record) });
    }
}
