//! The queue of the long-lived client: its bounds, its verdicts, and the requests that outlive their page.

use split_events::{Batcher, Caps, Rules};
use split_events_delivery::journal::{Recovered, StoreKind};
use split_events_delivery::{Answer, Attempt, Delivery, Outbox, Policy, Reason, Response, State, Step};
use split_events_delivery::{Bounds, Client, Counted, Given, Overflow};

fn client(max_events: usize, events: usize, overflow: Overflow) -> Client {
    let caps = Caps { events: max_events, ..Caps::default() };
    let bounds = Bounds { events, bytes: 1_000_000, overflow };
    Client::new(Rules::default(), Batcher::new(caps, "run".to_owned()), bounds, Policy::default())
}

fn outbox() -> Outbox {
    Outbox::new(Policy::default(), Recovered::default(), 0.0).unwrap()
}

fn event(n: usize) -> Vec<u8> {
    let event = format!(
        "{{\"eventTypeId\":\"page\",\"trafficTypeName\":\"user\",\"key\":\"{n}\",\"timestamp\":1700000000000,\"value\":1}}"
    );
    event.into_bytes()
}

fn figures(client: &Client, outbox: &Outbox) -> (u64, u64, u64, u64) {
    let receipt = client.receipt(Some(outbox), 0, 0);
    (receipt.accepted, receipt.refused, receipt.unknown, receipt.unsent)
}

fn closed(client: &mut Client, outbox: &Outbox) -> (u64, u64, u64, u64) {
    client.close(Some(outbox));
    figures(client, outbox)
}

/// Returns the outbox of a later process, with what was written until now.
fn left_to_another(store: &mut Vec<(String, Vec<u8>)>, outbox: &mut Outbox) -> Outbox {
    for write in outbox.driver().writes() {
        assert_eq!(write.store, StoreKind::Journal);
        store.retain(|(key, _)| *key != write.key);
        store.extend(write.value.map(|value| (write.key, value)));
    }
    store.sort();
    let mut recovered = Recovered::default();
    for (key, value) in &*store {
        assert!(recovered.load(key, value.clone()).is_ok(), "{key}");
    }
    Outbox::new(Policy::default(), recovered, 0.0).expect("an outbox's store")
}

fn accepted() -> Response {
    Response::Answer(Answer { status: 202, ..Answer::default() })
}

fn attempt() -> Attempt {
    Attempt { status: Some(202), error: None, ms: 1.0 }
}

#[test]
fn verdicts_have_the_issues_of_the_check() {
    let (mut client, mut outbox) = (client(10, 10, Overflow::Reject), outbox());
    assert_eq!(client.track(&event(1), None, Some(&mut outbox)).verdict, "clean");
    let seconds = String::from_utf8(event(2)).unwrap().replace("000000,", ",");
    let repaired = client.track(seconds.replace("1700000", "1700000000").as_bytes(), None, Some(&mut outbox));
    assert_eq!((repaired.verdict, repaired.issues[0].code), ("repaired", "timestamp_seconds"));
    for nothing in ["null", "", "[]", "{"] {
        assert_eq!(client.track(nothing.as_bytes(), None, Some(&mut outbox)).verdict, "refused", "{nothing}");
    }
    assert_eq!(client.queued(Some(&outbox)).0, 2);
}

#[test]
fn a_full_queue_rejects_and_does_not_count() {
    let (mut client, mut outbox) = (client(2, 3, Overflow::Reject), outbox());
    let verdicts: Vec<&str> = (0..5).map(|n| client.track(&event(n), None, Some(&mut outbox)).verdict).collect();
    assert_eq!(verdicts, ["clean", "clean", "clean", "rejected", "rejected"]);
    client.seal(Some(&mut outbox));
    assert_eq!(closed(&mut client, &outbox), (0, 0, 0, 3));
}

#[test]
fn the_oldest_batches_make_room_and_are_reported_as_unsent() {
    let (mut client, mut outbox) = (client(2, 3, Overflow::DropOldest), outbox());
    let dropped: Vec<u64> = (0..5).map(|n| client.track(&event(n), None, Some(&mut outbox)).dropped).collect();
    assert_eq!(dropped, [0, 0, 0, 2, 0]);
    client.seal(Some(&mut outbox));
    assert_eq!(client.queued(Some(&outbox)).0, 3);
    assert_eq!(figures(&client, &outbox), (0, 0, 0, 2));
    let bodies = String::from_utf8(outbox.body("run-2").unwrap()).unwrap();
    assert!(bodies.contains("\"key\":\"2\"") && bodies.contains("\"key\":\"3\""), "{bodies}");
}

