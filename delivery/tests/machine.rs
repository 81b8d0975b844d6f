//! The machine in simulated time: which part is sent when, and when sending stops.

use std::rc::Rc;

use split_events_delivery::{
    Action, Answer, Attempt, Failure, Handling, Machine, Outcome, Part, Policy, Reason, Response, Retry, Runtime,
    State, Step,
};

/// A driver of a machine. `answer` returns the response to each request, a millisecond after it began.
struct Driver<F: FnMut(&Sent) -> Response> {
    machine: Machine,
    answer: F,
    now: f64,
    /// The end of each event in the body of every batch.
    ends: Rc<[usize]>,
    batches: u64,
    offered: u64,
    in_flight: Vec<Sent>,
    most_in_flight: usize,
    sent: Vec<Sent>,
    settled: Vec<Settled>,
    /// The number of settled parts each time that refusals were said to be for their own events.
    alone: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Sent {
    part: Part,
    at: f64,
    /// The number of requests before it.
    number: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Settled {
    part: Part,
    outcome: Outcome,
    attempts: usize,
}

const EVENT: usize = 10;

fn policy() -> Policy {
    let retry = Retry { attempts: 4, base: 100.0, cap: 1_000.0 };
    Policy { runtime: Runtime::Node, retry, ..Policy::default() }
}

/// Delivers this number of batches of ten events of ten bytes.
fn drive<F: FnMut(&Sent) -> Response>(policy: Policy, batches: u64, answer: F) -> Driver<F> {
    let ends = (0..10).map(|event| 1 + event * (EVENT + 1) + EVENT).collect();
    let mut driver = Driver {
        machine: Machine::new(policy, false),
        answer,
        now: 0.0,
        ends,
        batches,
        offered: 0,
        in_flight: vec![],
        most_in_flight: 0,
        sent: vec![],
        settled: vec![],
        alone: vec![],
    };
    while driver.step() {}
    driver.settled.sort_by_key(|settled| (settled.part.batch, settled.part.from));
    driver
}

impl<F: FnMut(&Sent) -> Response> Driver<F> {
    fn step(&mut self) -> bool {
        match self.machine.next_action(self.now) {
            Action::Step(Step::Post(part)) => {
                let bytes = part.events() * (EVENT + 1) + 1;
                let sent = Sent { part, at: self.now, number: self.sent.len(), bytes };
                self.sent.push(sent);
                self.in_flight.push(sent);
                self.most_in_flight = self.most_in_flight.max(self.in_flight.len());
            }
            Action::Settle(part, outcome, attempts) => {
                self.settled.push(Settled { part, outcome, attempts: attempts.len() });
            }
            Action::Step(Step::Read) if self.offered < self.batches => {
                self.offered += 1;
                let part = Part { batch: self.offered, from: 0, to: 10 };
                self.machine.offer(part, Rc::clone(&self.ends));
            }
            Action::Step(Step::Read) => self.machine.no_more(),
            Action::Step(Step::Wait(until)) => {
                if self.in_flight.is_empty() {
                    self.now = until.expect("nothing is in flight, so there is a time to wait for");
                } else {
                    let sent = self.in_flight.remove(0);
                    self.now = self.now.max(sent.at + 1.0);
                    let response = (self.answer)(&sent);
                    self.machine.ended(sent.part, &response, attempt(), self.now);
                }
            }
            Action::RefusedAlone => self.alone.push(self.settled.len()),
            Action::Claim(_) | Action::Postpone(_) => panic!("there is no journal"),
            Action::Step(Step::Sync | Step::Settled(_)) => panic!("the machine has no such steps"),
            Action::Step(Step::Done) => return false,
        }
        true
    }

    /// Returns the states of the batches that have one.
    fn states(&self) -> Vec<State> {
        self.settled.iter().map(|settled| settled.outcome.state).collect()
    }

    fn batches_sent(&self) -> Vec<u64> {
        self.sent.iter().map(|sent| sent.part.batch).collect()
    }
}

fn attempt() -> Attempt {
    Attempt { status: None, error: None, ms: 1.0 }
}

fn status(status: u16) -> Response {
    Response::Answer(Answer { status, ..Answer::default() })
}

fn pause(status: u16, wait: f64) -> Response {
    Response::Answer(Answer { status, wait: Some(wait), ..Answer::default() })
}

fn not_connected() -> Response {
    Response::Failed(Failure { code: "ECONNREFUSED".to_owned(), ..Failure::default() })
}

#[test]
fn every_batch_is_sent_once_and_settled_once() {
    let driver = drive(policy(), 50, |_| status(202));
    assert_eq!(driver.batches_sent(), (1..=50).collect::<Vec<_>>());
    assert_eq!(driver.states(), [State::Accepted; 50]);
    assert_eq!(driver.most_in_flight, 4);
}

#[test]
fn the_first_request_goes_alone() {
    let mut alone = true;
    let driver = drive(policy(), 10, |sent| {
        alone &= sent.number > 1;
        status(if sent.number < 2 { 500 } else { 202 })
    });
    assert_eq!(driver.states()[..3], [State::Unknown, State::Unknown, State::Accepted]);
    let driver = drive(policy(), 10, |_| status(503));
    assert_eq!(driver.most_in_flight, 1);
}

#[test]
fn a_wrong_key_or_address_costs_one_request() {
    let statuses = [
        (401, Reason::Unauthorized),
        (402, Reason::PaymentRequired),
        (403, Reason::Forbidden),
        (404, Reason::NotFound),
        (415, Reason::RequestRefused),
        (301, Reason::Redirected),
    ];
    let responses = statuses.map(|(refusal, reason)| (status(refusal), reason));
    for (response, reason) in responses.into_iter().chain([(Response::Redirect, Reason::Redirected)]) {
        let driver = drive(policy(), 5, |_| response.clone());
        assert_eq!(driver.sent.len(), 1);
        let first = &driver.settled[0].outcome;
        assert_eq!((first.state, first.reason), (State::Refused, Some(reason)));
        assert!(driver.settled[1..].iter().all(|settled| settled.outcome.reason == Some(Reason::Stopped)));
        assert_eq!(driver.machine.stopped().unwrap().0, reason);
    }
}

#[test]
fn an_untrusted_certificate_costs_one_request() {
    let failure = Failure { code: "CERT_HAS_EXPIRED".to_owned(), ..Failure::default() };
    let driver = drive(policy(), 5, |_| Response::Failed(failure.clone()));
    assert_eq!(driver.sent.len(), 1);
    assert_eq!(driver.states(), [State::Unsent; 5]);
    assert_eq!(driver.machine.stopped().unwrap().0, Reason::NotConnected);
}

#[test]
fn a_part_that_was_certainly_not_taken_is_sent_again() {
    for response in [status(408), status(425), status(429), status(503), not_connected()] {
        let driver = drive(policy(), 3, |sent| if sent.number < 2 { response.clone() } else { status(202) });
        assert_eq!(driver.states(), [State::Accepted; 3], "{response:?}");
        assert_eq!(driver.sent.len(), 5, "{response:?}");
    }
}

#[test]
fn an_outage_costs_as_many_requests_as_one_batch_has_attempts() {
    for response in [status(503), not_connected()] {
        let driver = drive(policy(), 20, |_| response.clone());
        assert_eq!(driver.batches_sent(), [1; 4], "{response:?}");
        assert_eq!(driver.states(), [State::Unsent; 20], "{response:?}");
        assert!(driver.settled[0].outcome.message.as_ref().unwrap().starts_with("after 4 requests: "));
    }
}

#[test]
fn a_service_in_trouble_gets_one_request_at_a_time() {
    let driver = drive(policy(), 40, |sent| if (4..9).contains(&sent.number) { status(503) } else { status(202) });
    assert_eq!(driver.states(), [State::Accepted; 40]);
    let in_trouble: Vec<f64> = driver.sent[8..10].iter().map(|sent| sent.at).collect();
    assert!(in_trouble.is_sorted_by(|a, b| a < b), "{in_trouble:?}");
}

#[test]
fn a_batch_that_is_never_taken_holds_up_none_of_the_others() {
    let driver = drive(policy(), 20, |sent| status(if sent.part.batch == 2 { 408 } else { 202 }));
    assert_eq!(driver.settled[1].outcome.state, State::Unsent);
    assert_eq!(driver.settled[1].attempts, 4);
    assert_eq!(driver.states().iter().filter(|&&state| state == State::Accepted).count(), 19);
    let last_of_second = driver.batches_sent().iter().rposition(|&batch| batch == 2).unwrap();
    assert_eq!(last_of_second, driver.sent.len() - 1, "the others went before");
}

#[test]
fn no_request_begins_within_a_pause_and_an_acceptance_elsewhere_does_not_end_it() {
    let driver = drive(policy(), 30, |sent| if sent.number == 5 { pause(429, 60_000.0) } else { status(202) });
    let until = driver.sent[5].at + 1.0 + 60_000.0;
    assert_eq!(driver.states(), [State::Accepted; 30]);
    let within = driver.sent.iter().filter(|sent| sent.at > until - 60_000.0 && sent.at < until);
    assert_eq!(within.count(), 0);
    assert!(driver.sent.iter().any(|sent| sent.at >= until));
}

#[test]
fn a_shorter_pause_does_not_end_a_longer_one() {
    let driver = drive(policy(), 30, |sent| match sent.number {
        3 => pause(503, 50_000.0),
        4 => pause(429, 1_000.0),
        _ => status(202),
    });
    assert!(driver.sent.iter().all(|sent| sent.at < 100.0 || sent.at >= 50_000.0));
}

#[test]
fn an_accepted_answer_may_ask_for_a_pause_too() {
    let driver = drive(policy(), 3, |sent| if sent.number == 0 { pause(202, 5_000.0) } else { status(202) });
    assert!(driver.sent[1].at >= 5_000.0);
    assert_eq!(driver.states(), [State::Accepted; 3]);
}

#[test]
fn the_rate_bounds_how_often_a_request_begins() {
    let driver = drive(Policy { rate: Some(10.0), ..policy() }, 20, |_| status(202));
    assert!(driver.sent.windows(2).all(|pair| pair[1].at - pair[0].at >= 100.0));
}

#[test]
fn after_the_deadline_no_request_begins() {
    let driver = drive(Policy { rate: Some(10.0), deadline: Some(450.0), ..policy() }, 20, |_| status(202));
    assert_eq!(driver.sent.len(), 5);
    assert_eq!(driver.settled[5].outcome.reason, Some(Reason::Deadline));
    assert!(driver.states()[5..].iter().all(|&state| state == State::Unsent));
}

#[test]
fn a_pause_that_is_longer_than_the_deadline_stops_sending_at_once() {
    let driver = drive(Policy { deadline: Some(10_000.0), ..policy() }, 3, |_| pause(429, 60_000.0));
    assert_eq!(driver.sent.len(), 1);
    assert!(driver.now < 10.0);
    assert_eq!(driver.machine.stopped().unwrap().0, Reason::Deadline);
}

#[test]
fn three_unknowns_stop_sending_only_if_they_are_in_a_row() {
    let one = Policy { concurrency: 1, ..policy() };
    let driver = drive(one.clone(), 10, |_| status(500));
    assert_eq!(driver.sent.len(), 3);
    assert_eq!(driver.states()[..4], [State::Unknown, State::Unknown, State::Unknown, State::Unsent]);
    let driver = drive(one, 10, |sent| status(if sent.number % 3 == 2 { 202 } else { 500 }));
    assert_eq!(driver.sent.len(), 10);
}

#[test]
fn a_part_that_may_have_been_taken_is_sent_once_unless_the_user_chooses_otherwise() {
    let parked = drive(policy(), 3, |sent| status(if sent.number == 1 { 502 } else { 202 }));
    assert_eq!(parked.batches_sent(), [1, 2, 3]);
    assert_eq!(parked.states(), [State::Accepted, State::Unknown, State::Accepted]);
    let retried = Policy { retry_unknown: true, ..policy() };
    let driver = drive(retried, 3, |sent| status(if sent.number == 1 { 502 } else { 202 }));
    assert_eq!(driver.states(), [State::Accepted; 3]);
    assert_eq!(driver.sent.len(), 4);
}

#[test]
fn a_part_that_may_have_been_taken_never_ends_refused_or_unsent() {
    let retried = Policy { retry_unknown: true, ..policy() };
    for last in [400, 413, 503, 301] {
        let driver = drive(retried.clone(), 1, |sent| status(if sent.number == 0 { 500 } else { last }));
        assert_eq!(driver.states(), [State::Unknown], "{last}");
    }
}

#[test]
fn a_batch_that_the_service_refuses_does_not_stop_the_others() {
    let driver = drive(policy(), 4, |sent| status(if sent.part.batch == 2 { 400 } else { 202 }));
    assert_eq!(driver.states(), [State::Accepted, State::Refused, State::Accepted, State::Accepted]);
    assert_eq!(driver.alone, [2], "it is said with the next that is accepted");
}

#[test]
fn three_refusals_stop_sending_only_if_they_are_in_a_row() {
    let one = Policy { concurrency: 1, ..policy() };
    let driver = drive(one.clone(), 10, |_| status(400));
    assert_eq!(driver.sent.len(), 3);
    assert_eq!(driver.states()[..4], [State::Refused, State::Refused, State::Refused, State::Unsent]);
    assert!(driver.settled[..3].iter().all(|settled| settled.outcome.reason == Some(Reason::AllRefused)));
    let (reason, message) = driver.machine.stopped().unwrap();
    assert_eq!(*reason, Reason::AllRefused);
    assert!(message.contains("3 requests in a row were refused") && message.contains("400"), "{message}");
    assert!(driver.alone.is_empty());

    let driver = drive(one.clone(), 10, |sent| status([422, 500, 422, 202][sent.number % 4]));
    assert_eq!((driver.sent.len(), driver.alone.len()), (10, 3), "{:?}", driver.alone);
    let driver = drive(one, 10, |sent| status([400, 500, 409, 500, 499][sent.number]));
    assert_eq!(
        driver.machine.stopped().unwrap().0,
        Reason::AllRefused,
        "what is unknown between them is no acceptance"
    );
}

#[test]
fn two_refusals_at_the_end_are_for_their_own_events() {
    let driver = drive(policy(), 2, |_| status(400));
    assert_eq!((driver.machine.stopped(), driver.alone.as_slice()), (None, [2].as_slice()));
}

#[test]
fn refusals_by_the_users_choice_do_not_stop_sending() {
    let mut policy = policy();
    policy.statuses.set(400..=400, Handling::Refused);
    let driver = drive(policy, 10, |_| status(400));
    assert_eq!(driver.states(), [State::Refused; 10]);
}

#[test]
fn a_2xx_of_another_server_leaves_one_batch_unknown_and_stops_sending() {
    let foreign = || Response::Foreign(Answer { status: 200, ..Answer::default() });
    let driver = drive(Policy { retry_unknown: true, ..policy() }, 5, |_| foreign());
    assert_eq!(driver.sent.len(), 1);
    assert_eq!(driver.states()[..2], [State::Unknown, State::Unsent]);
    assert_eq!(driver.machine.stopped().unwrap().0, Reason::ForeignAnswer);
    let mut policy = policy();
    policy.statuses.set(200..=299, Handling::Accepted);
    assert_eq!(drive(policy, 5, |_| foreign()).states(), [State::Accepted; 5]);
}

#[test]
fn a_pause_is_no_longer_than_its_cap_and_then_one_request_asks_again() {
    let policy = Policy { pause_cap: 10_000.0, ..policy() };
    let driver = drive(policy, 30, |sent| if sent.number == 5 { pause(202, 1e9) } else { status(202) });
    assert_eq!(driver.states(), [State::Accepted; 30]);
    let after: Vec<f64> = driver.sent.iter().map(|sent| sent.at).filter(|&at| at > 100.0).collect();
    assert!((10_000.0..10_100.0).contains(&after[0]) && after[1] > after[0], "{after:?}");
}

#[test]
fn a_capped_pause_is_reported_while_it_lasts() {
    let mut machine = Machine::new(Policy { pause_cap: 1_000.0, ..policy() }, false);
    assert_eq!(machine.asked_pause(500.0, 0.0), 500.0);
    assert_eq!((machine.paused_until(), machine.asked_longer(0.0)), (500.0, None));
    assert_eq!(machine.asked_pause(9_000.0, 0.0), 1_000.0);
    assert_eq!((machine.paused_until(), machine.asked_longer(999.0)), (1_000.0, Some(9_000.0)));
    assert_eq!(machine.asked_longer(1_000.0), None);
}

#[test]
fn a_body_that_is_too_large_is_sent_in_parts_that_are_not() {
    let driver = drive(policy(), 5, |sent| status(if sent.bytes > 60 { 413 } else { 202 }));
    assert!(driver.states().iter().all(|&state| state == State::Accepted));
    let covered: Vec<usize> = driver.settled.iter().map(|settled| settled.part.events()).collect();
    assert_eq!(covered.iter().sum::<usize>(), 50);
    let refused = driver.sent.iter().filter(|sent| sent.bytes > 60).count();
    assert!(refused <= 5, "{refused} requests were too large");
}

#[test]
fn one_event_that_is_too_large_is_refused_and_bodies_grow_again_behind_it() {
    let large = |sent: &Sent| sent.part.batch == 1 && (sent.part.from..sent.part.to).contains(&3);
    let driver = drive(policy(), 20, |sent| status(if large(sent) { 413 } else { 202 }));
    let refused: Vec<_> = driver.settled.iter().filter(|settled| settled.outcome.state == State::Refused).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].part, Part { batch: 1, from: 3, to: 4 });
    assert_eq!(driver.settled.last().unwrap().part.events(), 10, "the last batch goes whole");
}

