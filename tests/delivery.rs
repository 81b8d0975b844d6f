//! What an answer or a failure means, and when a run stops.

use split_events::delivery::{Action, Ending, Failure, Machine, Outcome, Reason, Runtime, State};

fn of_status(status: u16, events: usize) -> Outcome {
    Outcome::of(&Ending::Status(status, String::new()), events, Runtime::Node)
}

fn failed(runtime: Runtime, code: &str, syscall: &str, message: &str) -> State {
    let failure = Failure { code: code.to_owned(), syscall: syscall.to_owned(), message: message.to_owned() };
    Outcome::of(&Ending::Failed(failure), 1, runtime).state
}

#[test]
fn each_status_has_one_meaning() {
    for (status, state, reason, stops) in [
        (200, State::Accepted, None, false),
        (202, State::Accepted, None, false),
        (204, State::Accepted, None, false),
        (301, State::Refused, Some(Reason::Redirected), false),
        (302, State::Refused, Some(Reason::Redirected), false),
        (400, State::Refused, Some(Reason::Rejected), false),
        (401, State::Refused, Some(Reason::Unauthorized), true),
        (403, State::Refused, Some(Reason::Forbidden), true),
        (404, State::Refused, Some(Reason::Rejected), false),
        (408, State::Unsent, Some(Reason::RequestTimeout), false),
        (413, State::Unsent, Some(Reason::TooLarge), false),
        (425, State::Unsent, Some(Reason::TooEarly), false),
        (429, State::Unsent, Some(Reason::RateLimited), true),
        (500, State::Unknown, Some(Reason::ServerError), false),
        (502, State::Unknown, Some(Reason::ServerError), false),
        (503, State::Unsent, Some(Reason::Unavailable), true),
        (504, State::Unknown, Some(Reason::ServerError), false),
        (599, State::Unknown, Some(Reason::ServerError), false),
        (101, State::Unknown, Some(Reason::ServerError), false),
        (999, State::Unknown, Some(Reason::ServerError), false),
    ] {
        let outcome = of_status(status, 2);
        assert_eq!((outcome.state, outcome.reason, outcome.stops), (state, reason, stops), "{status}");
        assert_eq!(outcome.message.is_some(), state != State::Accepted, "{status}");
    }
}

#[test]
fn one_event_that_is_too_large_for_the_service_is_refused() {
    assert_eq!(of_status(413, 1).state, State::Refused);
}

#[test]
fn what_the_service_said_and_what_to_do_stand_in_the_message() {
    let outcome = Outcome::of(&Ending::Status(401, "no such key".to_owned()), 1, Runtime::Node);
    let message = outcome.message.unwrap();
    assert!(message.contains("401: no such key") && message.contains("SDK key"), "{message}");
}

#[test]
fn in_node_some_failures_prove_that_nothing_was_sent() {
    use Runtime::Node;
    for code in ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT", "DEPTH_ZERO_SELF_SIGNED_CERT"] {
        assert_eq!(failed(Node, code, "", ""), State::Unsent, "{code}");
    }
    assert_eq!(failed(Node, "ECONNRESET", "connect", "connect ECONNRESET"), State::Unsent);
    let tls = "Client network socket disconnected before secure TLS connection was established";
    assert_eq!(failed(Node, "ECONNRESET", "", tls), State::Unsent);
    assert_eq!(failed(Node, "", "", "bad port"), State::Unsent);
    assert_eq!(failed(Node, "ECONNRESET", "read", "read ECONNRESET"), State::Unknown);
    assert_eq!(failed(Node, "UND_ERR_SOCKET", "", "other side closed"), State::Unknown);
    assert_eq!(failed(Node, "UND_ERR_HEADERS_TIMEOUT", "", ""), State::Unknown);
    assert_eq!(failed(Node, "", "", "a report of a bad port"), State::Unknown);
}

#[test]
fn in_bun_a_reset_proves_nothing() {
    assert_eq!(failed(Runtime::Bun, "ECONNREFUSED", "", ""), State::Unsent);
    assert_eq!(
        failed(Runtime::Bun, "ETIMEDOUT", "", "Unable to connect. Is the computer able to access the url?"),
        State::Unsent
    );
    assert_eq!(failed(Runtime::Bun, "ETIMEDOUT", "", "timed out"), State::Unknown);
    assert_eq!(failed(Runtime::Bun, "ECONNRESET", "connect", ""), State::Unknown);
}

#[test]
fn in_workerd_deno_and_browsers_no_failure_proves_anything() {
    for runtime in [Runtime::Workerd, Runtime::Deno, Runtime::Browser, Runtime::Unknown] {
        assert_eq!(failed(runtime, "ECONNREFUSED", "connect", "bad port"), State::Unknown, "{runtime:?}");
    }
}

#[test]
fn a_request_without_an_answer_is_unknown() {
    for ending in [Ending::TimedOut, Ending::Cut] {
        assert_eq!(Outcome::of(&ending, 1, Runtime::Node).state, State::Unknown);
    }
    assert_eq!(Outcome::of(&Ending::Redirect, 1, Runtime::Browser).state, State::Refused);
}

/// Drives a machine over numbered batches; `answer` says how each request ends, the oldest first.
struct Driver<F: FnMut(usize) -> Ending> {
    machine: Machine,
    answer: F,
    batches: usize,
    offered: usize,
    in_flight: Vec<usize>,
    most_in_flight: usize,
    sent: Vec<usize>,
    settled: Vec<(usize, State, Option<Reason>)>,
}

