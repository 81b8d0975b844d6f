//! Journals and ledgers of every version are read, and written as their version describes. Those in
//! `tests/data/journals` are from real imports, outboxes and clients; `docs/JOURNAL.md` describes them.

use std::path::Path;

use split_events::Report;
use split_events_delivery::journal::{
    BatchRecord, Destination, Fingerprint, Ledger, PartState, Recovered, Unreadable, VERSION, entry,
};
use split_events_delivery::{Outbox, Part, Policy, Reason};

/// The commits whose packages wrote version 1, and the version that is written now.
const VERSIONS: [&str; 3] = ["f94be8d", "9525459", "version-2"];
const WRITTEN: &str = "version-2";
const ENDPOINT: &str = "https://events.example/bulk";

fn entries(version: &str, name: &str) -> Vec<(String, Vec<u8>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/journals").join(version).join(name);
    let text = std::fs::read_to_string(path.with_extension("json")).expect("a journal");
    let values: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).expect("an object");
    let value = |value: &serde_json::Value| match (value.as_str(), value["hex"].as_str()) {
        (Some(text), _) => unfolded(text, "x").into_bytes(),
        (_, Some(hex)) => {
            let hex = unfolded(hex, "78");
            let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).expect("a byte");
            hex.as_bytes().chunks(2).map(byte).collect()
        }
        _ => panic!("neither text nor bytes"),
    };
    values.iter().map(|(key, shown)| (key.clone(), value(shown))).collect()
}

/// Replaces `{{3x}}` by `xxx`.
fn unfolded(text: &str, letter: &str) -> String {
    let mut pieces = text.split("{{");
    let mut all = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (length, rest) = piece.split_once("x}}").expect("a length");
        all.push_str(&letter.repeat(length.parse().expect("a number")));
        all.push_str(rest);
    }
    all
}

fn read(version: &str, name: &str) -> Recovered {
    let mut recovered = Recovered::default();
    for (key, value) in entries(version, name) {
        assert_eq!(recovered.load(&key, value), Ok(()), "{version} {name} {key}");
    }
    recovered
}

/// Returns the parts of a batch: from, to, and the word of their state.
fn states(record: &BatchRecord) -> Vec<(usize, usize, String)> {
    let word = |state: &PartState| match state {
        PartState::Dispatching => "dispatching".to_owned(),
        PartState::Resend => "resend".to_owned(),
        PartState::Ended(outcome) => match outcome.reason {
            Some(reason) => [outcome.state.as_str(), " ", reason.as_str()].concat(),
            None => outcome.state.as_str().to_owned(),
        },
    };
    record.parts.iter().map(|part| (part.part.from, part.part.to, word(&part.state))).collect()
}

fn of_all(recovered: &Recovered) -> Vec<Vec<(usize, usize, String)>> {
    recovered.batches.iter().map(states).collect()
}

