//! The batches that an outbox holds, sends and drops.

use std::collections::BTreeMap;

use split_events_delivery::journal::{Recovered, Resolution, entry};
use split_events_delivery::{
    Added, Answer, Attempt, BatchOutcome, Delivery, Outbox, OutboxCounts, OutboxEntry, Part, Policy, Response, State,
    Step, Sum,
};

/// An outbox, its store, and the clock.
struct Desk {
    outbox: Outbox,
    store: BTreeMap<String, Vec<u8>>,
    now: f64,
    settled: Vec<BatchOutcome>,
    posted: Vec<String>,
}

impl Desk {
    fn new() -> Self {
        Desk::over(BTreeMap::new())
    }

    fn over(store: BTreeMap<String, Vec<u8>>) -> Self {
        let mut recovered = Recovered::default();
        for (key, value) in &store {
            assert!(recovered.load(key, value.clone()).is_ok(), "{key}");
        }
        let now = 1_000_000.0;
        let outbox = Outbox::new(Policy::default(), recovered, now).expect("an outbox's store");
        Desk { outbox, store, now, settled: Vec::new(), posted: Vec::new() }
    }

    fn add(&mut self, id: &str, events: usize) -> Added {
        let event = |n| format!("{{\"of\":\"{id}\",\"n\":{n}}}");
        let body = format!("[{}]", (0..events).map(event).collect::<Vec<_>>().join(","));
        self.outbox.add(id.to_owned(), events, body.as_bytes())
    }

    fn sync(&mut self) {
        for write in self.outbox.driver().writes() {
            match write.value {
                Some(value) => self.store.insert(write.key, value),
                None => self.store.remove(&write.key),
            };
        }
    }

    /// Makes one call of `deliver`. `answer` returns the response to each body.
    fn deliver(&mut self, answer: impl FnMut(&str) -> Response) {
        assert!(self.outbox.begin(self.now, 0.0, 30_000.0).is_some());
        self.go_on(usize::MAX, answer);
    }

    /// Goes on up to `most` requests in all. Returns the parts whose requests have no answer yet.
    fn go_on(&mut self, most: usize, mut answer: impl FnMut(&str) -> Response) -> Vec<Part> {
        let mut in_flight = Vec::new();
        loop {
            match self.outbox.next_step(self.now) {
                Step::Sync => {
                    self.sync();
                    self.outbox.driver().synced(Ok(()));
                }
                Step::Post(part) => {
                    let body = String::from_utf8(self.outbox.driver().held().body_of(part)).unwrap();
                    let claim = self.store.values().any(|value| String::from_utf8_lossy(value).contains("dispatching"));
                    assert!(claim, "it is sent before its claim is durable");
                    self.posted.push(body);
                    in_flight.push(part);
                }
                Step::Settled(settled) => self.settled.push(settled.outcome),
                Step::Wait(_) if self.posted.len() < most && !in_flight.is_empty() => {
                    let part = in_flight.remove(0);
                    let body = String::from_utf8(self.outbox.driver().held().body_of(part)).unwrap();
                    let response = answer(&body);
                    self.outbox.ended(part, &response, Attempt { status: None, error: None, ms: 1.0 }, self.now);
                }
                Step::Wait(_) | Step::Done | Step::Read => return in_flight,
            }
        }
    }

    fn states(&self) -> Vec<(&str, State)> {
        self.settled.iter().map(|settled| (settled.id.as_str(), settled.state)).collect()
    }

    fn ids(&self, state: &str) -> Vec<String> {
        self.outbox.list(state, 100, None).into_iter().map(|entry| entry.id).collect()
    }

    fn bodies(&self) -> usize {
        self.store.keys().filter(|key| key.starts_with("body/") || key.starts_with("batch/")).count()
    }
}

fn status(status: u16) -> Response {
    Response::Answer(Answer { status, body: String::new(), wait: None })
}

fn sum(batches: u64, events: u64) -> Sum {
    Sum { batches, events }
}

