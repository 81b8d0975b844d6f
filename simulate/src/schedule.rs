//! One schedule: an import, its crashes, its resumption, perhaps the same import again, and what must hold after it.

use std::collections::HashMap;
use std::fmt;

use split_events::{Batch, Batcher, Caps, Place};
use split_events_delivery::journal::{Destination, Ledger, PartState, Recovered, Resolution};
use split_events_delivery::{Import, JournalOptions, Reason, Receipt, SettledPart, State};

use crate::driver::{Ended, World};
use crate::plan::{Journal, Plan};
use crate::service::events_of;

/// Counts of what happened in the schedules, to test that all of it did.
#[derive(Debug, Default)]
pub struct Tally {
    events: u64,
    states: [u64; 4],
    requests: u64,
    crashes: u64,
    duplicates: u64,
    /// For the outboxes: events, requests, and how often a process ended.
    outbox: [u64; 3],
}

impl Tally {
    pub fn add_outbox(&mut self, events: u64, requests: u64, ends: u64) {
        for (sum, one) in self.outbox.iter_mut().zip([events, requests, ends]) {
            *sum += one;
        }
    }

    pub fn add(&mut self, other: &Tally) {
        self.events += other.events;
        self.requests += other.requests;
        self.crashes += other.crashes;
        self.duplicates += other.duplicates;
        let [events, requests, ends] = other.outbox;
        self.add_outbox(events, requests, ends);
        for (sum, one) in self.states.iter_mut().zip(other.states) {
            *sum += one;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let [accepted, refused, unknown, unsent] = self.states;
        write!(
            f,
            "{} events ({accepted} accepted, {refused} refused, {unknown} unknown, {unsent} unsent, among them {} \
             duplicates), {} requests, {} crashes; in outboxes {} events, {} requests, {} ends of processes",
            self.events, self.duplicates, self.requests, self.crashes, self.outbox[0], self.outbox[1], self.outbox[2]
        )
    }
}

/// Runs a schedule. Returns the invariant that broke as an error.
pub fn run(plan: &Plan, tally: &mut Tally) -> Result<(), String> {
    let mut world = World::new(plan);
    let mut sums = Sums::default();
    let first: Vec<String> = (0..plan.events).map(|n| event(plan, n)).collect();
    import(&mut world, "first", &first, &mut sums, tally)?;
    if plan.ledger && world.rng.bool() {
        // some of the same events, and some new ones
        let keep = world.rng.usize(0..=first.len());
        let new = (0..world.rng.usize(0..20)).map(|n| format!("{{\"new\":{n}}}"));
        let mut second: Vec<String> = first[..keep].iter().cloned().chain(new).collect();
        world.rng.shuffle(&mut second);
        world.journal = crate::store::Store::default();
        world.pause = 0.0; // a pause is in a journal, and this one is new
        world.crashes_left = 0;
        world.key = world.rng.u32(1..3);
        world.moved = false;
        import(&mut world, "second", &second, &mut sums, tally)?;
    }
    tally.requests += world.requests;
    sums.compare(&world, plan)
}

fn event(plan: &Plan, n: usize) -> String {
    let twin = plan.twins.is_some_and(|every| n.is_multiple_of(every) && n > 0);
    format!("{{\"n\":{}}}", if twin { n - 1 } else { n })
}

/// Runs an import from its beginning to its end, with crashes, stops and decisions.
fn import(world: &mut World, name: &str, events: &[String], sums: &mut Sums, tally: &mut Tally) -> Result<(), String> {
    let plan = world.plan;
    let mut sent_again = false;
    let mut alone = Vec::new();
    loop {
        let recovered = recover(world);
        let again = plan.journal == Journal::Bodies && !recovered.batches.is_empty();
        let crashed_before = world.crashes_left < plan.crashes.1;
        let batches = match plan.journal {
            // such a source cannot be read again: what was not planned when the process died is lost
            Journal::Bodies if crashed_before || sent_again => Vec::new(),
            _ => batches_of(plan, name, events),
        };
        let expected = match plan.journal {
            Journal::Bodies if crashed_before || sent_again => recovered.batches.iter().map(|batch| batch.events).sum(),
            _ => events.len(),
        };
        let unknown_before = recovered_unknown(&recovered);
        // the import may be resumed with another key
        if !recovered.batches.is_empty() && world.rng.u32(0..4) == 0 {
            world.key = 3 - world.key;
            world.moved = true;
        }
        let import = start(world, name, recovered, again);
        match world.drive(import, batches, sent_again)? {
            Ended::Crashed => {
                tally.crashes += 1;
                sums.check_journal(world, name)?;
            }
            Ended::Done(receipt, settled) => {
                add_up(&receipt, expected)?;
                if plan.bug.is_none() && plan.journal != Journal::None && receipt.unknown < unknown_before as u64 {
                    return Err("an unknown batch was forgotten".to_owned());
                }
                let ask = plan.journal != Journal::None && !sent_again && receipt.unknown > 0 && world.rng.bool();
                if ask && resolve(world, name, sums) {
                    world.keep_durable_pause();
                    sent_again = true;
                    continue;
                }
                let missing = alone.iter().find(|id| !refused_alone(&settled).any(|other| other == *id));
                if let Some(id) = missing.filter(|_| !plan.ledger && plan.sync_fails.is_none()) {
                    return Err(format!("{id} was refused for its own events, and was sent again"));
                }
                let of_settings = |settlement: &SettledPart| {
                    settlement.outcome.state == State::Refused
                        && settlement.outcome.reason.is_some_and(Reason::is_of_settings)
                };
                if plan.journal != Journal::None && !sent_again && settled.iter().any(of_settings) && world.rng.bool() {
                    // the user corrects what was wrong
                    alone = refused_alone(&settled).cloned().collect();
                    world.keep_durable_pause();
                    sent_again = true;
                    continue;
                }
                tally.events += expected as u64;
                tally.duplicates += receipt.duplicates + receipt.other_key;
                let states = [receipt.accepted, receipt.refused_by.service, receipt.unknown, receipt.unsent];
                for (sum, state) in tally.states.iter_mut().zip(states) {
                    *sum += state;
                }
                return sums.add(world, name, &settled, events);
            }
        }
    }
}

/// Returns the ids of the batches that were refused for their own events.
fn refused_alone(settled: &[SettledPart]) -> impl Iterator<Item = &String> {
    settled
        .iter()
        .filter(|settlement| settlement.outcome.reason == Some(Reason::Rejected))
        .map(|settled| &settled.outcome.id)
}

fn start(world: &mut World, name: &str, recovered: Recovered, again: bool) -> Import {
    let plan = world.plan;
    let journal = match plan.journal {
        Journal::None => None,
        Journal::Source => Some(JournalOptions { keeps_bodies: false }),
        Journal::Bodies => Some(JournalOptions { keeps_bodies: true }),
    };
    let ledger = plan.ledger.then(|| {
        let mut ledger = Ledger::new(name, world.now, 1e12, Destination::new("https://events", world.key));
        if world.moved {
            ledger.moved();
        }
        for (key, value) in world.ledger.entries() {
            assert!(ledger.load(key, value, world.key).is_ok(), "the ledger holds {key}, which it does not understand");
        }
        ledger
    });
    let mut policy = plan.policy.clone();
    policy.deadline = policy.deadline.map(|span| world.now + span);
    policy.seed ^= world.requests;
    let mut import = Import::new(name.to_owned(), policy, journal, ledger, Some(recovered), world.now);
    if again {
        import.take_up();
    }
    import
}

fn recover(world: &World) -> Recovered {
    let mut recovered = Recovered::default();
    for (key, value) in world.journal.entries() {
        assert!(recovered.load(key, value.clone()).is_ok(), "the journal holds {key}, which it does not understand");
    }
    recovered
}

fn recovered_unknown(recovered: &Recovered) -> usize {
    let parts = recovered.batches.iter().flat_map(|batch| &batch.parts);
    parts.filter(|part| part.is_open() || part.state == PartState::Dispatching).map(|part| part.part.events()).sum()
}

/// Decides about all unknown batches, as the user. Returns true if the import is resumed.
fn resolve(world: &mut World, name: &str, sums: &mut Sums) -> bool {
    let mut recovered = recover(world);
    recovered.settle_crashed();
    for unknown in recovered.unknown(name).into_iter().filter(|unknown| unknown.decided.is_none()) {
        let words = ["resend", "drop", "accepted"];
        let word = words[world.rng.usize(0..3)];
        let resolution = Resolution::named(word).expect("a word of the three");
        let mut writes =
            recovered.resolve(name, &unknown.id, Some(resolution)).expect("what is listed can be resolved");
        if world.rng.u32(0..3) == 0 {
            let back = recovered.resolve(name, &unknown.id, None).expect("a word can be taken back");
            writes = recovered.resolve(name, &unknown.id, Some(resolution)).expect("it is unknown again");
            writes.splice(0..0, back);
        }
        world.journal.write(&writes, split_events_delivery::journal::StoreKind::Journal);
        if resolution != Resolution::Drop {
            sums.users_word = true;
        }
    }
    let mark = world.journal.mark();
    world.journal.sync(mark);
    true
}

fn batches_of(plan: &Plan, name: &str, events: &[String]) -> Vec<Batch> {
    let caps = Caps { events: plan.batch.0, bytes: plan.batch.1 };
    let mut batcher = Batcher::new(caps, name.to_owned());
    let mut batches = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let place = Place { index: index as u64, source: 0, text: Some((index as u64 + 1, index as u64 * 9)) };
        batches.extend(batcher.add(event.as_bytes(), place, &[]));
    }
    batches.extend(batcher.take(&[]));
    batches
}