#[test]
fn if_every_size_is_too_large_sending_stops_after_a_bounded_number_of_requests() {
    let driver = drive(policy(), 60, |_| status(413));
    assert!(driver.sent.len() <= 60, "{} requests", driver.sent.len());
    assert_eq!(driver.machine.stopped().unwrap().0, Reason::TooLarge);
    let events: usize = driver.settled.iter().map(|settled| settled.part.events()).sum();
    assert_eq!(events, 600);
    assert!(!driver.states().contains(&State::Accepted));
}

#[test]
fn the_waits_are_drawn_from_the_seed_and_grow_up_to_the_cap() {
    let waits = |seed| {
        let retry = Retry { attempts: 12, base: 100.0, cap: 1_000.0 };
        let driver = drive(Policy { seed, retry, ..policy() }, 1, |_| status(408));
        driver.sent.windows(2).map(|pair| pair[1].at - pair[0].at).collect::<Vec<f64>>()
    };
    assert_eq!(waits(1), waits(1));
    assert_ne!(waits(1), waits(2));
    let longest = |n: i32| (100.0 * 2_f64.powi(n)).min(1_000.0) + 1.0;
    for seed in 0..50 {
        assert!(waits(seed).iter().zip(0..).all(|(&wait, n)| wait <= longest(n)), "{seed}");
    }
    assert!((0..50).any(|seed| waits(seed)[8] > 800.0));
}