#[test]
fn an_accepted_batch_leaves_no_entry_in_the_store() {
    let mut desk = Desk::new();
    assert_eq!((desk.add("a", 3), desk.add("b", 2)), (Added::Planned, Added::Planned));
    desk.sync();
    assert_eq!(desk.bodies(), 4);
    desk.deliver(|_| status(202));
    assert_eq!(desk.states(), [("a", State::Accepted), ("b", State::Accepted)]);
    assert_eq!(desk.bodies(), 0);
    assert_eq!(desk.outbox.counts(), OutboxCounts { accepted: sum(2, 5), ..OutboxCounts::default() });
    assert_eq!(desk.outbox.wait(desk.now), None);
    assert_eq!(desk.add("a", 3), Added::Planned);
}

#[test]
fn a_batch_with_a_known_id_is_not_added_again_in_any_state() {
    let mut desk = Desk::new();
    desk.add("refused", 1);
    desk.add("unknown", 1);
    desk.deliver(|body| status(if body.contains("refused") { 400 } else { 500 }));
    desk.add("planned", 1);
    for id in ["planned", "unknown", "refused"] {
        assert_eq!(desk.add(id, 2), Added::Held, "{id}");
        assert_eq!(desk.ids(id), [id]);
    }
}

#[test]
fn a_body_that_is_no_batch_is_refused() {
    let mut outbox = Desk::new().outbox;
    for body in ["", "[]", "{", "[1]", "[{}", "[{}] x", "[{},]", "null", "[{}{}]", "[[{}]]"] {
        assert_eq!(outbox.add("id".to_owned(), 1, body.as_bytes()), Added::NoBatch, "{body}");
    }
    assert_eq!(outbox.add("id".to_owned(), 2, b"[{}]"), Added::NoBatch);
    for id in ["", "a\nb", "\u{e9}", &"x".repeat(201)] {
        assert_eq!(outbox.add(id.to_owned(), 1, b"[{}]"), Added::NoId, "{id}");
    }
    assert_eq!(outbox.add("x".repeat(200), 1, b" [ {} ] "), Added::Planned);
    assert_eq!(outbox.body(&"x".repeat(200)).unwrap(), b"[{}]");
}

#[test]
fn a_batch_that_is_not_taken_stays_planned_and_waits_longer_each_time() {
    let mut desk = Desk::new();
    desk.add("a", 3);
    let mut longest = 0.0_f64;
    for _ in 0..40 {
        desk.deliver(|_| status(503));
        let wait = desk.outbox.wait(desk.now).expect("it is planned");
        longest = longest.max(wait);
        desk.now += wait;
    }
    assert_eq!(desk.posted.len(), 40);
    assert!(longest > 10_000.0, "the waits do not grow: {longest}");
    assert_eq!(desk.outbox.counts().planned, sum(1, 3));
    assert!(desk.settled.is_empty());
    desk.deliver(|_| status(202));
    assert_eq!(desk.states(), [("a", State::Accepted)]);
}

#[test]
fn a_pause_survives_the_process() {
    let mut desk = Desk::new();
    desk.add("a", 1);
    let asked = Response::Answer(Answer { status: 429, body: String::new(), wait: Some(60_000.0) });
    desk.deliver(|_| asked.clone());
    let mut next = Desk::over(desk.store);
    assert_eq!(next.outbox.wait(next.now), Some(60_000.0));
    next.deliver(|_| status(202));
    assert!(next.posted.is_empty());
    next.now += 60_000.0;
    next.deliver(|_| status(202));
    assert_eq!(next.posted.len(), 1);
}

#[test]
fn a_pause_that_the_headers_ask_for_survives_the_process_if_the_clock_stands_still() {
    let mut desk = Desk::new();
    desk.add("a", 1);
    assert!(desk.outbox.begin(desk.now, 0.0, 30_000.0).is_some());
    let part = desk.go_on(1, |_| unreachable!()).remove(0);
    desk.outbox.driver().asked_pause(60_000.0, desk.now);
    desk.outbox.ended(part, &paused(60_000.0), Attempt { status: None, error: None, ms: 1.0 }, desk.now);
    desk.go_on(usize::MAX, |_| unreachable!());
    assert_eq!(Desk::over(desk.store).outbox.paused_until(), 1_060_000.0);
}

