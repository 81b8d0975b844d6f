//! Batches stay under both caps, and hold every event once, in order.

use proptest::prelude::*;
use split_events::{Batch, Batcher, Caps, Code, Format, Intake, Place, Rules};

fn place(index: u64) -> Place {
    Place { index, source: 0, text: Some((index + 1, 0)) }
}

/// Adds every event, as its span in a source that has `gap` between the events, or as its bytes if `gap` is `None`.
fn fill(caps: Caps, events: &[String], gap: Option<&str>) -> Vec<Batch> {
    let source = events.join(gap.unwrap_or_default()).into_bytes();
    let mut filling = Batcher::new(caps, "run".to_owned());
    let mut batches = Vec::new();
    let mut at = 0;
    for (index, event) in events.iter().enumerate() {
        assert!(filling.fits(event.len()));
        let place = place(index as u64);
        batches.extend(match gap {
            Some(_) => filling.add_span(at..at + event.len(), place, &source),
            None => filling.add(event.as_bytes(), place, &source),
        });
        at += event.len() + gap.map_or(0, str::len);
    }
    batches.extend(filling.take(&source));
    batches
}

proptest! {
    #[test]
    fn no_batch_is_over_a_cap_or_had_room_for_the_next_event(
        most in 1_usize..20,
        bytes in 12_usize..200,
        sizes in proptest::collection::vec(0_usize..9, 1..100),
        gap in prop_oneof![Just(None), Just(Some("")), Just(Some(",")), Just(Some("\n")), Just(Some(", "))],
    ) {
        let events: Vec<String> = sizes.iter().map(|&size| format!("\"{}\"", "e".repeat(size))).collect();
        let batches = fill(Caps { events: most, bytes }, &events, gap);
        let mut index = 0;
        for (number, batch) in batches.iter().enumerate() {
            prop_assert!(batch.body.len() <= bytes);
            prop_assert!(batch.entries.len() <= most);
            let parsed: Vec<serde_json::Value> = serde_json::from_slice(&batch.body).unwrap();
            prop_assert_eq!(parsed.len(), batch.entries.len());
            for (event, place) in batch.events() {
                prop_assert_eq!(event, events[index].as_bytes());
                prop_assert_eq!(place.index, index as u64);
                index += 1;
            }
            prop_assert_eq!(&batch.id, &format!("run-{}", number + 1));
            if let Some(next) = events.get(index) {
                prop_assert!(batch.entries.len() == most || batch.body.len() + 1 + next.len() > bytes);
            }
        }
        prop_assert_eq!(index, events.len());
    }
}

#[test]
fn two_events_in_a_body_are_always_separated_by_one_comma() {
    let event = r#"{"eventTypeId":"page_load","trafficTypeName":"user","key":"Ava","timestamp":1645557824000}"#;
    for between in [",", "\n", " ", "\t", "\r", ", ", "\n\n"] {
        // a missing or extra comma costs no event
        let text = [event, ",", event, ",", event, between, event, ",", event].concat();
        let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
        intake.begin(None, Format::Json);
        intake.push(text.as_bytes());
        intake.end();
        assert_eq!(intake.next_batch(), None);
        let body = intake.last_batch().map(|batch| batch.body).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&body), format!("[{}]", [event; 5].join(",")), "{between:?}");
    }
}

#[test]
fn a_body_may_have_exactly_the_bytes_of_its_cap() {
    let events = vec!["\"abc\"".to_owned(), "\"abc\"".to_owned()];
    assert_eq!(fill(Caps { events: 9, bytes: 13 }, &events, None).len(), 1);
    assert_eq!(fill(Caps { events: 9, bytes: 12 }, &events, Some("\n")).len(), 2);
    assert!(Batcher::new(Caps { events: 9, bytes: 7 }, String::new()).fits(5));
    assert!(!Batcher::new(Caps { events: 9, bytes: 6 }, String::new()).fits(5));
}

#[test]
fn an_event_larger_than_a_batch_is_refused_and_its_neighbours_are_not() {
    let event = |key: &str| {
        format!(r#"{{"eventTypeId":"a","trafficTypeName":"user","key":"{key}","timestamp":1645557824000,"value":1}}"#)
    };
    let caps = Caps { events: 500, bytes: event("a").len() + 2 };
    let mut intake = Intake::new(Rules::default(), Batcher::new(caps, "run".to_owned()));
    intake.begin(None, Format::Auto);
    intake.push(format!("[{},{},{}]", event("a"), event("ab"), event("b")).as_bytes());
    intake.end();
    let mut batches: Vec<Batch> = std::iter::from_fn(|| intake.next_batch()).collect();
    batches.extend(intake.last_batch());
    assert_eq!(batches.iter().map(|batch| batch.entries[0].place.index).collect::<Vec<_>>(), [0, 2]);
    let report = intake.report();
    assert_eq!((report.events, report.clean, report.refused), (3, 2, 1));
    assert_eq!(report.issue_counts.of(Code::EventOverMaxBytes), 1);
}

const CLEAN: &str = r#"{"eventTypeId":"a","trafficTypeName":"user","key":"k","timestamp":1700000000000,"value":1}"#;

#[test]
fn objects_are_counted_in_order_with_those_that_have_no_text() {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    intake.begin_objects();
    for piece in [CLEAN, ",null,", CLEAN, ","] {
        intake.push(piece.as_bytes());
        assert_eq!(intake.next_batch(), None);
    }
    intake.refuse_object("a getter threw");
    intake.push(b"[],");
    assert_eq!(intake.next_batch(), None);
    intake.end();
    assert_eq!(intake.next_batch(), None);

    let found: Vec<_> = intake.report().issues.iter().map(|issue| (issue.index, issue.code, issue.line)).collect();
    let expected = [(1, "not_object"), (3, "not_serializable"), (4, "not_object")];
    assert_eq!(found, expected.map(|(index, code)| (Some(index), code, None)));
    assert_eq!((intake.report().events, intake.report().clean), (5, 2));
}

#[test]
fn unused_room_is_taken_back() {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    intake.begin(None, Format::Ndjson);
    for piece in CLEAN.as_bytes().chunks(7) {
        let room = intake.room(piece.len() + 100);
        room.fill(b'}');
        room[..piece.len()].copy_from_slice(piece);
        intake.shrink(100);
        assert_eq!(intake.next_batch(), None);
    }
    intake.end();
    assert_eq!(intake.next_batch(), None);
    assert_eq!((intake.report().events, intake.report().clean), (1, 1));
}
