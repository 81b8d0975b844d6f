//! A schedule of an outbox: batches come while it delivers, the process dies at any point, and the user decides about
//! unknown batches. In the end the service works, and no event may be lost or sent twice.

use std::collections::{HashMap, HashSet};

use fastrand::Rng;
use split_events_delivery::journal::{Recovered, Resolution, StoreKind};
use split_events_delivery::{Added, Attempt, BatchOutcome, Delivery, Failure, Outbox, Part, Response, State, Step};

use crate::plan::{Bug, FAULTS, Plan};
use crate::schedule::Tally;
use crate::service::{Service, events_of};
use crate::store::Store;

enum Happening {
    Taken(Vec<u8>),
    Answered(Part, Response, Option<f64>),
    Synced(usize, bool),
}

struct World {
    plan: Plan,
    rng: Rng,
    now: f64,
    service: Service,
    store: Store,
    /// The end of the pause that the service has asked for.
    pause: f64,
    coming: Vec<(f64, Happening)>,
    offline: bool,
    steps: u32,
    crashes_left: u32,
    made: u32,
    /// The batches that are durable, by id. `added` has those that are not durable yet.
    durable: HashMap<String, Vec<u8>>,
    added: Vec<(usize, String, Vec<u8>)>,
    told: HashMap<String, State>,
    /// The events that the user has decided about, or asked to send again.
    users: HashSet<String>,
    dropped: HashSet<String>,
    /// True if the context of the last call has died.
    abandoned: bool,
    requests: u64,
    ends: u64,
}

enum Ended {
    Over,
    Died,
}

/// Runs a schedule. Returns the invariant that broke as an error.
pub fn run(plan: &Plan, tally: &mut Tally) -> Result<(), String> {
    let mut world = World {
        plan: plan.clone(),
        rng: Rng::with_seed(plan.seed ^ 0x0b0),
        now: 1_700_000_000_000.0,
        service: Service::default(),
        store: Store::default(),
        pause: 0.0,
        coming: Vec::new(),
        offline: false,
        steps: 0,
        crashes_left: plan.crashes.1,
        made: 0,
        durable: HashMap::new(),
        added: Vec::new(),
        told: HashMap::new(),
        users: HashSet::new(),
        dropped: HashSet::new(),
        abandoned: false,
        requests: 0,
        ends: 0,
    };
    let mut in_flight = HashSet::new();
    for process in 0.. {
        let mut outbox = world.open()?;
        world.check_unknown(&outbox, &in_flight)?;
        let calls = world.rng.u32(0..8);
        match world.live(&mut outbox, calls)? {
            Ended::Died => in_flight = world.die(&mut outbox),
            Ended::Over if process < 2 && world.rng.bool() => {
                // the process ends between two calls, with no request in flight
                world.sync_all(&mut outbox);
                let before = outbox.counts();
                in_flight = world.die(&mut outbox);
                let after = world.open()?.counts();
                let excused = world.abandoned || world.plan.policy.retry_unknown;
                if (before.unknown, before.planned) != (after.unknown, after.planned) && !excused {
                    return Err(format!("a restart between two calls changes {before:?} to {after:?}"));
                }
            }
            Ended::Over => {
                world.heal();
                world.set_offline(&mut outbox, false);
                for _ in 0..1_000 {
                    let counts = outbox.counts();
                    if counts.planned.batches + counts.dispatching.batches == 0 {
                        break;
                    }
                    if let Ended::Died = world.live(&mut outbox, 1)? {
                        return Err("a sync failed although the store works".to_owned());
                    }
                }
                world.sync_all(&mut outbox);
                let (batches, _) = outbox.size();
                let events = world.durable.values().map(|body| events_of(body).len() as u64).sum();
                tally.add_outbox(events, world.requests, world.ends);
                return world.compare(&outbox, batches);
            }
        }
    }
    Ok(())
}

impl World {
    fn open(&mut self) -> Result<Outbox, String> {
        let mut recovered = Recovered::default();
        for (key, value) in self.store.entries() {
            if recovered.load(key, value.clone()).is_err() {
                return Err(format!("the store holds {key}, which it does not understand"));
            }
        }
        self.offline = false;
        let mut policy = self.plan.policy.clone();
        policy.seed ^= u64::from(self.steps);
        Outbox::new(policy, recovered, self.now).ok_or_else(|| "it does not understand its own store".to_owned())
    }