#[test]
fn after_a_crash_only_what_was_in_flight_is_unknown() {
    let mut desk = Desk::new();
    for id in ["a", "b", "c"] {
        desk.add(id, 2);
    }
    desk.sync();
    assert!(desk.outbox.begin(desk.now, 0.0, 30_000.0).is_some());
    assert_eq!(desk.go_on(1, |_| status(202)).len(), 1);
    let mut next = Desk::over(desk.store);
    assert_eq!(
        (next.ids("unknown"), next.ids("planned")),
        (vec!["a".to_owned()], vec!["b".to_owned(), "c".to_owned()])
    );
    assert_eq!(next.outbox.list("unknown", 1, None)[0].reason.unwrap().as_str(), "crashed");
    next.deliver(|_| status(202));
    assert_eq!(next.states(), [("b", State::Accepted), ("c", State::Accepted)]);
    assert!(next.posted.iter().all(|body| !body.contains("\"a\"")));
}

#[test]
fn the_user_decides_about_unknown_and_refused_batches() {
    let mut desk = Desk::new();
    for id in ["a", "b", "c", "d"] {
        desk.add(id, 2);
    }
    desk.deliver(|body| status(if body.contains("\"a\"") { 202 } else { 400 }));
    assert_eq!(desk.ids("refused"), ["b", "c", "d"]);
    assert!(desk.outbox.resolve("b", Resolution::Resend));
    assert!(desk.outbox.resolve("c", Resolution::Drop));
    assert!(desk.outbox.resolve("d", Resolution::Accepted));
    assert!(!desk.outbox.resolve("d", Resolution::Drop) && !desk.outbox.resolve("b", Resolution::Resend));
    desk.sync();
    assert_eq!(desk.outbox.counts().accepted, sum(2, 4));
    let mut next = Desk::over(desk.store);
    assert_eq!((next.ids("planned"), next.bodies()), (vec!["b".to_owned()], 2));
    next.now += next.outbox.wait(next.now).unwrap();
    next.deliver(|_| status(202));
    assert_eq!(next.bodies(), 0);
}

#[test]
fn a_batch_that_is_too_large_is_sent_in_parts_that_end_and_are_kept_separately() {
    let mut desk = Desk::new();
    desk.add("a", 8);
    desk.deliver(|body| match body.matches("of").count() {
        3.. => status(413),
        _ if body.contains("\"n\":3") => status(400),
        _ => status(202),
    });
    let mut states = desk.states();
    states.sort_by_key(|(id, _)| *id);
    let ids: Vec<&str> = states.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, ["a:0-1", "a:1-3", "a:3-5", "a:5-7", "a:7-8"]);
    assert_eq!(states.iter().filter(|(_, state)| *state == State::Accepted).count(), 4);
    assert_eq!(desk.add("a", 1), Added::Held);
    let mut next = Desk::over(desk.store);
    assert_eq!(next.ids("refused"), ["a:3-5"]);
    assert_eq!(next.outbox.body("a:3-5").unwrap(), br#"[{"of":"a","n":3},{"of":"a","n":4}]"#);
    assert!(next.outbox.resolve("a:3-5", Resolution::Resend));
    next.deliver(|_| status(202));
    assert_eq!(next.bodies(), 0);
}

#[test]
fn three_unknowns_end_the_call_and_after_a_pause_one_more_does() {
    let mut desk = Desk::new();
    for n in 0..10 {
        desk.add(&n.to_string(), 1);
    }
    desk.deliver(|_| status(500));
    assert_eq!((desk.posted.len(), desk.ids("planned").len()), (3, 7));
    assert_eq!(desk.outbox.wait(desk.now), Some(30_000.0));
    desk.deliver(|_| status(202));
    assert_eq!(desk.posted.len(), 3);
    desk.now += 30_000.0;
    desk.deliver(|_| status(500));
    assert_eq!(desk.posted.len(), 4);
    assert_eq!(desk.outbox.wait(desk.now), Some(60_000.0));
    desk.now += 60_000.0;
    desk.deliver(|_| status(202));
    assert!(desk.ids("planned").is_empty());
}