fn drive(
    batches: usize,
    concurrency: usize,
    answer: impl FnMut(usize) -> Ending,
) -> Driver<impl FnMut(usize) -> Ending> {
    let mut driver = Driver {
        machine: Machine::new(Runtime::Node, concurrency),
        answer,
        batches,
        offered: 0,
        in_flight: vec![],
        most_in_flight: 0,
        sent: vec![],
        settled: vec![],
    };
    while driver.step() {}
    driver.settled.sort_by_key(|&(batch, ..)| batch);
    driver
}

impl<F: FnMut(usize) -> Ending> Driver<F> {
    fn step(&mut self) -> bool {
        match self.machine.next_action() {
            Action::Send(id) => {
                let batch = id.parse().unwrap();
                self.sent.push(batch);
                self.in_flight.push(batch);
                self.most_in_flight = self.most_in_flight.max(self.in_flight.len());
            }
            Action::Settle(id, outcome) => self.settled.push((id.parse().unwrap(), outcome.state, outcome.reason)),
            Action::Read if self.offered < self.batches => {
                self.machine.offer(self.offered.to_string(), 2);
                self.offered += 1;
            }
            Action::Read => self.machine.no_more(),
            Action::Wait => {
                let batch = self.in_flight.remove(0);
                let ending = (self.answer)(batch);
                self.machine.ended(&batch.to_string(), &ending);
            }
            Action::Done => return false,
        }
        true
    }

    fn states(&self) -> Vec<State> {
        self.settled.iter().map(|&(_, state, _)| state).collect()
    }
}

fn status(status: u16) -> Ending {
    Ending::Status(status, String::new())
}

#[test]
fn every_batch_is_sent_once_and_settled_once() {
    let driver = drive(50, 4, |_| status(202));
    assert_eq!(driver.sent, (0..50).collect::<Vec<_>>());
    assert_eq!(driver.states(), [State::Accepted; 50]);
    assert_eq!(driver.most_in_flight, 4);
}

#[test]
fn concurrency_opens_only_when_a_batch_was_accepted() {
    let mut alone = true;
    let driver = drive(10, 4, |batch| {
        alone &= batch > 1;
        status(if batch < 2 { 500 } else { 202 })
    });
    assert_eq!(driver.sent[..3], [0, 1, 2]);
    assert_eq!(driver.states()[..3], [State::Unknown, State::Unknown, State::Accepted]);
    let driver = drive(10, 4, |_| status(400));
    assert_eq!(driver.most_in_flight, 1);
}

#[test]
fn a_key_that_is_refused_costs_one_request() {
    for (refusal, reason) in [(401, Reason::Unauthorized), (403, Reason::Forbidden)] {
        let driver = drive(5, 4, |_| status(refusal));
        assert_eq!(driver.sent, [0]);
        assert_eq!(driver.settled[0], (0, State::Refused, Some(reason)));
        assert!(
            driver.settled[1..]
                .iter()
                .all(|&(_, state, reason)| (state, reason) == (State::Unsent, Some(Reason::Stopped)))
        );
        assert_eq!(driver.machine.stopped().unwrap().0, reason);
    }
}

#[test]
fn a_service_that_asks_for_a_pause_or_is_not_there_is_sent_nothing_more() {
    for ending in
        [status(429), status(503), Ending::Failed(Failure { code: "ECONNREFUSED".to_owned(), ..Failure::default() })]
    {
        let driver = drive(5, 4, |_| ending.clone());
        assert_eq!(driver.sent, [0], "{ending:?}");
        assert_eq!(driver.states(), [State::Unsent; 5], "{ending:?}");
    }
}

#[test]
fn three_failures_in_a_row_stop_a_run_and_an_acceptance_between_them_does_not() {
    let driver = drive(10, 1, |_| status(500));
    assert_eq!(driver.sent.len(), 3);
    assert_eq!(driver.states()[..4], [State::Unknown, State::Unknown, State::Unknown, State::Unsent]);
    let driver = drive(10, 1, |batch| status(if batch % 3 == 2 { 202 } else { 500 }));
    assert_eq!(driver.sent.len(), 10);
}

#[test]
fn a_batch_that_the_service_refuses_does_not_stop_the_others() {
    let driver = drive(4, 1, |batch| status(if batch == 1 { 400 } else { 202 }));
    assert_eq!(driver.states(), [State::Accepted, State::Refused, State::Accepted, State::Accepted]);
}

#[test]
fn after_an_abort_nothing_is_sent_and_what_is_in_flight_is_waited_for() {
    let mut machine = Machine::new(Runtime::Node, 4);
    machine.offer("0".to_owned(), 1);
    assert_eq!(machine.next_action(), Action::Send("0".to_owned()));
    machine.abort();
    machine.offer("1".to_owned(), 1);
    let Action::Settle(id, outcome) = machine.next_action() else { panic!("the second batch is not settled") };
    assert_eq!((id.as_str(), outcome.state, outcome.reason), ("1", State::Unsent, Some(Reason::Aborted)));
    machine.no_more();
    assert_eq!(machine.next_action(), Action::Wait);
    machine.ended("0", &status(202));
    assert!(matches!(machine.next_action(), Action::Settle(_, Outcome { state: State::Accepted, .. })));
    assert_eq!(machine.next_action(), Action::Done);
}

#[test]
fn an_answer_that_comes_twice_counts_once() {
    let mut machine = Machine::new(Runtime::Node, 1);
    machine.offer("0".to_owned(), 1);
    machine.no_more();
    assert_eq!(machine.next_action(), Action::Send("0".to_owned()));
    machine.ended("0", &Ending::Cut);
    machine.ended("0", &status(202));
    assert!(matches!(machine.next_action(), Action::Settle(_, Outcome { state: State::Unknown, .. })));
    assert_eq!(machine.next_action(), Action::Done);
}