    /// Calls `deliver` `calls` times, and adds batches meanwhile.
    fn live(&mut self, outbox: &mut Outbox, calls: u32) -> Result<Ended, String> {
        for _ in 0..calls {
            let patience = [0.0, 0.0, 1_000.0, 60_000.0][self.rng.usize(0..4)];
            self.user(outbox);
            if outbox.begin(self.now, patience, 30_000.0).is_none() {
                self.now += 200_000.0;
                continue;
            }
            if let Ended::Died = self.deliver(outbox)? {
                return Ok(Ended::Died);
            }
            self.now += match outbox.wait(self.now) {
                Some(wait) if self.rng.bool() => wait + f64::from(self.rng.u32(0..3)),
                _ => f64::from(self.rng.u32(0..1_000)),
            };
        }
        Ok(Ended::Over)
    }

    fn deliver(&mut self, outbox: &mut Outbox) -> Result<Ended, String> {
        self.abandoned = false;
        let began = self.now;
        let calm = self.plan.crashes.0 == 0;
        for _ in 0..20_000 {
            self.steps += 1;
            if self.crashes_left > 0 && self.rng.u32(0..1_000) < self.plan.crashes.0 {
                self.crashes_left -= 1;
                return Ok(Ended::Died);
            }
            if !calm && self.rng.u32(0..200) == 0 {
                // the context of the call dies, and a later one takes over
                self.coming.retain(|(_, happening)| matches!(happening, Happening::Taken(_)));
                self.abandoned = true;
                // a store that has failed is opened again, by another process or this one
                return Ok(if outbox.has_failed() { Ended::Died } else { Ended::Over });
            }
            if self.rng.u32(0..20) == 0 {
                self.user(outbox);
            }
            if self.rng.u32(0..400) == 0 {
                outbox.stop();
            }
            if self.plan.offline.is_some() && self.rng.u32(0..30) == 0 {
                self.set_offline(outbox, !self.offline);
            }
            let told = if self.plan.bug == Some(Bug::ForgetPause) { self.now + 1e7 } else { self.now };
            match outbox.next_step(told) {
                Step::Post(part) => {
                    if self.now < self.pause {
                        return Err("a request of the outbox begins during a pause".to_owned());
                    }
                    if self.offline {
                        return Err("a request of the outbox begins while the browser is offline".to_owned());
                    }
                    self.requests += 1;
                    let body = outbox.driver().held().body_of(part);
                    let fate = self.service.meet(&self.plan, &body, &mut self.rng);
                    if let Some(after) = fate.takes {
                        self.coming.push((self.now + after, Happening::Taken(body)));
                    }
                    let (after, response) = fate.answer;
                    self.coming.push((self.now + after, Happening::Answered(part, response, fate.asked)));
                }
                Step::Sync => {
                    self.store.write(&outbox.driver().writes(), StoreKind::Journal);
                    if self.plan.bug == Some(Bug::JournalAfterFetch) {
                        outbox.driver().synced(Ok(()));
                    }
                    let fails = !calm && self.plan.sync_fails.is_some() && self.rng.u32(0..50) == 0;
                    let takes = f64::from(self.rng.u32(0..20));
                    self.coming.push((self.now + takes, Happening::Synced(self.store.mark(), fails)));
                }
                Step::Settled(settled) => self.settled(settled.outcome)?,
                Step::Wait(until) => self.wait(outbox, until)?,
                Step::Read => return Err("an outbox reads nothing".to_owned()),
                Step::Done => return Ok(if outbox.has_failed() { Ended::Died } else { Ended::Over }),
            }
            if self.now - began > 1e9 {
                break;
            }
        }
        Err("a call of deliver does not end".to_owned())
    }