#[test]
fn if_the_key_is_wrong_one_batch_is_refused_and_the_others_stay_planned() {
    let mut desk = Desk::new();
    for n in 0..10 {
        desk.add(&n.to_string(), 1);
    }
    desk.deliver(|_| status(401));
    assert_eq!((desk.ids("refused").len(), desk.ids("planned").len()), (1, 9));
    assert_eq!(desk.outbox.wait(desk.now), Some(30_000.0));
}

#[test]
fn a_second_call_does_nothing_and_a_later_one_takes_over_from_one_that_died() {
    let mut desk = Desk::new();
    desk.add("a", 1);
    desk.add("b", 1);
    let first = desk.outbox.begin(desk.now, 0.0, 30_000.0).unwrap();
    assert_eq!(desk.go_on(1, |_| status(202)).len(), 1);
    assert_eq!(desk.outbox.begin(desk.now + 59_000.0, 0.0, 30_000.0), None);
    desk.now += 61_000.0;
    desk.deliver(|_| status(202));
    assert!(!desk.outbox.is_call(first));
    assert_eq!(desk.states(), [("a", State::Unknown), ("b", State::Accepted)]);
}

#[test]
fn a_store_that_fails_ends_the_call_and_no_request_begins() {
    let mut desk = Desk::new();
    desk.add("a", 1);
    desk.outbox.begin(desk.now, 0.0, 30_000.0).unwrap();
    loop {
        match desk.outbox.next_step(desk.now) {
            Step::Sync => {
                desk.outbox.driver().writes();
                desk.outbox.driver().synced(Err("disk full".to_owned()));
            }
            Step::Done => break,
            Step::Wait(_) => {}
            step => panic!("{step:?}"),
        }
    }
    assert!(desk.outbox.has_failed());
    assert_eq!(desk.ids("planned"), ["a"]);
}

#[test]
fn the_journal_of_an_import_is_not_read_as_an_outbox() {
    let mut recovered = Recovered::default();
    let write = entry::import("{\"version\":1}");
    recovered.load(&write.key, write.value.unwrap()).unwrap();
    assert!(Outbox::new(Policy::default(), recovered, 0.0).is_none());
}

#[test]
fn a_list_goes_on_behind_the_last_one_seen_also_when_that_is_gone() {
    let mut desk = Desk::new();
    for n in 0..5 {
        desk.add(&format!("id {n}"), 1);
    }
    let first = desk.outbox.list("planned", 2, None);
    let behind = (first[1].number, first[1].from);
    let ids = |desk: &Desk, behind| -> Vec<String> {
        desk.outbox.list("planned", 2, Some(behind)).into_iter().map(|entry| entry.id).collect()
    };
    assert_eq!(ids(&desk, behind), ["id 2", "id 3"]);
    assert!(desk.outbox.resolve("id 0", Resolution::Drop) && desk.outbox.resolve("id 1", Resolution::Drop));
    assert_eq!(ids(&desk, behind), ["id 2", "id 3"]);
    let last = desk.outbox.list("planned", 9, None).pop().unwrap();
    assert!(desk.outbox.resolve(&last.id, Resolution::Drop));
    desk.add("later", 1);
    assert_eq!(ids(&desk, (last.number, last.from)), ["later"]);
}

#[test]
fn a_list_goes_on_within_a_batch_whose_parts_are_gone() {
    let mut desk = Desk::new();
    desk.add("large", 8);
    desk.deliver(|body| status(if body.matches("\"n\":").count() > 2 { 413 } else { 500 }));
    let all = desk.outbox.list("unknown", 9, None);
    assert!(all.len() > 2, "{all:?}");
    let places = |entries: &[OutboxEntry]| entries.iter().map(|one| (one.number, one.from)).collect::<Vec<_>>();
    let behind = places(&all)[1];
    for gone in &all[..2] {
        assert!(desk.outbox.resolve(&gone.id, Resolution::Drop));
    }
    assert_eq!(places(&desk.outbox.list("unknown", 9, Some(behind))), places(&all)[2..]);
}

