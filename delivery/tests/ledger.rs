//! A ledger knows events by their endpoint and SDK key.

use split_events::{Batch, Batcher, Caps, Place};
use split_events_delivery::Part;
use split_events_delivery::journal::{Destination, Known, Ledger, Unreadable, VERSION, Write};

const NOW: f64 = 1_700_000_000_000.0;
const DAY: f64 = 86_400_000.0;
const LIVE: &str = "https://events.split.io/api/events/bulk";
const TRIAL: &str = "http://127.0.0.1:8080/api/events/bulk";

fn batch(events: &[&str]) -> Batch {
    let mut batcher = Batcher::new(Caps::default(), "run".to_owned());
    for (index, event) in events.iter().enumerate() {
        batcher.add(event.as_bytes(), Place { index: index as u64, source: 0, text: None }, &[]);
    }
    batcher.take(&[]).expect("a batch")
}

fn ledger(run: &str, endpoint: &str, key: u32, entries: &[Write]) -> Ledger {
    let mut ledger = Ledger::new(run, NOW, 90.0 * DAY, Destination::new(endpoint, key));
    load(&mut ledger, entries, key);
    ledger
}

fn load(ledger: &mut Ledger, entries: &[Write], key: u32) {
    for Write { key: name, value, .. } in entries {
        assert!(ledger.load(name, value.as_deref().expect("an entry"), key).is_ok(), "{name} is not understood");
    }
}

/// Returns the entries that an import writes of these events.
fn entered(run: &str, endpoint: &str, key: u32, events: &[&str]) -> Vec<Write> {
    let mut ledger = ledger(run, endpoint, key, &[]);
    let fingerprints: Vec<_> = ledger.look_up(&batch(events)).into_iter().map(|(fingerprint, _)| fingerprint).collect();
    vec![ledger.enter(Part { batch: 1, from: 0, to: events.len() }, &fingerprints, false)]
}

/// Returns what an import with this ledger knows of these events.
fn known(mut ledger: Ledger, events: &[&str]) -> Vec<Known> {
    ledger.look_up(&batch(events)).into_iter().map(|(_, known)| known).collect()
}

/// Rewrites entries as they were before they had a destination.
fn without_destination(mut entries: Vec<Write>) -> Vec<Write> {
    for entry in &mut entries {
        let value = entry.value.as_mut().expect("an entry");
        value.drain(8..32);
    }
    entries
}

