//! A batch record is read as it was written, and a user's decision can be taken back until it was acted on.

use split_events::Place;
use split_events_delivery::journal::{
    BatchRecord, Fingerprint, Known, NotResolved, PartRecord, PartState, Recovered, Resolution, Write,
};
use split_events_delivery::{Attempt, Outcome, Part, Reason, State};

/// The random numbers of SplitMix64.
struct Rng(u64);

impl Rng {
    /// Draws a number below this one.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ mixed >> 31) % end as u64) as usize
    }

    fn bool(&mut self) -> bool {
        self.below(2) == 1
    }
}

fn place(index: u64) -> (Place, Option<String>) {
    (Place { index, source: 0, text: Some((index + 1, index * 90)) }, Some("june \"1\".ndjson".to_owned()))
}

fn unknown(reason: Reason) -> Outcome {
    Outcome::not_accepted(State::Unknown, reason, "no \"answer\"\ncame".to_owned())
}

fn record(number: u64, events: usize, parts: Vec<PartRecord>) -> BatchRecord {
    BatchRecord {
        number,
        fingerprint: Fingerprint([7, number]),
        events,
        bytes: events * 90,
        from: place(0),
        to: place(events as u64 - 1),
        duplicates: Vec::new(),
        other_key: Vec::new(),
        parts,
    }
}

fn part(batch: u64, from: usize, to: usize, state: PartState) -> PartRecord {
    PartRecord { part: Part { batch, from, to }, state, attempts: Vec::new(), was: None }
}

fn random(rng: &mut Rng) -> BatchRecord {
    let events = 1 + rng.below(199);
    let mut runs = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < events {
        let to = at + 1 + rng.below(events - at);
        match rng.below(4) {
            0 => runs.0.push((at, to)),
            1 => runs.1.push((at, to)),
            _ => {}
        }
        at = to;
    }
    let mut record =
        BatchRecord { duplicates: runs.0, other_key: runs.1, ..record(1 + rng.below(999) as u64, events, Vec::new()) };
    let fresh = record.fresh();
    let mut at = 0;
    while at < fresh {
        let to = at + 1 + rng.below(fresh - at);
        let state = match rng.below(6) {
            0 => PartState::Dispatching,
            1 => PartState::Resend,
            2 => PartState::Ended(Outcome::ACCEPTED),
            3 => PartState::Ended(Outcome::unsent(Reason::OtherKey, "known")),
            4 => PartState::Ended(unknown(Reason::Dropped)),
            _ => PartState::Ended(unknown(Reason::Timeout)),
        };
        let attempt =
            Attempt { status: rng.bool().then_some(500), error: rng.bool().then(|| "cut".to_owned()), ms: 5.0 };
        let was = rng.bool().then(|| unknown(Reason::Crashed));
        let attempts = vec![attempt; rng.below(3)];
        record.parts.push(PartRecord { attempts, was, ..part(record.number, at, to, state) });
        at = to + usize::from(rng.bool());
    }
    record
}

fn read(number: u64, text: &[u8]) -> Option<BatchRecord> {
    let mut recovered = Recovered::default();
    recovered.load(&format!("batch/{number:012}"), text.to_vec()).ok()?;
    recovered.batches.pop()
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let mut rng = Rng(7);
    for _ in 0..2_000 {
        let record = random(&mut rng);
        let text = record.text();
        let back = read(record.number, &text);
        assert_eq!(back.as_ref(), Some(&record), "{}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn each_event_is_held_back_as_a_duplicate_under_another_key_or_not_at_all() {
    let mut rng = Rng(8);
    for _ in 0..500 {
        let record = random(&mut rng);
        let known = |which| (0..record.events).filter(|&at| record.knows(at) == which).count();
        assert_eq!(known(Known::No), record.fresh());
        assert_eq!(known(Known::Earlier) + known(Known::OtherKey), record.events - record.fresh());
    }
}

/// Returns a journal with these batches.
fn journal(records: &[BatchRecord]) -> Recovered {
    let mut recovered = Recovered::default();
    for record in records {
        assert!(recovered.load(&format!("batch/{:012}", record.number), record.text()).is_ok());
    }
    recovered
}

/// Returns the batches after these writes.
fn after(records: &[BatchRecord], writes: &[Write]) -> Vec<BatchRecord> {
    let read = |record: &BatchRecord| {
        let key = format!("batch/{:012}", record.number);
        let written = writes.iter().rev().find(|write| write.key == key).and_then(|write| write.value.clone());
        written.map_or_else(|| record.clone(), |text| read(record.number, &text).expect("a record"))
    };
    records.iter().map(read).collect()
}

#[test]
fn taking_back_a_decision_restores_the_state_before() {
    let before = [record(1, 10, vec![part(1, 0, 10, PartState::Ended(unknown(Reason::Timeout)))])];
    for word in [Resolution::Accepted, Resolution::Drop, Resolution::Resend] {
        let writes = journal(&before).resolve("run", "run-1", Some(word)).expect("it is unknown");
        let decided = after(&before, &writes);
        let listed = journal(&decided).unknown("run");
        assert_eq!(listed.iter().map(|one| one.decided).collect::<Vec<_>>(), [Some(word.as_str())]);
        assert_eq!(journal(&decided).resolve("run", "run-1", Some(word)), Err(NotResolved::Decided(word)));
        let writes = journal(&decided).resolve("run", "run-1", None).expect("it can be taken back");
        assert_eq!(after(&decided, &writes), before);
    }
}

#[test]
fn a_decision_that_cannot_be_taken_is_refused_with_the_reason() {
    let ended = |state| PartState::Ended(Outcome { state, reason: None, message: None });
    let records = [
        record(1, 10, vec![part(1, 0, 10, ended(State::Accepted))]),
        record(2, 10, vec![part(2, 0, 10, ended(State::Refused))]),
        record(3, 10, Vec::new()),
        record(4, 10, vec![part(4, 0, 5, ended(State::Unknown)), part(4, 5, 10, ended(State::Accepted))]),
        record(5, 10, vec![part(5, 0, 10, PartState::Ended(unknown(Reason::Dropped)))]),
    ];
    for (id, told) in [
        ("run-1", NotResolved::Is(State::Accepted)),
        ("run-2", NotResolved::Is(State::Refused)),
        ("run-3", NotResolved::Is(State::Unsent)),
        ("run-4", NotResolved::InParts),
        ("run-4:5-10", NotResolved::Is(State::Accepted)),
        ("run-5", NotResolved::Done(Resolution::Drop)),
        ("run-6", NotResolved::NoSuch),
        ("", NotResolved::NoSuch),
    ] {
        assert_eq!(journal(&records).resolve("run", id, Some(Resolution::Accepted)), Err(told), "{id}");
    }
    assert_eq!(journal(&records).resolve("run", "run-4:0-5", None), Err(NotResolved::Open));
    assert!(journal(&records).resolve("run", "run-4:0-5", Some(Resolution::Resend)).is_ok());
}

#[test]
fn an_old_decision_to_send_again_without_a_reason_can_be_taken_back_too() {
    let records = [record(1, 10, vec![part(1, 0, 10, PartState::Resend)])];
    let writes = journal(&records).resolve("run", "run-1", None).expect("it can be taken back");
    let [back] = &after(&records, &writes)[..] else { panic!("one batch") };
    assert!(back.parts[0].is_open());
}
