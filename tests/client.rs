//! The queue of the long-lived client: its bounds, its verdicts, and what it hands to requests that outlive their page.

use split_events::delivery::{Answer, Attempt, Ending, Outbox, OutboxStep, Policy};
use split_events::journal::Recovered;
use split_events::{Batcher, Bounds, Caps, Client, Overflow, Rules};

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

fn figures(client: &mut Client, last: bool, outbox: &Outbox) -> (u64, u64, u64, u64) {
    let receipt = client.take_receipt(last, Some(outbox));
    (receipt.accepted, receipt.refused, receipt.unknown, receipt.unsent)
}

#[test]
fn verdicts_tell_what_the_check_found() {
    let (mut client, mut outbox) = (client(10, 10, Overflow::Reject), outbox());
    assert_eq!(client.track(&event(1), Some(&mut outbox)).verdict, "clean");
    let seconds = String::from_utf8(event(2)).unwrap().replace("000000,", ",");
    let repaired = client.track(seconds.replace("1700000", "1700000000").as_bytes(), Some(&mut outbox));
    assert_eq!((repaired.verdict, repaired.issues[0].code), ("repaired", "timestamp_seconds"));
    for nothing in ["null", "", "[]", "{"] {
        assert_eq!(client.track(nothing.as_bytes(), Some(&mut outbox)).verdict, "refused", "{nothing}");
    }
    assert_eq!(client.queued(Some(&outbox)).0, 2);
}

#[test]
fn a_full_queue_rejects_and_does_not_count() {
    let (mut client, mut outbox) = (client(2, 3, Overflow::Reject), outbox());
    let verdicts: Vec<&str> = (0..5).map(|n| client.track(&event(n), Some(&mut outbox)).verdict).collect();
    assert_eq!(verdicts, ["clean", "clean", "clean", "rejected", "rejected"]);
    client.seal(Some(&mut outbox));
    assert_eq!(figures(&mut client, true, &outbox), (0, 0, 0, 3));
}

#[test]
fn the_oldest_make_room_and_are_told() {
    let (mut client, mut outbox) = (client(2, 3, Overflow::DropOldest), outbox());
    let dropped: Vec<u64> = (0..5).map(|n| client.track(&event(n), Some(&mut outbox)).dropped).collect();
    assert_eq!(dropped, [0, 0, 0, 2, 0]);
    client.seal(Some(&mut outbox));
    assert_eq!(client.queued(Some(&outbox)).0, 3);
    assert_eq!(figures(&mut client, false, &outbox), (0, 0, 0, 2));
    let bodies = String::from_utf8(outbox.body("run-2").unwrap()).unwrap();
    assert!(bodies.contains("\"key\":\"2\"") && bodies.contains("\"key\":\"3\""), "{bodies}");
}

#[test]
fn where_nothing_can_make_room_an_event_is_rejected_even_so() {
    let (mut client, mut outbox) = (client(1, 1, Overflow::DropOldest), outbox());
    client.track(&event(0), Some(&mut outbox));
    client.seal(Some(&mut outbox));
    outbox.begin(0.0, 0.0, 1.0);
    while !matches!(outbox.next_step(0.0), OutboxStep::Sync) {}
    let tracked = client.track(&event(1), Some(&mut outbox));
    assert_eq!((tracked.verdict, tracked.dropped), ("rejected", 0));
}

#[test]
fn what_is_tracked_before_the_outbox_is_open_goes_into_it() {
    let (mut client, mut outbox) = (client(2, 10, Overflow::Reject), outbox());
    for n in 0..5 {
        client.track(&event(n), None);
    }
    client.open(&mut outbox);
    assert_eq!(outbox.load().0, 4);
    assert_eq!(client.queued(Some(&outbox)).0, 5);
}

#[test]
fn a_page_that_is_left_gives_what_fits_once_and_it_is_unknown_until_answered() {
    let (mut client, mut outbox) = (client(500, 10_000, Overflow::Reject), outbox());
    for n in 0..2_000 {
        client.track(&event(n), Some(&mut outbox));
    }
    let given = client.leave(&mut outbox, false);
    let bytes: usize = given.iter().map(|(_, _, body)| body.len()).sum();
    assert!((50_000..65_536).contains(&bytes), "{bytes}");
    assert!(client.leave(&mut outbox, false).iter().map(|(_, _, body)| body.len()).sum::<usize>() < 200);
    let events: usize = given.iter().map(|(_, events, _)| events).sum();
    assert!(outbox.load().0 >= 2_000 - events - 1);
    let (id, count, _) = &given[0];
    let taken = Ending::Answer(Answer { status: 202, ..Answer::default() });
    client.kept_ended(id, &taken, Attempt { status: Some(202), error: None, ms: 1.0 });
    assert_eq!(figures(&mut client, false, &outbox), (*count as u64, 0, 0, 0));
    let (accepted, refused, unknown, unsent) = figures(&mut client, true, &outbox);
    assert_eq!((accepted, refused, unknown + unsent), (0, 0, 2_000 - *count as u64));
    assert!(unknown > 0);
}

#[test]
fn what_the_store_has_stays_there_when_the_page_is_left() {
    let (mut client, mut outbox) = (client(2, 100, Overflow::Reject), outbox());
    for n in 0..5 {
        client.track(&event(n), Some(&mut outbox));
    }
    let given = client.leave(&mut outbox, true);
    assert_eq!((given.len(), given[0].1), (1, 1));
    assert_eq!(outbox.load().0, 4);
}
