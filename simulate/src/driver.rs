//! Drives one process of an import in simulated time, as the bindings' `drive.rs` does in real time.

use std::rc::Rc;

use fastrand::Rng;
use split_events::Batch;
use split_events_delivery::journal::StoreKind;
use split_events_delivery::{Attempt, Delivery, Import, Part, Receipt, Response, SettledPart, Step};

use crate::plan::{Bug, Plan};
use crate::service::Service;
use crate::store::Store;

/// An event in simulated time.
enum Happening {
    Taken(Rc<[u8]>),
    Answered(Part, Response, Option<f64>),
    Synced { journal: usize, ledger: usize, fails: bool },
}

/// The state that outlives a process.
pub struct World<'p> {
    pub plan: &'p Plan,
    pub rng: Rng,
    pub now: f64,
    pub service: Service,
    pub journal: Store,
    pub ledger: Store,
    /// The end of the pause that the service has asked for.
    pub pause: f64,
    offline: bool,
    pub crashes_left: u32,
    /// The digest of the SDK key. `moved` is true if an earlier process of the import had another one.
    pub key: u32,
    pub moved: bool,
    pub requests: u64,
    steps: u32,
    syncs: u32,
}

/// The end of a process: a receipt or a crash.
pub enum Ended {
    Done(Box<Receipt>, Vec<SettledPart>),
    Crashed,
}

impl<'p> World<'p> {
    pub fn new(plan: &'p Plan) -> Self {
        World {
            plan,
            rng: Rng::with_seed(plan.seed ^ 0x5eed),
            now: 1_700_000_000_000.0,
            service: Service::default(),
            journal: Store::default(),
            ledger: Store::default(),
            pause: 0.0,
            offline: false,
            crashes_left: plan.crashes.1,
            key: 1,
            moved: false,
            requests: 0,
            steps: 0,
            syncs: 0,
        }
    }

    /// Runs until all is settled or the process dies. If `calm`, the user does not act and the process does not crash.
    pub fn drive(&mut self, mut import: Import, batches: Vec<Batch>, calm: bool) -> Result<Ended, String> {
        let mut receipt = Receipt::default();
        let mut settled = Vec::new();
        let mut batches = batches.into_iter();
        let mut last = 0;
        let mut coming: Vec<(f64, Happening)> = Vec::new();
        let deadline = self.plan.policy.deadline.map(|span| self.now + span);
        let began = self.now;
        self.offline = false;
        for step in 0_u32.. {
            if step > 100_000 || self.now - began > 1e9 {
                return Err("it does not end".to_owned());
            }
            if !calm {
                self.steps += 1;
                if self.crashes_left > 0 && self.rng.u32(0..1_000) < self.plan.crashes.0 {
                    self.crash(coming);
                    return Ok(Ended::Crashed);
                }
                self.user(&mut import, &mut coming);
            }
            // a planted bug: pauses end as soon as they begin
            let told = if self.plan.bug == Some(Bug::ForgetPause) { self.now + 1e7 } else { self.now };
            match import.next_step(told) {
                Step::Post(part) => {
                    let late = deadline.is_some_and(|deadline| self.now >= deadline) && self.plan.bug.is_none();
                    if self.now < self.pause || late {
                        let when = if late { "after the deadline" } else { "during a pause" };
                        return Err(format!("a request begins {when}"));
                    }
                    if self.offline {
                        return Err("a request begins while the browser is offline".to_owned());
                    }
                    self.requests += 1;
                    let body: Rc<[u8]> = import.driver().held().body_of(part).into();
                    let fate = self.service.meet(self.plan, &body, &mut self.rng);
                    if let Some(after) = fate.takes {
                        coming.push((self.now + after, Happening::Taken(body)));
                    }
                    let (after, response) = fate.answer;
                    coming.push((self.now + after, Happening::Answered(part, response, fate.asked)));
                }
                Step::Sync => {
                    let writes = import.driver().writes();
                    self.journal.write(&writes, StoreKind::Journal);
                    self.ledger.write(&writes, StoreKind::Ledger);
                    self.syncs += 1;
                    let fails = !calm && self.plan.sync_fails.is_some_and(|from| self.syncs > from);
                    let synced = Happening::Synced { journal: self.journal.mark(), ledger: self.ledger.mark(), fails };
                    if self.plan.bug == Some(Bug::JournalAfterFetch) {
                        import.driver().synced(Ok(()));
                    }
                    let takes = f64::from(self.rng.u32(0..20));
                    coming.push((self.now + takes, synced));
                }
                Step::Settled(settlement) => {
                    let told = &settlement.outcome;
                    if let Some(events) = &settlement.held {
                        let bytes = events.text().len();
                        if (bytes != told.bytes && told.bytes > 0) || events.part.events() != told.events {
                            return Err(format!("{} is reported with a wrong size", told.id));
                        }
                    }
                    receipt.settle(&settlement);
                    settled.push(*settlement);
                }
                Step::Read => match batches.next() {
                    Some(batch) => {
                        last = batch.number;
                        import.plan(batch, |_| None).map_err(|changed| format!("{changed:?}, and it has not"))?;
                    }
                    None => import.no_more(last).map_err(|changed| format!("{changed:?}, and it has not"))?,
                },
                Step::Wait(until) => self.wait(&mut import, &mut coming, until)?,
                Step::Done => {
                    self.now += 1_000_000.0;
                    for (_, happening) in coming {
                        if let Happening::Synced { journal, ledger, fails: false } = happening {
                            self.journal.sync(journal);
                            self.ledger.sync(ledger);
                        } else {
                            self.late(happening);
                        }
                    }
                    // after a failed sync the store is as after a crash
                    self.journal.crash(&mut self.rng);
                    self.ledger.crash(&mut self.rng);
                    return Ok(Ended::Done(Box::new(receipt), settled));
                }
            }
        }
        Err("it does not end".to_owned())
    }