#[test]
fn an_import_with_bodies_that_was_broken_off_is_read_with_each_state_of_a_part() {
    for version in VERSIONS {
        let mut recovered = read(version, "bodies");
        let part = |from, to, word: &str| (from, to, word.to_owned());
        assert_eq!(
            of_all(&recovered),
            [
                vec![part(0, 2, "accepted")],
                vec![part(0, 2, "refused rejected")],
                vec![part(0, 2, "unknown connection_lost")],
                vec![part(0, 1, "accepted"), part(1, 2, "refused too_large")],
                vec![part(0, 1, "accepted"), part(1, 2, "accepted")],
                vec![part(0, 2, "dispatching")],
            ],
            "{version}"
        );
        let halved: Vec<_> = recovered.batches[3].parts[0].attempts.iter().map(|attempt| attempt.status).collect();
        assert_eq!(halved, [Some(413), Some(202)]);
        assert_eq!(recovered.batches[2].from.1.as_deref(), Some("june.ndjson"));
        assert_eq!(recovered.batches[2].from.0.text, Some((2, 13)));
        assert_eq!(recovered.source(0), Some("may.ndjson"));
        assert!(!recovered.ended && recovered.receipt.is_none());
        let report = Report::from_counts(recovered.counts.as_deref().expect("counts"));
        assert_eq!((report.clean, report.refused, report.warned), (12, 1, 13), "{version}");

        // the pause was a second long, and is never longer whatever the clock
        assert_eq!(recovered.paused_until(0.0), 1_000.0);
        let now = f64::from(u32::MAX) * 1_000.0;
        assert!((1.7e12..now).contains(&recovered.paused_until(now)));

        let kept: Vec<u64> = (1..=6).filter(|&number| recovered.body(number, "id").is_some()).collect();
        assert_eq!(kept, [2, 3, 4, 6], "{version}");
        let body = recovered.body(6, "id").expect("a body");
        assert_eq!((body.id.as_str(), body.number, body.entries[1].place.index), ("id-6", 6, 12));
        assert!(body.body.starts_with(br#"[{"eventTypeId":"page","trafficTypeName":"user","key":"k10""#));
        assert_eq!(Fingerprint::of(&body.body), recovered.batch(6).expect("a batch").fingerprint);

        assert_eq!(recovered.settle_crashed().len(), 1);
        let unknown = recovered.unknown("id").into_iter().map(|one| (one.id, one.reason));
        let expected = [("id-3", Reason::ConnectionLost), ("id-6", Reason::Crashed)];
        assert_eq!(unknown.collect::<Vec<_>>(), expected.map(|(id, reason)| (id.to_owned(), Some(reason))));
    }
}

#[test]
fn decisions_are_read_and_can_be_taken_back_if_they_could_be_before() {
    for version in VERSIONS {
        let mut recovered = read(version, "decided");
        let words: Vec<String> = of_all(&recovered).concat().into_iter().map(|(_, _, word)| word).collect();
        assert_eq!(words, ["accepted", "resend", "unknown dropped", "accepted"], "{version}");
        assert!(recovered.ended && recovered.receipt.is_none());
        let decided: Vec<_> = recovered.unknown("id").into_iter().filter_map(|one| one.decided).collect();
        // at first, only the decision to send again could be taken back
        let expected: &[&str] = if version == "f94be8d" { &["resend"] } else { &["resend", "drop", "accepted"] };
        assert_eq!(decided, expected, "{version}");
        assert!(recovered.resolve("id", "id-2", None).is_ok());
    }
}

#[test]
fn an_import_without_bodies_is_read_with_the_duplicates_that_its_ledger_found() {
    for version in VERSIONS {
        let recovered = read(version, "source");
        let held: Vec<_> =
            recovered.batches.iter().map(|one| (one.duplicates.clone(), one.other_key.clone())).collect();
        // the first ledgers did not distinguish keys
        let first = if version == "f94be8d" { (vec![(0, 2), (3, 4)], vec![]) } else { (vec![(3, 4)], vec![(0, 2)]) };
        assert_eq!(held, [first, (vec![(0, 1)], vec![]), (vec![], vec![])], "{version}");
        let fresh: Vec<usize> = recovered.batches.iter().map(BatchRecord::fresh).collect();
        assert_eq!(fresh, [1, 3, 4]);
    }
}

#[test]
fn a_finished_import_is_read_with_its_receipt() {
    for version in VERSIONS {
        let recovered = read(version, "finished");
        let receipt: serde_json::Value = serde_json::from_str(&recovered.receipt.expect("a receipt")).expect("JSON");
        assert_eq!(
            (&receipt["accepted"], &receipt["batches"][0]["state"]),
            (&2.into(), &"accepted".into()),
            "{version}"
        );
        let description: serde_json::Value = serde_json::from_str(&recovered.description).expect("JSON");
        assert_eq!(description["bodies"], true);
    }
}

#[test]
fn an_outbox_is_read_with_all_its_batches() {
    for version in VERSIONS {
        let outbox = Outbox::new(Policy::default(), read(version, "outbox"), 0.0).expect("an outbox's store");
        let held = |state| outbox.list(state, 9, None).into_iter().map(|entry| entry.id).collect::<Vec<_>>();
        assert_eq!(held("unknown"), ["batch 2", "batch 6"], "{version}");
        assert_eq!((held("refused"), held("planned")), (vec!["batch 4".to_owned()], vec!["batch 8".to_owned()]));
    }
}

#[test]
fn a_body_in_pieces_a_draft_and_a_batch_from_before_the_journal_was_read_are_found_planned() {
    for version in &VERSIONS[1..] {
        let outbox = Outbox::new(Policy::default(), read(version, "client"), 0.0).expect("a client's store");
        let planned: Vec<_> =
            outbox.list("planned", 9, None).into_iter().map(|entry| (entry.events, entry.bytes)).collect();
        assert_eq!(planned, [(4, 36_449), (2, 171)], "{version}");
    }
}

/// Returns the events of `source`. The fourth is there three times.
fn events() -> Vec<String> {
    let event = |n| {
        let time = 1_764_241_200_000_u64 + n;
        format!(r#"{{"eventTypeId":"page","trafficTypeName":"user","key":"k{n}","timestamp":{time}}}"#)
    };
    [0, 1, 2, 3, 3, 3, 4, 5].map(event).to_vec()
}

fn ledger_of(version: &str, name: &str, endpoint: &str) -> Ledger {
    let mut ledger = Ledger::new("new", 1.8e12, 1e15, Destination::new(endpoint, 0));
    for (key, value) in entries(version, name) {
        assert_eq!(ledger.load(&key, &value, 0), Ok(()), "{version} {name} {key}");
    }
    ledger
}

fn known(mut ledger: Ledger) -> Vec<bool> {
    use split_events::{Batcher, Caps, Place};
    let mut batcher = Batcher::new(Caps::default(), "new".to_owned());
    for event in events() {
        batcher.add(event.as_bytes(), Place { index: 0, source: 0, text: None }, &[]);
    }
    let looked_up = ledger.look_up(&batcher.take(&[]).expect("a batch"));
    looked_up.into_iter().map(|(_, known)| known > split_events_delivery::journal::Known::No).collect()
}

#[test]
fn a_ledger_knows_each_copy_of_an_event_that_an_earlier_version_has_entered() {
    for version in VERSIONS {
        assert_eq!(known(ledger_of(version, "ledger", ENDPOINT)), [true; 8], "{version}");
        let elsewhere = known(ledger_of(version, "ledger", "https://other.example/bulk"));
        assert_eq!(elsewhere, [version == "f94be8d"; 8], "{version}");
        // events that an import sent again to another endpoint count for every endpoint
        let moved = known(ledger_of(version, "moved-ledger", "https://third.example/bulk"));
        let everywhere = if version == "f94be8d" { [true; 4] } else { [false, false, true, true] };
        assert_eq!(moved[..4], everywhere, "{version}");
    }
}

#[test]
fn this_version_writes_the_same_bytes_as_before() {
    assert_eq!(WRITTEN, format!("version-{VERSION}"), "a new version needs journals of its own: see docs/JOURNAL.md");
    for name in ["bodies", "decided", "source", "finished", "outbox", "client"] {
        let recovered = read(WRITTEN, name);
        for (key, value) in entries(WRITTEN, name) {
            let (kind, number) = key.split_once('/').unwrap_or((&key, "0"));
            let (number, piece) = number.split_once('.').unwrap_or((number, "100000"));
            let number: u64 = number.parse().expect("a number");
            let text = String::from_utf8_lossy(&value);
            let member = |name: &str| serde_json::from_str::<serde_json::Value>(&text).expect("JSON")[name].clone();
            let again = match kind {
                "import" if recovered.is_outbox() => entry::import(entry::OUTBOX),
                "import" => entry::import(&recovered.description),
                "receipt" => entry::receipt(recovered.receipt.as_deref().expect("a receipt")),
                "counts" => entry::counts(
                    &Report::from_counts(&recovered.counts.clone().unwrap())
                        .counts(["clean", "repaired"].iter().map(|of| member("counts")[of].as_u64().unwrap()).sum()),
                ),
                "ended" => entry::ended(),
                "source" => entry::source(number as u32, recovered.source(number as u32).expect("a source")),
                "pause" => entry::pause(recovered.paused_until(1e15), member("wait").as_f64().expect("a number")),
                "batch" => entry::batch(recovered.batch(number).expect("a batch")),
                "body" if recovered.is_outbox() => entry::piece(
                    number,
                    piece.parse::<usize>().expect("a number") - 100_000,
                    &value[entry::PIECE_HEAD..],
                ),
                "body" => entry::body(&recovered.body(number, "id").expect("a body")),
                "early" => {
                    let body = value.iter().position(|&byte| byte == b'[').expect("a body");
                    let id = String::from_utf8_lossy(&value[entry::PIECE_HEAD..body]).into_owned();
                    entry::early(number, &id, &value[body..])
                }
                _ => panic!("{name} {key}"),
            };
            assert_eq!(again.key, key);
            let again = again.value.expect("a value");
            assert_eq!(String::from_utf8_lossy(&again), text, "{name} {key}");
            assert_eq!(again, value, "{name} {key}");
        }
    }
    let number = |value: &[u8], at: usize| u32::from_le_bytes(value[at..at + 4].try_into().expect("four bytes"));
    for (key, value) in entries(WRITTEN, "ledger") {
        let now = f64::from_le_bytes(value[..8].try_into().expect("eight bytes"));
        let (import_id, part) = key.split_once('/').expect("a key");
        let ledger = Ledger::new(import_id, now, 1e15, Destination::new(ENDPOINT, number(&value, 24)));
        let fingerprints: Vec<_> =
            value[32..].as_chunks::<16>().0.iter().map(|one| Fingerprint::from_bytes(*one)).collect();
        let batch = part.split_once(':').expect("a part").0.parse().expect("a number");
        let again = ledger.enter(Part { batch, from: 0, to: fingerprints.len() }, &fingerprints, false);
        assert_eq!((again.key, again.value), (key, Some(value)));
    }
}

#[test]
fn an_entry_of_a_newer_version_and_a_damaged_one_are_refused_with_the_reason() {
    let mut recovered = Recovered::default();
    let newer = Err(Unreadable::Newer(VERSION + 1));
    for key in ["import", "receipt", "counts", "ended", "source/000000000000", "pause", "batch/000000000001"] {
        let value = format!("{{\"version\":{},\"new\":[{{}}]}}", VERSION + 1);
        assert_eq!(recovered.load(key, value.into_bytes()), newer, "{key}");
    }
    for key in ["body/000000000001", "early/1764241200000000"] {
        let mut value = entry::early(1, "id", b"[{}]").value.expect("a value");
        value[3] = VERSION as u8 + 1;
        assert_eq!(recovered.load(key, value), newer, "{key}");
    }
    let cut = |mut value: Vec<u8>| {
        value.truncate(value.len() - 1);
        value
    };
    let whole = entries(WRITTEN, "bodies");
    for (key, value) in whole.iter().filter(|(key, _)| key.starts_with("batch/") || key == "pause" || key == "counts") {
        assert_eq!(recovered.load(key, cut(value.clone())), Err(Unreadable::Damaged), "{key}");
    }
    for key in ["new", "batch/x", "body/1.x"] {
        assert_eq!(recovered.load(key, Vec::new()), Err(Unreadable::Damaged), "{key}");
    }
    let short = entry::body(&read(WRITTEN, "bodies").body(2, "id").expect("a body")).value.expect("a value");
    assert_eq!(recovered.load("body/000000000002", short[..40].to_vec()), Err(Unreadable::Damaged));
}

#[test]
fn a_member_that_a_later_split_events_adds_within_the_version_is_ignored() {
    for (key, value) in entries(WRITTEN, "bodies").into_iter().filter(|(key, _)| !key.starts_with("body/")) {
        let mut recovered = Recovered::default();
        let added = String::from_utf8(value).expect("text").replacen('{', "{\"added\":[1,{\"a\":null}],", 1);
        assert_eq!(recovered.load(&key, added.into_bytes()), Ok(()), "{key}");
    }
}