    fn wait(&mut self, outbox: &mut Outbox, until: Option<f64>) -> Result<(), String> {
        let next = (0..self.coming.len()).min_by(|&a, &b| self.coming[a].0.total_cmp(&self.coming[b].0));
        match (next, until) {
            (Some(next), until) if until.is_none_or(|until| self.coming[next].0 <= until) => {
                let (time, happening) = self.coming.swap_remove(next);
                self.now = self.now.max(time);
                self.happens(outbox, happening);
            }
            (_, Some(until)) => self.now = self.now.max(until) + f64::from(self.rng.u32(0..3)),
            _ => return Err("the outbox waits for nothing".to_owned()),
        }
        Ok(())
    }

    fn happens(&mut self, outbox: &mut Outbox, happening: Happening) {
        match happening {
            Happening::Taken(body) => self.service.take(&body),
            Happening::Answered(part, response, asked) => {
                let response = match (self.plan.bug, response) {
                    (Some(Bug::RetryUnknown), Response::TimedOut | Response::Failed(_)) => {
                        Response::Failed(Failure { code: "ECONNREFUSED".to_owned(), ..Default::default() })
                    }
                    (_, response) => response,
                };
                if let Some(wait) = asked {
                    self.pause = self.pause.max(self.now + wait.min(self.plan.policy.pause_cap));
                }
                outbox.ended(part, &response, Attempt { status: None, error: None, ms: 5.0 }, self.now);
            }
            Happening::Synced(mark, fails) => {
                if !fails {
                    self.sync(mark);
                }
                if self.plan.bug != Some(Bug::JournalAfterFetch) {
                    outbox.driver().synced(if fails { Err("disk full".to_owned()) } else { Ok(()) });
                }
            }
        }
    }

    /// Adds a batch or two, or decides about an unknown or refused batch.
    fn user(&mut self, outbox: &mut Outbox) {
        if self.made < 40 && self.rng.bool() {
            self.made += 1;
            let (from, count) = (self.made * 100, self.rng.u32(1..30));
            let events: Vec<String> = (from..from + count).map(|n| format!("{{\"n\":{n}}}")).collect();
            let space = if self.rng.bool() { "" } else { " " };
            let body = ["[", &events.join(&[space, ",", space].concat()), space, "]"].concat();
            let id = format!("batch {}", self.made);
            let added = outbox.add(id.clone(), count as usize, body.as_bytes());
            assert_eq!(added, Added::Planned);
            assert_eq!(outbox.add(id.clone(), count as usize, body.as_bytes()), Added::Held);
            self.store.write(&outbox.driver().writes(), StoreKind::Journal);
            self.added.push((self.store.mark(), id, format!("[{}]", events.join(",")).into_bytes()));
        }
        if self.rng.u32(0..8) == 0 {
            let state = if self.rng.bool() { "unknown" } else { "refused" };
            for entry in outbox.list(state, 1, None) {
                let resolution = [Resolution::Resend, Resolution::Drop, Resolution::Accepted][self.rng.usize(0..3)];
                let events = events_of(&outbox.body(&entry.id).expect("what is listed has a body"));
                if resolution == Resolution::Resend {
                    self.users.extend(events);
                } else {
                    self.dropped.extend(events);
                }
                assert!(outbox.resolve(&entry.id, resolution), "what is listed can be resolved");
                self.store.write(&outbox.driver().writes(), StoreKind::Journal);
            }
        }
        if self.rng.bool() {
            self.sync_all(outbox);
        }
    }

    fn settled(&mut self, settled: BatchOutcome) -> Result<(), String> {
        if settled.state == State::Unsent {
            return Err("an unsent batch is reported as settled".to_owned());
        }
        self.told.insert(settled.id, settled.state);
        Ok(())
    }

    fn sync_all(&mut self, outbox: &mut Outbox) {
        self.store.write(&outbox.driver().writes(), StoreKind::Journal);
        self.sync(self.store.mark());
    }

    fn sync(&mut self, mark: usize) {
        let mark = mark.min(self.store.mark());
        self.store.sync(mark);
        for (at, _, _) in &mut self.added {
            *at = at.saturating_sub(mark);
        }
        for (_, happening) in &mut self.coming {
            if let Happening::Synced(covers, _) = happening {
                *covers = covers.saturating_sub(mark);
            }
        }
        let (durable, added) = std::mem::take(&mut self.added).into_iter().partition(|(at, ..)| *at == 0);
        self.added = added;
        let durable: Vec<(usize, String, Vec<u8>)> = durable;
        self.durable.extend(durable.into_iter().map(|(_, id, body)| (id, body)));
    }