    fn wait(
        &mut self,
        import: &mut Import,
        coming: &mut Vec<(f64, Happening)>,
        until: Option<f64>,
    ) -> Result<(), String> {
        let next = (0..coming.len()).min_by(|&a, &b| coming[a].0.total_cmp(&coming[b].0));
        match (next, until) {
            (Some(next), until) if until.is_none_or(|until| coming[next].0 <= until) => {
                let (time, happening) = coming.swap_remove(next);
                self.now = self.now.max(time);
                self.happens(import, happening);
            }
            (_, Some(until)) => self.now = self.now.max(until) + f64::from(self.rng.u32(0..3)),
            _ if self.plan.holds.is_some() || self.offline => {
                // only the user or the network can make it go on
                import.driver().machine().hold(false);
                self.set_offline(import, false);
            }
            _ => return Err("it waits for nothing".to_owned()),
        }
        Ok(())
    }

    fn happens(&mut self, import: &mut Import, happening: Happening) {
        match happening {
            Happening::Taken(body) => self.service.take(&body),
            Happening::Answered(part, response, asked) => {
                let response = match (self.plan.bug, response) {
                    (Some(Bug::RetryUnknown), Response::TimedOut | Response::Failed(_)) => {
                        Response::Failed(split_events_delivery::Failure {
                            code: "ECONNREFUSED".to_owned(),
                            ..Default::default()
                        })
                    }
                    (_, response) => response,
                };
                if let Some(wait) = asked {
                    self.pause = self.pause.max(self.now + wait.min(self.plan.policy.pause_cap));
                }
                let status = match &response {
                    Response::Answer(answer) | Response::Foreign(answer) => Some(answer.status),
                    _ => None,
                };
                let error = status.is_none().then(|| "failed".to_owned());
                import.ended(part, &response, Attempt { status, error, ms: 5.0 }, self.now);
            }
            Happening::Synced { journal, ledger, fails } => {
                if !fails {
                    self.journal.sync(journal);
                    self.ledger.sync(ledger);
                }
                if self.plan.bug != Some(Bug::JournalAfterFetch) {
                    import.driver().synced(if fails { Err("disk full".to_owned()) } else { Ok(()) });
                }
            }
        }
    }

    fn set_offline(&mut self, import: &mut Import, offline: bool) {
        self.offline = offline;
        import.driver().machine().set_offline(offline);
    }

    fn user(&mut self, import: &mut Import, coming: &mut Vec<(f64, Happening)>) {
        if let Some((from, length)) = self.plan.offline {
            if self.steps == from {
                self.set_offline(import, true);
            } else if self.steps == from + length {
                self.set_offline(import, false);
            }
        }
        if let Some((from, length)) = self.plan.holds {
            if self.steps == from {
                import.driver().machine().hold(true);
            } else if self.steps == from + length {
                import.driver().machine().hold(false);
            }
        }
        let Some((at, cut)) = self.plan.stops else { return };
        if self.steps != at {
            return;
        }
        import.driver().machine().abort();
        if cut {
            for part in import.driver().machine().in_flight() {
                import.ended(part, &Response::Cut, Attempt::cut(), self.now);
            }
            coming.retain(|(_, happening)| !matches!(happening, Happening::Answered(..)));
        }
    }

    /// Ends the process. What is in flight may still arrive, and a write may still become durable.
    fn crash(&mut self, coming: Vec<(f64, Happening)>) {
        self.crashes_left -= 1;
        for (_, happening) in coming {
            if self.rng.bool() {
                self.late(happening);
            }
        }
        self.journal.crash(&mut self.rng);
        self.ledger.crash(&mut self.rng);
        self.now += f64::from(self.rng.u32(0..100_000));
        // the clock may have been set meanwhile
        self.keep_durable_pause();
        if self.rng.u32(0..4) == 0 {
            self.now += f64::from(self.rng.u32(0..200_000)) - 100_000.0;
            self.pause = 0.0;
        }
    }

    /// Keeps the pause only if it was durable, as a process that resumes does.
    pub fn keep_durable_pause(&mut self) {
        let durable = self.journal.entries().find(|(key, _)| *key == "pause").map(|(_, value)| value);
        let until = durable.and_then(|value| std::str::from_utf8(value).ok()?.split(' ').next()?.parse::<f64>().ok());
        self.pause = self.pause.min(until.unwrap_or_default());
    }

    fn late(&mut self, happening: Happening) {
        if let Happening::Taken(body) = happening {
            self.service.take(&body);
        }
    }
}