#[test]
fn many_retries_with_few_acceptances_wait_the_longest_time() {
    let retry = Retry { attempts: 1_000, base: 1.0, cap: 60_000.0 };
    let driver = drive(Policy { retry, ..policy() }, 1, |sent| status(if sent.number < 40 { 408 } else { 202 }));
    let waits: Vec<f64> = driver.sent.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    assert!(waits[25..].iter().all(|&wait| wait >= 60_000.0), "{waits:?}");
}

#[test]
fn after_an_abort_no_request_begins_and_those_in_flight_are_waited_for() {
    let ends: Rc<[usize]> = Rc::from([11]);
    let part = |batch| Part { batch, from: 0, to: 1 };
    let mut machine = Machine::new(policy(), false);
    machine.offer(part(1), Rc::clone(&ends));
    assert_eq!(machine.next_action(0.0), Action::Step(Step::Post(part(1))));
    machine.abort();
    machine.offer(part(2), ends);
    let Action::Settle(second, outcome, _) = machine.next_action(0.0) else { panic!("the second is not settled") };
    assert_eq!((second, outcome.state, outcome.reason), (part(2), State::Unsent, Some(Reason::Aborted)));
    machine.no_more();
    assert_eq!(machine.next_action(0.0), Action::Step(Step::Wait(None)));
    machine.ended(part(1), &status(202), attempt(), 1.0);
    assert!(matches!(machine.next_action(1.0), Action::Settle(_, Outcome { state: State::Accepted, .. }, _)));
    assert_eq!(machine.next_action(1.0), Action::Step(Step::Done));
}