#[test]
fn an_event_is_rejected_if_no_batch_can_make_room() {
    let (mut client, mut outbox) = (client(1, 1, Overflow::DropOldest), outbox());
    client.track(&event(0), None, Some(&mut outbox));
    client.seal(Some(&mut outbox));
    outbox.begin(0.0, 0.0, 1.0);
    while !matches!(outbox.next_step(0.0), Step::Sync) {}
    let tracked = client.track(&event(1), None, Some(&mut outbox));
    assert_eq!((tracked.verdict, tracked.dropped), ("rejected", 0));
}

#[test]
fn events_tracked_before_the_outbox_is_open_go_into_it() {
    let (mut client, mut outbox) = (client(2, 10, Overflow::Reject), outbox());
    for n in 0..5 {
        client.track(&event(n), None, None);
    }
    client.open(&mut outbox, false, &Counted::default());
    assert_eq!(outbox.load().0, 4);
    assert_eq!(client.queued(Some(&outbox)).0, 5);
}

fn give_all(client: &mut Client, outbox: &mut Outbox) -> Vec<Given> {
    client.seal(Some(outbox));
    std::iter::from_fn(|| client.give(outbox, false, usize::MAX)).collect()
}

#[test]
fn a_page_that_is_left_gives_away_the_events_that_fit_once_and_they_are_unknown_until_answered() {
    let (mut client, mut outbox) = (client(500, 10_000, Overflow::Reject), outbox());
    for n in 0..2_000 {
        client.track(&event(n), None, Some(&mut outbox));
    }
    let given = give_all(&mut client, &mut outbox);
    let bytes: usize = given.iter().map(|given| given.body.len()).sum();
    assert!((50_000..65_536).contains(&bytes), "{bytes}");
    assert!(given.len() > 2 && given.iter().all(|given| given.body.len() <= 30_000), "in pieces");
    assert!(give_all(&mut client, &mut outbox).iter().map(|given| given.body.len()).sum::<usize>() < 200);
    assert_eq!(client.queued(Some(&outbox)).0, 2_000);
    let first = &given[0];
    let (settled, _) = client.kept_ended(&first.id, &accepted(), attempt(), &mut outbox).expect("is told");
    assert_eq!(settled.events, first.events);
    assert_eq!(figures(&client, &outbox), (first.events as u64, 0, 0, 0));
    let (accepted, refused, unknown, unsent) = closed(&mut client, &outbox);
    assert_eq!((accepted, refused, unknown + unsent), (first.events as u64, 0, 2_000 - first.events as u64));
    assert!(unknown > 0);
}

#[test]
fn events_that_the_browser_had_no_room_for_are_queued_again_and_no_others() {
    let policy = Policy { runtime: split_events_delivery::Runtime::Browser, ..Policy::default() };
    let bounds = Bounds { events: 10_000, bytes: 1_000_000, overflow: Overflow::Reject };
    let batcher = Batcher::new(Caps { events: 500, ..Caps::default() }, "run".to_owned());
    let (mut client, mut outbox) = (Client::new(Rules::default(), batcher, bounds, policy), outbox());
    for n in 0..300 {
        client.track(&event(n), None, Some(&mut outbox));
    }
    let given = give_all(&mut client, &mut outbox);
    assert!(given.len() > 2, "{}", given.len());
    assert!(!outbox.has_waiting());
    let failed =
        |code: &str| Response::Failed(split_events_delivery::Failure { code: code.to_owned(), ..Default::default() });
    assert!(client.kept_ended(&given[1].id, &failed("KEEPALIVE_FULL"), attempt(), &mut outbox).is_none());
    assert!(outbox.has_waiting());
    assert!(client.kept_ended(&given[2].id, &failed(""), attempt(), &mut outbox).is_some());
    let lost = given[2].events as u64;
    assert_eq!(figures(&client, &outbox), (0, 0, lost, 0));
    let again = give_all(&mut client, &mut outbox);
    assert_eq!(again.iter().map(|given| given.events).sum::<usize>(), given[1].events);
    assert_eq!(client.give_up(&mut outbox).len(), given.len() - 2 + again.len());
    assert_eq!(figures(&client, &outbox), (0, 0, 300, 0));
    assert_eq!(outbox.size(), (0, 0));
}

