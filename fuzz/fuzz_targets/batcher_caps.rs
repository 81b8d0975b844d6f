//! No batch is over a cap, no batch had room for the next event, and every event is there once, in order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use split_events::{Batch, Batcher, Caps, Place};

fuzz_target!(|bytes: &[u8]| {
    let Some((&[most, cap, text], sizes)) = bytes.split_first_chunk::<3>() else { return };
    let caps = Caps { events: usize::from(most) + 1, bytes: usize::from(cap) + 2 };
    let mut batcher = Batcher::new(caps, "run".to_owned());
    let mut batches: Vec<Batch> = Vec::new();
    let mut given = Vec::new();
    // as spans of a source with one byte between its events, or each by itself
    let by_span = most % 2 == 0;
    let source: Vec<u8> =
        sizes.iter().flat_map(|&size| [vec![text; usize::from(size)], vec![b'\n']].concat()).collect();
    let mut start = 0;
    for (index, &size) in sizes.iter().enumerate() {
        let event = vec![text; usize::from(size)];
        let span = start..start + event.len();
        start = span.end + 1;
        if by_span && event.is_empty() {
            continue; // no event is empty
        }
        // an event that fits exactly is the largest that fits
        assert_eq!(batcher.fits(event.len()), event.len() <= usize::from(cap));
        if batcher.fits(event.len()) {
            let place = Place { index: index as u64, source: 0, text: None };
            batches.extend(match by_span {
                true => batcher.add_span(span, place, &source),
                false => batcher.add(&event, place, &source),
            });
            given.push((event, place));
        }
    }
    batches.extend(batcher.take(&source));
    assert_eq!(batcher.take(&source), None);

    let mut next = 0;
    for (number, batch) in batches.iter().enumerate() {
        assert!(!batch.entries.is_empty() && batch.entries.len() <= caps.events && batch.body.len() <= caps.bytes);
        assert_eq!(batch.id, format!("run-{}", number + 1));
        let mut body = vec![b'['];
        for (event, place) in batch.events() {
            assert_eq!((event, place), (&given[next].0[..], given[next].1));
            body.extend_from_slice(event);
            body.push(b',');
            next += 1;
        }
        *body.last_mut().unwrap() = b']';
        assert_eq!(body, batch.body);
        if let Some((event, _)) = given.get(next) {
            assert!(batch.entries.len() == caps.events || batch.body.len() + 1 + event.len() > caps.bytes);
        }
    }
    assert_eq!(next, given.len());
});