#[test]
fn while_requests_are_held_back_none_begins() {
    let part = Part { batch: 1, from: 0, to: 1 };
    let mut machine = Machine::new(policy(), false);
    machine.offer(part, Rc::from([11]));
    machine.hold(true);
    assert_eq!(machine.next_action(0.0), Action::Step(Step::Wait(None)));
    machine.hold(false);
    assert_eq!(machine.next_action(0.0), Action::Step(Step::Post(part)));
}

#[test]
fn an_answer_that_comes_twice_counts_once() {
    let part = Part { batch: 1, from: 0, to: 1 };
    let mut machine = Machine::new(policy(), false);
    machine.offer(part, Rc::from([11]));
    machine.no_more();
    assert_eq!(machine.next_action(0.0), Action::Step(Step::Post(part)));
    machine.ended(part, &Response::Cut, attempt(), 1.0);
    machine.ended(part, &status(202), attempt(), 2.0);
    assert!(matches!(machine.next_action(2.0), Action::Settle(_, Outcome { state: State::Unknown, .. }, _)));
    assert_eq!(machine.next_action(2.0), Action::Step(Step::Done));
}

#[test]
fn with_a_journal_each_part_is_claimed_before_it_is_sent_also_when_it_is_sent_again() {
    let part = Part { batch: 1, from: 0, to: 1 };
    let mut machine = Machine::new(policy(), true);
    machine.offer(part, Rc::from([11]));
    machine.no_more();
    assert_eq!(machine.next_action(0.0), Action::Claim(part));
    assert_eq!(machine.next_action(0.0), Action::Step(Step::Wait(None)));
    machine.claimed(part);
    assert_eq!(machine.next_action(0.0), Action::Step(Step::Post(part)));
    machine.ended(part, &status(408), attempt(), 1.0);
    assert_eq!(machine.next_action(1.0), Action::Postpone(part));
    let Action::Step(Step::Wait(Some(until))) = machine.next_action(1.0) else { panic!("it does not wait") };
    assert_eq!(machine.next_action(until), Action::Claim(part));
}