#[test]
fn requests_left_to_the_browser_have_room_of_their_own() {
    let (mut client, mut outbox) = (client(500, 10_000, Overflow::Reject), outbox());
    for n in 0..2_000 {
        client.track(&event(n), None, Some(&mut outbox));
    }
    client.seal(Some(&mut outbox));
    let later = client.give(&mut outbox, true, 20_000).expect("there is room");
    assert!((10_000..=20_000).contains(&later.body.len()), "{}", later.body.len());
    let bytes: usize = give_all(&mut client, &mut outbox).iter().map(|given| given.body.len()).sum();
    assert!(bytes > 50_000, "{bytes}");
}

#[test]
fn the_batch_being_filled_is_stored_as_it_grows_and_another_process_sends_it_once() {
    let (mut client, mut outbox, mut store) = (client(10, 100, Overflow::Reject), outbox(), Vec::new());
    for n in 0..3 {
        client.track(&event(n), None, Some(&mut outbox));
    }
    client.draft(&mut outbox);
    assert_eq!(left_to_another(&mut store, &mut outbox).load().0, 3);
    client.draft(&mut outbox);
    assert_eq!(outbox.driver().writes(), []);
    for n in 3..12 {
        client.track(&event(n), None, Some(&mut outbox));
    }
    client.draft(&mut outbox);
    let other = left_to_another(&mut store, &mut outbox);
    assert_eq!((other.load().0, other.size().0), (12, 2));
    assert_eq!(other.list("planned", 9, None).iter().map(|entry| &*entry.id).collect::<Vec<_>>(), ["run-1", "run-2"]);
    assert_eq!(outbox.load().0, 10, "a draft is not sent before it is sealed");
    client.seal(Some(&mut outbox));
    assert_eq!(left_to_another(&mut store, &mut outbox).load().0, 12);
    assert_eq!(outbox.load().0, 12);
}

#[test]
fn a_draft_that_makes_room_is_stored_no_longer() {
    let (mut client, mut outbox, mut store) = (client(10, 3, Overflow::DropOldest), outbox(), Vec::new());
    for n in 0..3 {
        client.track(&event(n), None, Some(&mut outbox));
    }
    client.draft(&mut outbox);
    assert_eq!(client.track(&event(3), None, Some(&mut outbox)).dropped, 3);
    client.draft(&mut outbox);
    assert_eq!(left_to_another(&mut store, &mut outbox).load().0, 1);
}

#[test]
fn when_the_page_is_left_a_claimed_part_is_planned_and_a_part_in_flight_unknown() {
    let (mut client, mut outbox, mut store) = (client(2, 100, Overflow::Reject), outbox(), Vec::new());
    for n in 0..5 {
        client.track(&event(n), None, Some(&mut outbox));
    }
    outbox.begin(0.0, 0.0, 1.0);
    assert!(matches!(outbox.next_step(0.0), Step::Sync));
    outbox.driver().synced(Ok(()));
    let Step::Post(part) = outbox.next_step(0.0) else { panic!("is sent") };
    outbox.ended(part, &accepted(), attempt(), 0.0);
    let mut posted = Vec::new();
    loop {
        match outbox.next_step(0.0) {
            Step::Post(part) => posted.push(part),
            Step::Sync if posted.is_empty() => outbox.driver().synced(Ok(())),
            Step::Settled(_) => {}
            _ => break,
        }
        if posted.len() == 1 {
            break;
        }
    }
    for n in 5..7 {
        client.track(&event(n), None, Some(&mut outbox));
    }
    while matches!(outbox.next_step(0.0), Step::Settled(_)) {}
    client.seal(Some(&mut outbox));
    outbox.leave();
    let other = left_to_another(&mut store, &mut outbox);
    let entries = |state: &str| other.list(state, 99, None).iter().map(|entry| entry.events).sum::<usize>();
    assert_eq!((entries("unknown"), entries("planned")), (2, 3));
    assert_eq!(other.list("unknown", 1, None)[0].reason.map(Reason::as_str), Some("page_left"));
    outbox.driver().synced(Ok(()));
    assert!(!matches!(outbox.next_step(0.0), Step::Post(_)), "nothing more is sent");
    outbox.ended(posted[0], &accepted(), attempt(), 0.0);
    assert!(matches!(outbox.next_step(0.0), Step::Settled(settled) if settled.outcome.state == State::Accepted));
    let other = left_to_another(&mut store, &mut outbox);
    assert_eq!((other.list("unknown", 99, None).len(), other.load().0), (0, 3));
}

