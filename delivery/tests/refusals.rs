//! The batches that an import sends again once the cause of their refusal is corrected.

use std::collections::{BTreeMap, HashMap};

use split_events::{Batcher, Caps, Place};
use split_events_delivery::journal::Recovered;
use split_events_delivery::{
    Answer, Attempt, Delivery, Import, JournalOptions, Policy, Reason, Receipt, Response, Runtime, SettledPart, State,
    Step,
};

/// A journal, and the answers of the service to each batch.
#[derive(Default)]
struct World {
    journal: BTreeMap<String, Vec<u8>>,
    taken: HashMap<u64, u32>,
    refused: HashMap<u64, u32>,
    settled: Vec<SettledPart>,
    requests: usize,
    stopped: Option<Reason>,
}

const BATCHES: u64 = 6;

impl World {
    /// Runs a process for up to this number of steps, with these answers. Returns true if it came to its end.
    fn process(&mut self, steps: usize, answer: impl Fn(usize, u64) -> u16) -> bool {
        let mut recovered = Recovered::default();
        for (key, value) in &self.journal {
            assert!(recovered.load(key, value.clone()).is_ok(), "{key}");
        }
        let policy = Policy { runtime: Runtime::Node, concurrency: 1, ..Policy::default() };
        let mut import =
            Import::new("run".to_owned(), policy, Some(JournalOptions::default()), None, Some(recovered), 0.0);
        let mut batcher = Batcher::new(Caps { events: 1, bytes: 1_000 }, "run".to_owned());
        let event = |n: u64| format!("{{\"n\":{n}}}");
        let place = |n: u64| Place { index: n, source: 0, text: Some((n + 1, n * 9)) };
        let mut batches: Vec<_> =
            (0..BATCHES).filter_map(|n| batcher.add(event(n).as_bytes(), place(n), &[])).collect();
        batches.extend(batcher.take(&[]));
        let mut batches = batches.into_iter();
        self.settled.clear();
        self.requests = 0;
        let mut in_flight = None;
        for _ in 0..steps {
            match import.next_step(0.0) {
                Step::Post(part) => in_flight = Some(part),
                Step::Sync => {
                    for write in import.driver().writes() {
                        match write.value {
                            Some(value) => self.journal.insert(write.key, value),
                            None => self.journal.remove(&write.key),
                        };
                    }
                    import.driver().synced(Ok(()));
                }
                Step::Settled(settlement) => self.settled.push(*settlement),
                Step::Read => match batches.next() {
                    Some(batch) => import.plan(batch, |_| None).unwrap(),
                    None => import.no_more(BATCHES).unwrap(),
                },
                Step::Wait(_) => {
                    let part = in_flight.take().expect("it waits for an answer");
                    let status = answer(self.requests, part.batch);
                    self.requests += 1;
                    let of = if status == 202 { &mut self.taken } else { &mut self.refused };
                    *of.entry(part.batch).or_default() += 1;
                    let response = Response::Answer(Answer { status, ..Answer::default() });
                    import.ended(part, &response, Attempt { status: Some(status), error: None, ms: 1.0 }, 0.0);
                }
                Step::Done => {
                    self.stopped = import.driver().machine().stopped().map(|(reason, _)| *reason);
                    return true;
                }
            }
        }
        false
    }

    fn reasons(&self) -> Vec<&str> {
        let mut settled: Vec<_> = self.settled.iter().collect();
        settled.sort_by_key(|settlement| settlement.from.0.index);
        settled.iter().map(|settlement| settlement.outcome.reason.map_or("accepted", Reason::as_str)).collect()
    }

    fn receipt(&self) -> Receipt {
        let mut receipt = Receipt::default();
        for settlement in &self.settled {
            receipt.settle(settlement);
        }
        receipt
    }
}

#[test]
fn three_refusals_in_a_row_are_sent_again_with_the_rest_once_the_cause_is_corrected() {
    let mut world = World::default();
    assert!(world.process(usize::MAX, |_, _| 422));
    assert_eq!((world.requests, world.stopped), (3, Some(Reason::AllRefused)));
    assert_eq!(world.reasons(), ["all_refused", "all_refused", "all_refused", "stopped", "stopped", "stopped"]);
    assert!(world.process(usize::MAX, |_, _| 202));
    assert_eq!(world.reasons(), ["accepted"; 6]);
    assert_eq!((world.requests, world.receipt().accepted), (6, 6));
}

#[test]
fn a_batch_refused_for_its_own_events_is_not_sent_again() {
    let mut world = World::default();
    let alone = |request: usize, _| [422, 202, 400, 401][request];
    assert!(world.process(usize::MAX, alone));
    assert_eq!(world.reasons(), ["rejected", "accepted", "rejected", "unauthorized", "stopped", "stopped"]);
    assert!(world.process(usize::MAX, |_, _| 202));
    assert_eq!(world.reasons(), ["rejected", "accepted", "rejected", "accepted", "accepted", "accepted"]);
    assert_eq!(world.requests, 3);
}

#[test]
fn each_batch_refused_for_the_address_or_the_account_is_accepted_in_the_end() {
    for status in [300, 301, 308, 401, 402, 403, 404, 405, 406, 407, 410, 411, 415, 421, 426, 431, 451] {
        let mut world = World::default();
        assert!(world.process(usize::MAX, |request, _| if request == 1 { status } else { 202 }));
        assert_eq!((world.requests, world.receipt().refused_by.service), (2, 1), "{status}");
        assert!(world.process(usize::MAX, |_, _| 202));
        assert_eq!(world.reasons(), ["accepted"; 6], "{status}");
        assert!(world.taken.values().all(|&times| times == 1), "{status}");
    }
}

#[test]
fn wherever_the_process_dies_refusals_in_a_row_are_sent_again_and_no_event_is_taken_twice() {
    for steps in 0.. {
        let mut world = World::default();
        // one is accepted, then all are refused
        let ended = world.process(steps, |request, _| if request == 0 { 202 } else { 400 });
        world.process(usize::MAX, |_, _| 202);
        assert!(world.taken.values().all(|&times| times == 1), "after {steps} steps: {:?}", world.taken);
        for settlement in &world.settled {
            let (state, reason) = (settlement.outcome.state, settlement.outcome.reason);
            let crashed = state == State::Unknown && reason == Some(Reason::Crashed);
            assert!(state == State::Accepted || crashed, "after {steps} steps: {reason:?}");
        }
        if ended {
            assert_eq!(world.receipt().accepted, 6);
            return;
        }
    }
}