#[test]
fn the_users_handling_of_a_status_counts_before_the_usual_one() {
    let mut policy = policy();
    policy.statuses.set(503..=503, Handling::Unknown);
    let driver = drive(policy, 1, |_| status(503));
    assert_eq!(driver.states(), [State::Unknown]);
}

#[test]
fn offline_no_request_begins_and_the_first_one_after_it_goes_alone() {
    let ends: Rc<[usize]> = Rc::from([11]);
    let part = |batch| Part { batch, from: 0, to: 1 };
    let mut machine = Machine::new(policy(), false);
    machine.offer(part(1), Rc::clone(&ends));
    assert_eq!(machine.next_action(0.0), Action::Step(Step::Post(part(1))));
    machine.ended(part(1), &status(202), attempt(), 1.0);
    assert!(matches!(machine.next_action(1.0), Action::Settle(..)));
    machine.offer(part(2), Rc::clone(&ends));
    machine.offer(part(3), ends);
    machine.set_offline(true);
    assert_eq!(machine.next_action(2.0), Action::Step(Step::Wait(None)));
    machine.set_offline(false);
    assert_eq!(machine.next_action(3.0), Action::Step(Step::Post(part(2))));
    assert_eq!(machine.next_action(3.0), Action::Step(Step::Wait(None)), "the third waits for the second");
}