const EVENTS: [&str; 2] = [r#"{"n":1}"#, r#"{"n":2}"#];

#[test]
fn an_event_that_went_to_another_endpoint_is_no_duplicate() {
    let entries = entered("trial", TRIAL, 7, &EVENTS);
    assert_eq!(known(ledger("live", LIVE, 7, &entries), &EVENTS), [Known::No; 2]);
    assert_eq!(known(ledger("live", TRIAL, 7, &entries), &EVENTS), [Known::Earlier; 2]);
}

#[test]
fn an_endpoint_includes_its_path_but_no_query_or_fragment() {
    let entries = entered("first", &format!("{LIVE}?token=1"), 7, &EVENTS);
    for same in [LIVE.to_owned(), format!("{LIVE}?token=2"), format!("{LIVE}#x")] {
        assert_eq!(known(ledger("second", &same, 7, &entries), &EVENTS), [Known::Earlier; 2], "{same}");
    }
    assert_eq!(known(ledger("second", &format!("{LIVE}/"), 7, &entries), &EVENTS), [Known::No; 2]);
}

#[test]
fn an_event_is_known_under_another_key_unless_it_is_known_under_this_one_too() {
    let mut entries = entered("first", LIVE, 7, &EVENTS);
    assert_eq!(known(ledger("third", LIVE, 8, &entries), &EVENTS), [Known::OtherKey; 2]);
    let mut resending = ledger("third", LIVE, 8, &entries);
    resending.resend_other_key();
    assert_eq!(known(resending, &EVENTS), [Known::No; 2]);

    let under_this = entered("second", LIVE, 8, &EVENTS[..1]);
    entries.splice(0..0, under_this.clone());
    // each entry's key is compared under the salt of its own import
    let mut both = Ledger::new("third", NOW, 90.0 * DAY, Destination::new(LIVE, 5));
    load(&mut both, &entries[..1], 8);
    load(&mut both, &entries[1..], 9);
    assert_eq!(known(both, &EVENTS), [Known::Earlier, Known::OtherKey]);
}

#[test]
fn an_unknown_sdk_key_matches_every_key() {
    let entries = entered("first", LIVE, 7, &EVENTS);
    assert_eq!(known(ledger("second", LIVE, 0, &entries), &EVENTS), [Known::Earlier; 2]);
    let keyless = entered("first", LIVE, 0, &EVENTS);
    assert_eq!(known(ledger("second", LIVE, 8, &keyless), &EVENTS), [Known::Earlier; 2]);
    assert_eq!(known(ledger("second", TRIAL, 8, &keyless), &EVENTS), [Known::No; 2]);
}

#[test]
fn entries_from_before_there_were_destinations_count_for_each_of_them() {
    let entries = without_destination(entered("old", TRIAL, 7, &EVENTS));
    for (endpoint, key) in [(TRIAL, 7), (LIVE, 7), (LIVE, 8)] {
        assert_eq!(known(ledger("new", endpoint, key, &entries), &EVENTS), [Known::Earlier; 2]);
    }
}

#[test]
fn a_value_that_is_no_entry_is_not_read() {
    let entries = entered("first", LIVE, 7, &EVENTS);
    let whole = entries[0].value.clone().expect("an entry");
    let mut later = whole.clone();
    later[28] = VERSION as u8 + 1;
    let mut ledger = ledger("second", LIVE, 7, &[]);
    assert_eq!(ledger.load("first/1:0-2", &later, 7), Err(Unreadable::Newer(VERSION + 1)));
    for value in [&whole[..whole.len() - 1], &whole[..7], &[]] {
        assert_eq!(ledger.load("first/1:0-2", value, 7), Err(Unreadable::Damaged));
    }
    assert_eq!(ledger.load("batch/000000000001", &whole, 7), Err(Unreadable::Damaged));
    assert!(ledger.load("first/1:0-2", &whole, 7).is_ok());
}

#[test]
fn events_entered_again_by_an_import_that_changed_its_endpoint_count_everywhere() {
    let part = Part { batch: 1, from: 0, to: 2 };
    for moved in [false, true] {
        let mut own = ledger("run", LIVE, 8, &[]);
        if moved {
            own.moved();
        }
        let fingerprints: Vec<_> =
            own.look_up(&batch(&EVENTS)).into_iter().map(|(fingerprint, _)| fingerprint).collect();
        let again = own.agree(1, &[part], &fingerprints);
        assert_eq!(again.len(), 1);
        let everywhere = known(ledger("next", TRIAL, 7, &again), &EVENTS);
        assert_eq!(everywhere, if moved { [Known::Earlier; 2] } else { [Known::No; 2] });
        // events that are sent for the first time go to the endpoint of this process
        let first = [own.enter(part, &fingerprints, false)];
        assert_eq!(known(ledger("next", TRIAL, 8, &first), &EVENTS), [Known::No; 2]);
        assert_eq!(known(ledger("next", LIVE, 8, &first), &EVENTS), [Known::Earlier; 2]);
    }
}

#[test]
fn entries_that_are_too_old_are_forgotten_whatever_their_endpoint() {
    let entries = entered("first", TRIAL, 7, &EVENTS);
    let mut later = Ledger::new("second", NOW + 91.0 * DAY, 90.0 * DAY, Destination::new(LIVE, 7));
    load(&mut later, &entries, 7);
    let forgotten: Vec<String> = later.forgotten().into_iter().map(|write| write.key).collect();
    assert_eq!(forgotten, ["first/1:0-2"]);
}