#[test]
fn an_event_without_a_timestamp_gets_the_present_time_and_null_is_refused() {
    let (mut client, mut outbox) = (client(10, 10, Overflow::Reject), outbox());
    let event = |more: &str| format!("{{{more}\"eventTypeId\":\"page\",\"trafficTypeName\":\"user\",\"key\":\"k\"}}");
    let tracked = client.track(event("").as_bytes(), Some(1_700_000_000_123), Some(&mut outbox));
    assert_eq!((tracked.verdict, tracked.issues.len()), ("clean", 0), "a missing value is no issue");
    let none = event("\"timestamp\":null,");
    assert_eq!(client.track(none.as_bytes(), Some(1), Some(&mut outbox)).issues[0].code, "timestamp_missing");
    assert_eq!(client.track(b"{}", Some(1_700_000_000_123), Some(&mut outbox)).verdict, "refused");
    client.seal(Some(&mut outbox));
    let body = String::from_utf8(outbox.body("run-1").unwrap()).unwrap();
    assert!(body.starts_with("[{\"timestamp\":1700000000123,\"eventTypeId\""), "{body}");
    let report = serde_json::to_value(client.receipt(Some(&outbox), 0, 0)).unwrap();
    assert_eq!(report["report"]["issueCounts"]["value_missing"], 3);
}

#[test]
fn receipts_are_totals_for_every_caller() {
    let (mut client, mut outbox) = (client(2, 10, Overflow::Reject), outbox());
    client.track(b"{}", None, Some(&mut outbox));
    for n in 0..2 {
        client.track(&event(n), None, Some(&mut outbox));
    }
    assert_eq!(figures(&client, &outbox), figures(&client, &outbox));
    assert_eq!(client.receipt(Some(&outbox), 0, 0).queued, 2);
    assert_eq!(closed(&mut client, &outbox), (0, 0, 0, 2));
    assert_eq!(closed(&mut client, &outbox), (0, 0, 0, 2));
}

#[test]
fn in_pieces_no_value_is_large_only_new_events_are_written_and_no_piece_is_left_behind() {
    let (mut client, mut outbox, mut store) = (client(500, 10_000, Overflow::Reject), outbox(), Vec::new());
    outbox.store_in_pieces(1_000);
    for n in 0..100 {
        client.track(&event(n), None, Some(&mut outbox));
        if n % 7 == 0 {
            client.draft(&mut outbox);
            let other = left_to_another(&mut store, &mut outbox);
            assert_eq!(other.load().0, n + 1);
            assert_eq!(other.body("run-1").unwrap(), joined(n + 1));
        }
    }
    client.draft(&mut outbox);
    let writes = outbox.driver().writes();
    assert!((1..=2).contains(&writes.iter().filter(|write| write.key.starts_with("body/")).count()));
    for write in writes {
        store.retain(|(key, _)| *key != write.key);
        store.extend(write.value.map(|value| (write.key, value)));
    }
    assert!(store.iter().all(|(_, value)| value.len() <= 1_000));
    let mut other = left_to_another(&mut store, &mut outbox);
    let part = other.give(usize::MAX).unwrap();
    other.given_away(part);
    left_to_another(&mut store, &mut other);
    assert_eq!(store.iter().map(|(key, _)| &**key).collect::<Vec<_>>(), ["import"]);
}

fn joined(events: usize) -> Vec<u8> {
    let events: Vec<Vec<u8>> = (0..events).map(event).collect();
    [&b"["[..], &events.join(&b',')[..], b"]"].concat()
}

#[test]
fn events_left_before_the_journal_was_read_are_there_for_another_page_in_small_values() {
    let (mut client, mut outbox, mut store) = (client(500, 10_000, Overflow::Reject), outbox(), Vec::new());
    let mut first = left_to_another(&mut store, &mut outbox);
    for n in 0..900 {
        client.track(&event(n), None, None);
    }
    let writes = client.leave_early(1_700_000_000_000_000);
    assert!(writes.len() > 2 && writes.iter().all(|write| write.value.as_ref().unwrap().len() < 33_000));
    store.extend(writes.into_iter().map(|write| (write.key, write.value.unwrap())));
    let mut other = left_to_another(&mut store, &mut first);
    assert_eq!(other.load().0, 900);
    let again = left_to_another(&mut store, &mut other);
    assert_eq!(again.load().0, 900);
    assert!(store.iter().all(|(key, _)| !key.starts_with("early")));
}