/// Begins a call of `deliver` with this patience, in milliseconds, and returns its first step.
fn begin(desk: &mut Desk, patience: f64) -> Step {
    assert!(desk.outbox.begin(desk.now, patience, 30_000.0).is_some());
    step(desk)
}

/// Returns the next step that is not a write.
fn step(desk: &mut Desk) -> Step {
    loop {
        match desk.outbox.next_step(desk.now) {
            Step::Sync => {
                desk.sync();
                desk.outbox.driver().synced(Ok(()));
            }
            step => return step,
        }
    }
}

#[test]
fn offline_no_request_begins_and_a_call_returns_after_its_patience() {
    let mut desk = Desk::new();
    desk.add("a", 3);
    desk.outbox.driver().machine().set_offline(true);
    assert!(matches!(begin(&mut desk, 0.0), Step::Done));
    assert_eq!(desk.outbox.wait(desk.now), Some(5_000.0), "it is looked again, but not at once");

    let until = desk.now + 1_000.0;
    assert!(matches!(begin(&mut desk, 1_000.0), Step::Wait(Some(time)) if time == until));
    desk.now = until;
    assert!(matches!(step(&mut desk), Step::Done));
    assert_eq!((desk.ids("planned").as_slice(), desk.posted.len()), (["a".to_owned()].as_slice(), 0));
}

#[test]
fn online_again_a_call_goes_on_with_one_request_first() {
    let mut desk = Desk::new();
    for id in ["a", "b", "c"] {
        desk.add(id, 1);
    }
    desk.outbox.driver().machine().set_offline(true);
    assert!(matches!(begin(&mut desk, 60_000.0), Step::Wait(_)));
    desk.outbox.driver().machine().set_offline(false);
    assert_eq!(desk.go_on(1, |_| status(202)).len(), 1, "the first goes alone");
    assert_eq!(desk.posted.len(), 1);
}

#[test]
fn an_empty_outbox_does_not_wait_for_the_network() {
    let mut desk = Desk::new();
    desk.outbox.driver().machine().set_offline(true);
    assert!(matches!(begin(&mut desk, 60_000.0), Step::Done));
    assert_eq!(desk.outbox.wait(desk.now), None);
}

#[test]
fn a_part_that_was_claimed_when_the_browser_went_offline_stays_planned() {
    let mut desk = Desk::new();
    desk.add("a", 1);
    assert!(desk.outbox.begin(desk.now, 0.0, 30_000.0).is_some());
    assert!(matches!(desk.outbox.next_step(desk.now), Step::Sync));
    desk.sync();
    desk.outbox.driver().machine().set_offline(true);
    desk.outbox.driver().synced(Ok(()));
    assert!(matches!(step(&mut desk), Step::Done));
    let text: Vec<_> = desk.store.values().map(|value| String::from_utf8_lossy(value)).collect();
    assert!(!text.iter().any(|text| text.contains("dispatching")), "{text:?}");
    assert_eq!(desk.ids("planned"), ["a"]);
}

#[test]
fn after_three_refusals_in_a_row_there_is_a_pause_and_then_one_request_asks_again() {
    let mut desk = Desk::new();
    for n in 0..6 {
        desk.add(&format!("{n}"), 1);
    }
    desk.deliver(|_| status(400));
    assert_eq!((desk.posted.len(), desk.outbox.wait(desk.now)), (3, Some(30_000.0)));
    let reasons: Vec<_> = desk.settled.iter().map(|settled| settled.reason.unwrap().as_str()).collect();
    assert_eq!(reasons, ["rejected", "rejected", "all_refused"]);
    desk.now += 30_000.0;
    desk.deliver(|_| status(400));
    assert_eq!((desk.posted.len(), desk.outbox.wait(desk.now)), (4, Some(60_000.0)));
    assert_eq!((desk.ids("refused").len(), desk.ids("planned").len()), (4, 2));
    desk.now += 60_000.0;
    desk.deliver(|_| status(202));
    assert_eq!(desk.outbox.counts().accepted, sum(2, 2));
}

