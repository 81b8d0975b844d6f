//! Steers a machine between its requests: holds, pauses, resumes, and takes parts out.

use std::rc::Rc;

use super::{Machine, PendingPart};
use crate::outcome::Reason;
use crate::part::Part;

impl Machine {
    /// Stops because the user wants it: begins no request, and waits for those in flight.
    pub fn abort(&mut self) {
        self.stop(Reason::Aborted, "you stopped it".to_owned());
    }

    /// Queues a part before all others.
    pub fn offer_first(&mut self, part: Part, ends: Rc<[usize]>) {
        self.queue.push_front(PendingPart::new(part, ends));
    }

    /// Queues a part that an earlier request may have taken: it ends accepted or unknown.
    pub fn offer_again(&mut self, part: Part, ends: Rc<[usize]>) {
        self.queue.push_back(PendingPart { maybe_taken: true, ..PendingPart::new(part, ends) });
    }

    /// Takes the queued parts that overlap this one out of the queue: they are not sent.
    pub fn withdraw(&mut self, part: Part) {
        self.queue.retain(|pending| !pending.part.overlaps(part));
    }

    /// Holds requests back until it is called with `false`.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// Notes whether the browser is offline. Returns true if that has changed. Offline, no request begins; the first
    /// one after it goes alone.
    pub fn set_offline(&mut self, offline: bool) -> bool {
        let has_changed = std::mem::replace(&mut self.offline, offline) != offline;
        if offline {
            self.open = false;
            self.unknown_in_a_row = 0;
        }
        has_changed
    }

    /// Pauses until this time.
    pub fn pause(&mut self, until: f64) {
        self.pace.pause(until);
    }

    /// Notes whether another batch is to be offered when there is room for it.
    pub fn more(&mut self, more: bool) {
        self.no_more = !more;
    }

    /// Goes on after a stop, from this time on. The first request goes alone; if it ends like those before the stop,
    /// sending stops again.
    pub fn revive(&mut self, from: f64) {
        self.stopped = None;
        self.open = false;
        self.pace.pause(from);
    }

    /// Ends a pause because the user wants it, and sends at once the parts that wait for another attempt. The answers
    /// to requests that are in flight now will neither pause nor stop sending.
    pub fn resume(&mut self) {
        self.pace.resume();
        self.asked_longer = None;
        if !matches!(self.stopped, Some((Reason::JournalFailed, _))) {
            self.open &= self.stopped.is_none();
            self.stopped = None;
        }
        for pending in &mut self.queue {
            pending.ready_at = 0.0;
        }
        self.resumes = self.resumes.wrapping_add(1);
    }

    /// Returns true if a request is in flight that was sent before the user last resumed.
    pub fn has_older_in_flight(&self) -> bool {
        self.in_flight.iter().any(|pending| pending.resumes != self.resumes)
    }

    /// Returns the parts that are claimed, or about to be, and were not sent. They have to be claimed again.
    pub fn unclaim(&mut self) -> Vec<Part> {
        let mut unclaimed: Vec<Part> = self.claiming.iter().map(|pending| pending.part).collect();
        for pending in std::mem::take(&mut self.claiming) {
            self.queue.push_front(pending);
        }
        for pending in self.queue.iter_mut().filter(|pending| pending.claimed && !pending.maybe_taken) {
            pending.claimed = false;
            unclaimed.push(pending.part);
        }
        unclaimed
    }

    /// Returns when the next request may begin.
    pub fn opens(&self) -> f64 {
        self.pace.opens()
    }

    /// Returns when the first queued part may be sent.
    pub fn ready(&self) -> Option<f64> {
        self.queue.iter().map(|pending| pending.ready_at).reduce(f64::min).map(|ready| ready.max(self.opens()))
    }

    /// Returns true if there is room for another batch.
    pub fn has_room(&self) -> bool {
        self.queue.len() < self.policy.concurrency
    }
}