    /// Ends the process, and returns the events in flight. They may still be taken, and unsynced writes may survive.
    fn die(&mut self, outbox: &mut Outbox) -> HashSet<String> {
        let mut in_flight = HashSet::new();
        for (_, happening) in std::mem::take(&mut self.coming) {
            match happening {
                Happening::Taken(body) if self.rng.bool() => self.service.take(&body),
                Happening::Answered(part, ..) => in_flight.extend(events_of(&outbox.driver().held().body_of(part))),
                _ => {}
            }
        }
        self.store.crash(&mut self.rng);
        self.added.clear();
        self.now += f64::from(self.rng.u32(0..100_000));
        let durable = self.store.entries().find(|(key, _)| *key == "pause").map(|(_, value)| value);
        let until = durable.and_then(|value| std::str::from_utf8(value).ok()?.split(' ').next()?.parse::<f64>().ok());
        self.pause = self.pause.min(until.unwrap_or_default());
        self.ends += 1;
        in_flight
    }

    /// Checks that what was in flight when the process died is unknown now.
    fn check_unknown(&self, outbox: &Outbox, in_flight: &HashSet<String>) -> Result<(), String> {
        let unknown = held(outbox, "unknown");
        match in_flight.iter().find(|event| !unknown.contains(*event)) {
            Some(event) => Err(format!("{event} was in flight when the process died, and is not unknown")),
            None => Ok(()),
        }
    }

    fn set_offline(&mut self, outbox: &mut Outbox, offline: bool) {
        self.offline = offline;
        outbox.driver().machine().set_offline(offline);
    }

    /// Makes the service take everything from now on.
    fn heal(&mut self) {
        self.plan.offline = None;
        self.plan.faults.weights = [0; FAULTS];
        self.plan.faults.weights[0] = 1;
        (self.plan.wrong_key, self.plan.outage, self.plan.largest) = (false, None, None);
        (self.plan.crashes, self.plan.sync_fails, self.crashes_left, self.made) = ((0, 0), None, 0, 40);
    }

    fn compare(mut self, outbox: &Outbox, batches: usize) -> Result<(), String> {
        for (_, happening) in std::mem::take(&mut self.coming) {
            if let Happening::Taken(body) = happening {
                self.service.take(&body);
            }
        }
        let (planned, unknown, refused) = (held(outbox, "planned"), held(outbox, "unknown"), held(outbox, "refused"));
        if !planned.is_empty() {
            return Err(format!("{planned:?} is planned for ever"));
        }
        if batches > 0 && unknown.is_empty() && refused.is_empty() {
            return Err("it keeps bodies that are not needed".to_owned());
        }
        let rows = self.store.entries().filter(|(key, _)| key.starts_with("body/")).count();
        if rows != batches {
            return Err(format!("the store keeps {rows} bodies of {batches} batches"));
        }
        for event in self.durable.values().flat_map(|body| events_of(body)) {
            let taken = self.service.taken.get(&event).copied().unwrap_or_default();
            let again = self.users.contains(&event) || self.plan.policy.retry_unknown;
            if taken > 1 && !again {
                return Err(format!("{event} was taken {taken} times"));
            }
            let is_held = unknown.contains(&event) || refused.contains(&event);
            if taken == 0 && !is_held && !self.dropped.contains(&event) {
                return Err(format!("{event} is lost"));
            }
            if taken > 0 && refused.contains(&event) && !again {
                return Err(format!("{event} was taken, and is reported as refused"));
            }
        }
        let of = |id: &String| self.durable.get(id).into_iter().flat_map(|body| events_of(body));
        let accepted = self.told.iter().filter(|(_, state)| **state == State::Accepted).flat_map(|(id, _)| of(id));
        for event in accepted {
            if !self.service.taken.contains_key(&event) {
                return Err(format!("{event} is reported as accepted, and was not taken"));
            }
        }
        Ok(())
    }
}

fn held(outbox: &Outbox, state: &str) -> HashSet<String> {
    let entries = outbox.list(state, usize::MAX, None);
    entries.iter().flat_map(|entry| events_of(&outbox.body(&entry.id).expect("it has a body"))).collect()
}