#[test]
fn offline_sending_waits_until_the_deadline_and_the_message_says_why_the_rest_is_unsent() {
    let part = Part { batch: 1, from: 0, to: 1 };
    let mut machine = Machine::new(Policy { deadline: Some(500.0), ..policy() }, false);
    machine.set_offline(true);
    machine.offer(part, Rc::from([11]));
    assert_eq!(machine.next_action(0.0), Action::Step(Step::Wait(Some(500.0))));
    let Action::Settle(_, outcome, _) = machine.next_action(500.0) else { panic!("it is not settled") };
    assert_eq!((outcome.state, outcome.reason), (State::Unsent, Some(Reason::Offline)));
    assert!(outcome.message.unwrap().contains("once it is online"));
    assert_eq!(machine.stopped().unwrap().0, Reason::Deadline);
}

#[test]
fn parts_that_the_user_stops_while_offline_are_unsent_as_offline() {
    let part = Part { batch: 1, from: 0, to: 1 };
    let mut machine = Machine::new(policy(), false);
    machine.offer(part, Rc::from([11]));
    machine.set_offline(true);
    machine.abort();
    machine.set_offline(false);
    let Action::Settle(_, outcome, _) = machine.next_action(0.0) else { panic!("it is not settled") };
    assert_eq!((outcome.state, outcome.reason), (State::Unsent, Some(Reason::Offline)));
}

#[test]
fn requests_that_break_because_the_browser_goes_offline_do_not_stop_sending() {
    let ends: Rc<[usize]> = Rc::from([11]);
    let mut machine = Machine::new(policy(), false);
    for batch in 1..=6 {
        machine.offer(Part { batch, from: 0, to: 1 }, Rc::clone(&ends));
    }
    for _ in 0..4 {
        let Action::Step(Step::Post(part)) = machine.next_action(0.0) else { panic!("nothing is sent") };
        machine.set_offline(true);
        machine.ended(part, &Response::Failed(Failure::default()), attempt(), 0.0);
        assert!(matches!(machine.next_action(0.0), Action::Settle(_, Outcome { state: State::Unknown, .. }, _)));
        machine.set_offline(false);
    }
    assert_eq!(machine.stopped(), None);
}
