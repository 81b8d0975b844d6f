//! Texts that come one by one, such as messages or lines without line ends, of which each may end an event.

use split_events::{Batcher, Caps, Format, Intake, Rules};

/// Returns the keys of the events that are sent, and the issues as `CODE LINE`. Pushes each piece in chunks of `cut`.
fn read(format: Format, pieces: &[&str], cut: usize) -> (String, Vec<String>) {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    let mut batches = Vec::new();
    intake.begin(None, format);
    for piece in pieces {
        for chunk in piece.as_bytes().chunks(cut) {
            intake.push(chunk);
            batches.extend(std::iter::from_fn(|| intake.next_batch()));
        }
        intake.end_piece();
        batches.extend(std::iter::from_fn(|| intake.next_batch()));
    }
    intake.end();
    batches.extend(std::iter::from_fn(|| intake.next_batch()));
    batches.extend(intake.last_batch());
    let report = serde_json::to_value(intake.report()).unwrap();
    let keys = batches.iter().flat_map(|batch| {
        let events: Vec<serde_json::Value> = serde_json::from_slice(&batch.body).unwrap();
        events.into_iter().map(|event| event["key"].as_str().unwrap().to_owned())
    });
    let issue = |issue: &serde_json::Value| format!("{} {}", issue["code"].as_str().unwrap(), issue["line"]);
    (keys.collect(), report["issues"].as_array().unwrap().iter().map(issue).collect())
}

#[track_caller]
fn assert_read(format: Format, pieces: &[&str], keys: &str, issues: &[&str]) {
    let pieces: Vec<String> = pieces.iter().map(|piece| events(piece)).collect();
    let pieces: Vec<&str> = pieces.iter().map(|piece| &**piece).collect();
    for cut in [usize::MAX, 1, 7, 40] {
        let (sent, issued) = read(format, &pieces, cut);
        assert_eq!(
            (&*sent, &issued[..]),
            (keys, &issues.iter().map(|&issue| issue.to_owned()).collect::<Vec<_>>()[..]),
            "{cut} {pieces:?}"
        );
    }
}

/// Replaces every single `a`, `b`, `c` or `d` by the event with this key, and `!` by an event that is refused.
fn events(pattern: &str) -> String {
    let event = |key: &str| {
        format!(r#"{{"eventTypeId":"sale","trafficTypeName":"user","key":{key},"timestamp":1645557824000,"value":1}}"#)
    };
    let mut text = String::new();
    for c in pattern.chars() {
        match c {
            'a'..='d' => text += &event(&format!("\"{c}\"")),
            '!' => text += &event("true"),
            c => text.push(c),
        }
    }
    text
}

const FORMATS: [Format; 3] = [Format::Auto, Format::Json, Format::Ndjson];

#[test]
fn an_object_in_each_text_is_an_event() {
    for format in FORMATS {
        assert_read(format, &["a", "b", "!", "c"], "abc", &["key_not_string 3"]);
        assert_read(format, &["a", " \t", "", "b ", " !"], "ab", &["key_not_string 3"]);
        assert_read(format, &["a"], "a", &[]);
    }
}

#[test]
fn a_line_break_at_the_end_of_a_text_is_counted_once() {
    for format in FORMATS {
        assert_read(format, &["a\n", "b\n", "!\n"], "ab", &["key_not_string 3"]);
        assert_read(format, &["a", "\nb", "\r\n!"], "ab", &["key_not_string 3"]);
        assert_read(format, &["a\nb\n", "c\nd", "!"], "abcd", &["key_not_string 5"]);
    }
}

#[test]
fn an_object_that_goes_on_in_the_next_text_is_one() {
    let event = events("a");
    for format in FORMATS {
        for cut in 1..event.len() {
            let other = events("b");
            let (keys, issues) = read(format, &[&other, &event[..cut], &event[cut..], &other], usize::MAX);
            assert_eq!((&*keys, &issues[..]), ("bab", &[][..]), "cut at {cut}");
            let (keys, issues) = read(format, &[&event[..cut], &event[cut..], &other], 1);
            assert_eq!((&*keys, &issues[..]), ("ab", &[][..]), "cut at {cut}");
        }
    }
}

#[test]
fn objects_side_by_side_in_a_text_are_reported_and_those_of_two_texts_are_not() {
    for format in FORMATS {
        assert_read(format, &["ab", "c", "d"], "abcd", &["objects_side_by_side 1"]);
        assert_read(format, &["a", "bc", "d"], "abcd", &["objects_side_by_side 2"]);
        assert_read(format, &["a,", "b,", "!"], "ab", &["commas_without_array 1", "key_not_string 1"]);
    }
}

#[test]
fn an_array_may_span_several_texts() {
    for format in [Format::Auto, Format::Json] {
        assert_read(format, &["[", "a", ",", "b", "]"], "ab", &[]);
        assert_read(format, &["[a,", "b]", "[c]"], "abc", &["arrays_several 2"]);
        assert_read(format, &["[a", "b]"], "ab", &["comma_missing 1"]);
    }
    assert_read(Format::Ndjson, &["[a,b]", "c", "[d]"], "abcd", &["arrays_several 3"]);
}

#[test]
fn a_broken_object_whose_brackets_are_closed_costs_itself() {
    let broken = events("a").replace("1645557824000", "1645557824OOO");
    let good = events("b");
    for format in FORMATS {
        for cut in [usize::MAX, 1] {
            let (keys, issues) = read(format, &[&good, &broken, &good], cut);
            assert_eq!((&*keys, &issues[..]), ("bb", &["not_json 2".to_owned()][..]));
        }
    }
}

#[test]
fn the_rows_of_a_table_do_not_end_with_a_text() {
    let header = "eventTypeId,trafficTypeName,key,timestamp,value";
    let pieces = [header, "\nsale,user,a,1645557824", "000,1\nsale,user,b,1645557824000,1\n"];
    for cut in [usize::MAX, 1] {
        assert_eq!(read(Format::Auto, &pieces, cut), ("ab".to_owned(), vec![]));
    }
}