fn add_up(receipt: &Receipt, expected: usize) -> Result<(), String> {
    let sum = receipt.accepted + receipt.refused_by.service + receipt.unknown + receipt.unsent;
    let rows: usize = receipt.batches.iter().map(|batch| batch.settled.events).sum();
    if sum != expected as u64 || rows != expected {
        return Err(format!("{expected} events, but the states add up to {sum} and the batches to {rows}"));
    }
    Ok(())
}

/// The outcomes of each event in the receipts of all imports, by its text.
#[derive(Debug, Default)]
struct Sums {
    accepted: HashMap<String, u32>,
    unknown: HashMap<String, u32>,
    /// True if the user has called an unknown batch accepted, or asked to send it again.
    users_word: bool,
}

impl Sums {
    fn add(&mut self, world: &World, name: &str, settled: &[SettledPart], events: &[String]) -> Result<(), String> {
        let batches = batches_of(world.plan, name, events);
        for settlement in settled {
            let (state, reason) = (&settlement.outcome.state, &settlement.outcome.reason);
            if matches!(reason, Some(Reason::Duplicate | Reason::OtherKey)) && *state != State::Unsent {
                return Err("a duplicate is not unsent".to_owned());
            }
            let sum = match state {
                State::Accepted => &mut self.accepted,
                State::Unknown => &mut self.unknown,
                State::Refused | State::Unsent => continue,
            };
            for event in events_of_settlement(world, name, settlement, &batches) {
                *sum.entry(event).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Checks that what the journal calls accepted was taken, at any moment.
    fn check_journal(&self, world: &World, name: &str) -> Result<(), String> {
        if self.users_word {
            return Ok(());
        }
        for record in recover(world).batches {
            for part in record.parts {
                let accepted = matches!(&part.state, PartState::Ended(outcome) if outcome.state == State::Accepted);
                if accepted && world.service.taken.is_empty() {
                    return Err(format!("the journal of {name} calls a batch accepted that was not taken"));
                }
            }
        }
        Ok(())
    }

    fn compare(&self, world: &World, plan: &Plan) -> Result<(), String> {
        if self.users_word {
            return Ok(()); // the user's decision may be wrong
        }
        let taken = &world.service.taken;
        for (event, &accepted) in &self.accepted {
            let times = taken.get(event).copied().unwrap_or_default();
            if times < accepted {
                return Err(format!("{event} is reported as accepted {accepted} times, but was taken {times} times"));
            }
        }
        for (event, &times) in taken {
            let accepted = self.accepted.get(event).copied().unwrap_or_default();
            let unknown = self.unknown.get(event).copied().unwrap_or_default();
            if times > accepted + unknown && !plan.policy.retry_unknown {
                return Err(format!(
                    "{event} was taken {times} times, but is reported as accepted {accepted} and unknown {unknown} times"
                ));
            }
            if accepted + unknown == 0 {
                return Err(format!("{event} was taken, but is reported as refused or unsent"));
            }
        }
        Ok(())
    }
}

/// Returns the events of a settlement. If their batch is not held, its id and the journal show them.
fn events_of_settlement(world: &World, name: &str, settlement: &SettledPart, batches: &[Batch]) -> Vec<String> {
    if let Some(events) = &settlement.held {
        return events_of(&events.text());
    }
    let id = &settlement.outcome.id;
    let rest = id.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')).expect("an id begins with its run");
    let (number, range) = rest.split_once(':').map_or((rest, None), |(number, range)| (number, range.split_once('-')));
    let number: u64 = number.parse().expect("a batch's number");
    let recovered = recover(world);
    let held_back = recovered.batch(number).expect("its record").held_back();
    let events = events_of(&batches[number as usize - 1].body).into_iter().enumerate();
    let fresh = events.filter(|(at, _)| !held_back.iter().any(|(from, to)| (*from..*to).contains(at)));
    let fresh: Vec<String> = fresh.map(|(_, event)| event).collect();
    match range {
        Some((from, to)) => fresh[from.parse().expect("a number")..to.parse().expect("a number")].to_vec(),
        None => fresh,
    }
}
