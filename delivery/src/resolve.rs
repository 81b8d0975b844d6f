//! What a user decides about the batches of an outbox: sends them again, gives them up, or sends them now.

use std::rc::Rc;

use crate::held::Sum;
use crate::journal::{PartState, Resolution, entry};
use crate::listing::parts_in;
use crate::outbox::Outbox;
use crate::outcome::{Outcome, State};
use crate::part::Part;

/// What one call of [`Outbox::resolve_all`] has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Resolved {
    /// How many were resolved.
    pub batches: u64,
    /// Their events.
    pub events: u64,
    /// Size of their bodies.
    pub bytes: u64,
    /// The number to go on behind, if there may be more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

impl Outbox {
    /// Ends the pause, so that what is planned is sent at once. What is in flight was sent before, and pauses nothing.
    /// Durable with the next sync.
    pub fn end_pause(&mut self) {
        if self.paused_until() > 0.0 {
            self.driver.write(entry::pause(0.0, 0.0));
        }
        self.driver.machine.resume();
        self.rests = 0;
    }

    /// Ends the pause, and plans again what was refused only because of the key, the address or the account: it was
    /// certainly not taken. Returns what was planned again.
    pub fn resume(&mut self) -> Sum {
        self.end_pause();
        let mut again = Sum::default();
        let records = self.driver.held.0.iter().flat_map(|held| &held.record.parts);
        let refused: Vec<Part> = records.filter(|part| part.state.is_of_settings()).map(|part| part.part).collect();
        for part in refused {
            again.add(part);
            self.given_back(part);
        }
        again
    }

    /// Decides about a part that is unknown or refused, or drops one that is planned. Returns whether there is one with
    /// this id in such a state; one that is being sent is not.
    pub fn resolve(&mut self, id: &str, resolution: Resolution) -> bool {
        self.find(id).is_some_and(|part| self.resolve_part(part, resolution))
    }

    /// Resolves at least `limit` parts in this state, if there are, in the order of their batches' numbers, from the batch
    /// behind the number `after` on.
    pub fn resolve_all(&mut self, state: &str, resolution: Resolution, after: u64, limit: usize) -> Resolved {
        let (mut parts, mut resolved) = (Vec::new(), Resolved::default());
        let held = &self.driver.held.0;
        for held in held.range(held.partition_point(|held| held.record.number <= after)..) {
            if parts.len() >= limit {
                break;
            }
            resolved.next = Some(held.record.number);
            parts.extend(parts_in(held, state).into_iter().map(|part| (part, held.bytes_of(part))));
        }
        resolved.next = resolved.next.filter(|&next| held.back().is_some_and(|last| last.record.number != next));
        for (part, bytes) in parts {
            if self.resolve_part(part, resolution) {
                resolved.batches += 1;
                resolved.events += part.events() as u64;
                resolved.bytes += bytes as u64;
            }
        }
        resolved
    }

    /// Puts a planned part before all others, and ends the pause. Returns whether there is a planned one with this id.
    pub fn send_now(&mut self, id: &str) -> bool {
        let Some(part) = self.find(id).filter(|&part| self.is_planned(part)) else { return false };
        let Some(held) = self.driver.held.find(part) else { return false };
        let ends = Rc::clone(&held.body.ends);
        self.withdraw(part);
        self.driver.machine.offer_first(part, ends);
        self.end_pause();
        true
    }

    fn resolve_part(&mut self, part: Part, resolution: Resolution) -> bool {
        let Some(held) = self.driver.held.find(part) else { return false };
        let ended = |state: &PartState| matches!(state, PartState::Ended(end) if end.state != State::Accepted);
        let is_open = held.record.parts.iter().any(|record| record.part == part && ended(&record.state));
        let drops_planned = resolution == Resolution::Drop && self.is_planned(part);
        if !is_open && !drops_planned {
            return false;
        }
        if resolution == Resolution::Resend {
            self.driver.forget(part);
            self.waiting.push_back(part);
            return true;
        }
        if resolution == Resolution::Accepted {
            self.accepted.add(part);
        }
        if drops_planned {
            self.withdraw(part);
        }
        self.set(part, PartState::Ended(Outcome::ACCEPTED), Vec::new());
        true
    }

    fn is_planned(&self, part: Part) -> bool {
        self.driver.held.find(part).is_some_and(|held| held.record.waiting().contains(&part))
    }

    /// Takes what waits of this part out: it is not sent.
    fn withdraw(&mut self, part: Part) {
        let mut left = part.events();
        while left > 0
            && let Some(at) = self.waiting.iter().position(|other| other.overlaps(part))
        {
            left -= self.waiting.remove(at).map_or(left, Part::events);
        }
        self.driver.machine.withdraw(part);
    }
}