#[test]
fn a_pause_in_the_store_is_no_longer_than_its_cap() {
    let mut desk = Desk::new();
    desk.add("a", 1);
    desk.deliver(|_| Response::Answer(Answer { status: 429, body: String::new(), wait: Some(1e9) }));
    assert_eq!(desk.outbox.wait(desk.now), Some(3_600_000.0));
    let next = Desk::over(desk.store);
    assert_eq!(next.outbox.wait(next.now), Some(3_600_000.0));
}

fn paused(wait: f64) -> Response {
    Response::Answer(Answer { status: 503, body: String::new(), wait: Some(wait) })
}

/// Ends four requests in flight with these responses, one after the other, and the call with them. Returns the status
/// that it paused for.
fn paused_by(desk: &mut Desk, responses: [(Response, u16); 4]) -> Option<u16> {
    desk.add("before", 1);
    desk.deliver(|_| status(202));
    for n in 0..4 {
        desk.add(&n.to_string(), 1);
    }
    assert!(desk.outbox.begin(desk.now, 0.0, 30_000.0).is_some());
    let parts = desk.go_on(desk.posted.len() + 4, |_| unreachable!());
    assert_eq!(parts.len(), 4);
    for (part, (response, status)) in parts.into_iter().zip(responses) {
        if let Response::Answer(Answer { wait: Some(wait), .. }) = response {
            desk.outbox.driver().asked_pause(wait, desk.now); // its headers are there first
        }
        desk.now += 10.0;
        desk.outbox.ended(part, &response, Attempt { status: Some(status), error: None, ms: 1.0 }, desk.now);
        desk.go_on(0, |_| unreachable!());
    }
    assert!(desk.outbox.paused_until() > desk.now);
    desk.outbox.paused_by().and_then(|attempt| attempt.status)
}

#[test]
fn a_pause_keeps_the_request_that_caused_it_whatever_ends_after_it() {
    let [fine, bad] = [(status(202), 202), (status(400), 400)];
    let hour = || (paused(3_600_000.0), 503);
    assert_eq!(paused_by(&mut Desk::new(), [hour(), bad.clone(), bad.clone(), fine.clone()]), Some(503));
    assert_eq!(paused_by(&mut Desk::new(), [bad.clone(), (paused(1_000.0), 429), hour(), bad.clone()]), Some(503));
    assert_eq!(paused_by(&mut Desk::new(), [hour(), (paused(1_000.0), 429), bad.clone(), bad.clone()]), Some(503));
    // a rest
    assert_eq!(paused_by(&mut Desk::new(), [bad.clone(), (status(401), 401), bad.clone(), fine]), Some(401));
    assert_eq!(paused_by(&mut Desk::new(), [bad.clone(), bad.clone(), bad.clone(), (status(500), 500)]), Some(400));
    // the longer one counts
    assert_eq!(paused_by(&mut Desk::new(), [(paused(1_000.0), 429), (status(401), 401), bad.clone(), bad]), Some(401));
    assert_eq!(Desk::new().outbox.paused_by(), None);
}

#[test]
fn resume_ends_a_pause_also_for_the_next_process() {
    let mut desk = Desk::new();
    desk.add("a", 1);
    desk.deliver(|_| paused(3_000_000.0));
    assert_eq!(desk.outbox.wait(desk.now), Some(3_000_000.0));
    desk.outbox.resume();
    assert_eq!(desk.outbox.wait(desk.now), Some(0.0));
    desk.sync();
    let mut next = Desk::over(desk.store);
    assert_eq!(next.outbox.wait(next.now), Some(0.0));
    next.deliver(|_| status(202));
    assert_eq!(next.states(), [("a", State::Accepted)]);
}

