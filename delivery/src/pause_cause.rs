//! The request by which the pause of an outbox began.

use crate::answer::Response;
use crate::driver::Driver;
use crate::outcome::Attempt;
use crate::part::Part;

#[derive(Debug, Default)]
pub(crate) struct PauseCause {
    /// The request by which the present or the last pause began.
    paused: Option<Attempt>,
    /// The request by which sending stopped.
    stopped: Option<Attempt>,
}

impl PauseCause {
    /// Returns the request; `None` if an earlier process or the caller began the pause.
    pub fn attempt(&self) -> Option<&Attempt> {
        self.paused.as_ref()
    }

    /// Hands what came of a request to the driver, and keeps the request if a pause or a stop comes from it.
    pub fn ended(&mut self, driver: &mut Driver, part: Part, response: &Response, attempt: Attempt, now: f64) {
        let machine = &driver.machine;
        let (paused_until, was_stopped) = (machine.paused_until(), machine.stopped().is_some());
        let asked = response.asked_wait().filter(|_| !machine.has_older_in_flight());
        driver.ended(part, response, attempt.clone(), now);
        let machine = &driver.machine;
        let until = machine.paused_until();
        // its headers have begun the pause before its body was there
        if until > paused_until || asked.is_some_and(|wait| machine.given_pause(wait) + now >= until) {
            self.paused = Some(attempt);
        } else if !was_stopped && machine.stopped().is_some() {
            self.stopped = Some(attempt);
        }
    }

    /// Notes that a pause begins because sending has stopped.
    pub fn rests(&mut self) {
        self.paused = self.stopped.take();
    }

    /// Notes that the caller has begun the pause.
    pub fn clear(&mut self) {
        self.paused = None;
    }
}
