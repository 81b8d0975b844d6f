//! Measures the crate itself: `cargo bench`. `npm run bench` measures it in JavaScript.

mod data;

use data::Case;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use split_events::{Batcher, Caps, Format, Intake, Rules, check};

const BYTES: usize = 4_000_000;
const CHUNK: usize = 64 * 1024;

fn main() {
    divan::main();
}

/// Reads, checks and batches in chunks, with all rules and places.
#[divan::bench(args = Case::ALL)]
fn intake(bencher: Bencher, case: Case) {
    let text = case.text(BYTES);
    bencher.counter(BytesCount::of_slice(&text)).bench(|| taken_in(case, black_box(&text)));
}

/// Checks each event by itself with the careful checker.
#[divan::bench(args = Case::ALL)]
fn careful(bencher: Bencher, case: Case) {
    let records = case.records(BYTES);
    let rules = Rules::default();
    let bytes: usize = records.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        for record in &records {
            black_box(check(black_box(record.as_bytes()), &rules));
        }
    });
}

fn taken_in(case: Case, text: &[u8]) -> usize {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "bench".into()));
    let mut bytes = 0;
    intake.begin(None, Format::Auto);
    for chunk in text.chunks(CHUNK) {
        intake.push(chunk);
        while let Some(batch) = intake.next_batch() {
            bytes += batch.body.len();
        }
    }
    intake.end();
    while let Some(batch) = intake.next_batch() {
        bytes += batch.body.len();
    }
    bytes += intake.last_batch().map_or(0, |batch| batch.body.len());
    let report = intake.report();
    assert_eq!(report.clean == report.events, !matches!(case, Case::Dirty), "{case:?} is as clean as its name says");
    bytes
}