#[test]
fn resume_ends_a_pause_after_refusals_and_the_next_one_is_as_short_as_the_first() {
    let mut desk = Desk::new();
    for n in 0..10 {
        desk.add(&n.to_string(), 1);
    }
    for _ in 0..3 {
        desk.deliver(|_| status(500));
        desk.now += desk.outbox.wait(desk.now).unwrap();
    }
    desk.deliver(|_| status(500));
    desk.outbox.resume();
    assert_eq!(desk.outbox.wait(desk.now), Some(0.0));
    desk.deliver(|_| status(500));
    assert_eq!(desk.outbox.wait(desk.now), Some(30_000.0));
}

#[test]
fn resume_plans_batches_again_that_were_refused_for_the_key_the_address_or_the_account() {
    let mut desk = Desk::new();
    for id in ["bad", "key", "lost"] {
        desk.add(id, 2);
    }
    desk.deliver(|body| status(if body.contains("bad") { 400 } else { 401 }));
    desk.outbox.end_pause();
    desk.deliver(|_| status(500));
    assert_eq!(
        (desk.ids("refused"), desk.ids("unknown")),
        (vec!["bad".to_owned(), "key".to_owned()], vec!["lost".to_owned()])
    );
    assert_eq!(desk.outbox.resume(), sum(1, 2));
    assert_eq!((desk.ids("refused"), desk.ids("planned")), (vec!["bad".to_owned()], vec!["key".to_owned()]));
    desk.sync();
    let mut next = Desk::over(desk.store);
    next.deliver(|_| status(202));
    assert_eq!(next.states(), [("key", State::Accepted)]);
    assert_eq!(next.outbox.resume(), sum(0, 0));
}

#[test]
fn an_answer_to_a_request_from_before_resume_holds_no_batch_back() {
    for (answer, left) in [(paused(3_000_000.0), ["a", "b"].as_slice()), (status(401), &["b"]), (status(500), &["b"])] {
        let mut desk = Desk::new();
        desk.add("a", 1);
        desk.add("b", 1);
        let Step::Post(part) = begin(&mut desk, 0.0) else { panic!("nothing is sent") };
        desk.outbox.resume();
        desk.outbox.driver().asked_pause(3_000_000.0, desk.now);
        desk.outbox.ended(part, &answer, Attempt { status: None, error: None, ms: 1.0 }, desk.now);
        desk.go_on(usize::MAX, |_| status(202));
        assert_eq!(desk.posted.len(), left.len(), "{answer:?}");
        assert_eq!((desk.ids("planned").len(), desk.outbox.paused_until()), (0, 0.0));
        assert!(!desk.store.contains_key("pause"), "{answer:?}");
    }
}

#[test]
fn resume_reaches_a_call_that_waits_for_the_pause() {
    let mut desk = Desk::new();
    desk.add("a", 1);
    let Step::Post(part) = begin(&mut desk, 1e9) else { panic!("nothing is sent") };
    desk.outbox.ended(part, &paused(3_000_000.0), Attempt { status: None, error: None, ms: 1.0 }, desk.now);
    assert!(matches!(step(&mut desk), Step::Wait(Some(_))));
    desk.outbox.resume();
    desk.go_on(usize::MAX, |_| status(202));
    assert_eq!(desk.states(), [("a", State::Accepted)]);
}

#[test]
fn a_planned_batch_can_be_dropped_and_one_in_flight_cannot() {
    let mut desk = Desk::new();
    for id in ["a", "b", "c"] {
        desk.add(id, 2);
    }
    let Step::Post(part) = begin(&mut desk, 0.0) else { panic!("nothing is sent") };
    assert_eq!(desk.outbox.entry("a").unwrap().state, "dispatching");
    for word in [Resolution::Drop, Resolution::Resend, Resolution::Accepted] {
        assert!(!desk.outbox.resolve("a", word));
    }
    assert!(!desk.outbox.send_now("a"));
    assert!(!desk.outbox.resolve("b", Resolution::Resend) && !desk.outbox.resolve("b", Resolution::Accepted));
    assert!(desk.outbox.resolve("b", Resolution::Drop));
    desk.outbox.ended(part, &status(202), Attempt { status: None, error: None, ms: 1.0 }, desk.now);
    desk.go_on(usize::MAX, |_| status(202));
    assert_eq!(desk.states(), [("a", State::Accepted), ("c", State::Accepted)]);
    assert_eq!((desk.outbox.counts().accepted, desk.bodies()), (sum(2, 4), 0));
}

#[test]
fn a_batch_that_was_not_taken_can_be_dropped_between_two_calls() {
    let mut desk = Desk::new();
    desk.add("a", 8);
    desk.add("b", 1);
    desk.deliver(|body| if body.matches("of").count() > 2 { status(413) } else { status(503) });
    let planned = desk.ids("planned");
    assert_eq!(planned.last().unwrap(), "b");
    for id in planned {
        assert!(desk.outbox.resolve(&id, Resolution::Drop), "{id}");
    }
    desk.now += 1e6;
    desk.posted.clear();
    desk.deliver(|_| status(202));
    assert_eq!((desk.posted.len(), desk.bodies(), desk.outbox.wait(desk.now)), (0, 0, None));
}

#[test]
fn a_batch_that_the_user_sends_now_goes_first_and_ends_the_pause() {
    let mut desk = Desk::new();
    for n in 0..9 {
        desk.add(&n.to_string(), 1);
    }
    desk.deliver(|_| paused(3_000_000.0));
    assert!(desk.outbox.send_now("7"));
    assert!(!desk.outbox.send_now("no such"));
    assert_eq!(desk.outbox.wait(desk.now), Some(0.0));
    desk.deliver(|_| status(202));
    assert_eq!(desk.states()[0], ("7", State::Accepted));
    assert_eq!((desk.settled.len(), desk.bodies()), (9, 0));
}

#[test]
fn all_batches_in_a_state_are_resolved_in_slices_each_once() {
    let mut desk = Desk::new();
    for n in 0..7 {
        desk.add(&n.to_string(), 2);
    }
    let (mut after, mut slices) = (0, Vec::new());
    desk.deliver(|body| status(if body.contains("\"of\":\"1\"") { 400 } else { 500 }));
    for _ in 0..9 {
        desk.outbox.end_pause();
        desk.deliver(|_| status(500));
    }
    assert_eq!(desk.ids("unknown").len(), 6);
    while let resolved = desk.outbox.resolve_all("unknown", Resolution::Drop, after, 2)
        && resolved.batches > 0
    {
        slices.push((resolved.batches, resolved.events));
        let Some(next) = resolved.next else { break };
        after = next;
    }
    assert_eq!(slices, [(2, 4), (2, 4), (2, 4)]);
    assert_eq!((desk.ids("unknown").len(), desk.ids("refused").len()), (0, 1));
}

#[test]
fn a_hundred_thousand_planned_batches_are_dropped_in_a_moment() {
    let mut desk = Desk::new();
    let mut recovered = Recovered::default();
    for n in 0..100_000_u64 {
        let body = format!("[{{\"n\":{n}}}]").into_bytes();
        let write = entry::piece(n + 1, 0, &body);
        recovered.load(&write.key, write.value.unwrap()).unwrap();
    }
    desk.add("1", 1);
    let record = desk.outbox.driver().writes().into_iter().find(|write| write.key.starts_with("batch/")).unwrap();
    let text = String::from_utf8(record.value.unwrap()).unwrap();
    for n in 0..100_000_u64 {
        let key = format!("batch/{:012}", n + 1);
        recovered.load(&key, text.replace("\"file\":\"1\"", &format!("\"file\":\"{n}\"")).into_bytes()).unwrap();
    }
    recovered.description = entry::OUTBOX.to_owned();
    let mut outbox = Outbox::new(Policy::default(), recovered, 0.0).expect("an outbox's store");
    let (mut after, mut dropped) = (Some(0), 0);
    let began = std::time::Instant::now();
    while let Some(from) = after {
        let resolved = outbox.resolve_all("planned", Resolution::Drop, from, 1_000);
        (after, dropped) = (resolved.next, dropped + resolved.batches);
    }
    assert_eq!((dropped, outbox.size()), (100_000, (0, 0)));
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
