//! Events that are neither one a line nor in one array, and events that break off, wherever the input is cut.

#[path = "common/cuts.rs"]
mod cuts;

use split_events::{Batcher, Caps, Format, Frame, Intake, Reader, Rules};

/// The result of reading an input: the numbers of clean and refused events, the keys of those sent, and the issues,
/// each as `CODE LINE:BYTE` with the event's number before it.
#[derive(Debug, PartialEq)]
struct Read {
    clean: u64,
    refused: u64,
    keys: String,
    issues: Vec<String>,
}

impl Read {
    fn of(run: &cuts::Run) -> Read {
        let report: serde_json::Value = serde_json::from_str(&run.report).unwrap();
        let bodies = run.batches.iter().flat_map(|batch| {
            let events: Vec<serde_json::Value> = serde_json::from_slice(&batch.body).unwrap();
            events.into_iter().map(|event| event["key"].as_str().unwrap().to_owned())
        });
        let issue = |issue: &serde_json::Value| {
            let event = issue["index"].as_u64().map(|index| format!("{index} ")).unwrap_or_default();
            format!("{event}{} {}:{}", issue["code"].as_str().unwrap(), issue["line"], issue["byteOffset"])
        };
        Read {
            clean: report["clean"].as_u64().unwrap(),
            refused: report["refused"].as_u64().unwrap(),
            keys: bodies.collect(),
            issues: report["issues"].as_array().unwrap().iter().map(issue).collect(),
        }
    }
}

/// Reads the input whole, byte by byte and cut in two at every byte, and checks that the result is the same.
#[track_caller]
fn read_as(format: Format, input: &str) -> Read {
    let run = |sizes: &[usize]| cuts::run(&Rules::default(), Caps::default(), format, input.as_bytes(), sizes);
    let whole = run(&[]);
    assert_eq!(whole, run(&[1]), "byte by byte: {input}");
    for cut in 1..input.len() {
        assert_eq!(whole, run(&[cut, input.len()]), "cut at byte {cut}: {input}");
    }
    Read::of(&whole)
}

#[track_caller]
fn assert_read(format: Format, input: &str, keys: &str, refused: u64, issues: &[&str]) {
    let read = read_as(format, input);
    let expected = Read {
        clean: keys.len() as u64,
        refused,
        keys: keys.to_owned(),
        issues: issues.iter().map(|&issue| issue.to_owned()).collect(),
    };
    assert_eq!(read, expected, "{input}");
}

#[track_caller]
fn assert_all_read(input: &str, keys: &str, issues: &[&str]) {
    assert_read(Format::Auto, input, keys, 0, issues);
}

/// Returns an event of 93 bytes.
fn event(key: &str) -> String {
    format!(r#"{{"eventTypeId":"sale","trafficTypeName":"user","key":"{key}","timestamp":1645557824000,"value":1}}"#)
}

/// Replaces every single `a`, `b`, `c` or `d` by the event with this key.
fn events(pattern: &str) -> String {
    pattern.chars().map(|c| if ('a'..='d').contains(&c) { event(&c.to_string()) } else { c.to_string() }).collect()
}

#[test]
fn objects_side_by_side_are_read() {
    assert_eq!(event("a").len(), 93);
    for format in [Format::Auto, Format::Json, Format::Ndjson] {
        assert_read(format, &events("abc"), "abc", 0, &["objects_side_by_side 1:93"]);
        assert_read(format, &events("ab\nc\n"), "abc", 0, &["objects_side_by_side 1:93"]);
        assert_read(format, &events("a\nbc\nd"), "abcd", 0, &["objects_side_by_side 2:187"]);
        assert_read(format, &events("a \t b\r\nc"), "abc", 0, &["objects_side_by_side 1:96"]);
    }
}

#[test]
fn objects_side_by_side_are_counted() {
    let run = cuts::run(&Rules::default(), Caps::default(), Format::Auto, events("abc\nab").as_bytes(), &[]);
    assert!(run.report.contains(r#""issueCounts":{"objects_side_by_side":3}"#), "{}", run.report);
}

#[test]
fn commas_without_an_array_are_reported_once() {
    for format in [Format::Auto, Format::Json, Format::Ndjson] {
        for pattern in ["a,\nb,\nc\n", "a,\nb,\nc,\n", "a,\r\nb,\r\nc", "a,b,c", "a,b,\nc"] {
            assert_read(format, &events(pattern), "abc", 0, &["commas_without_array 1:93"]);
        }
        assert_read(format, &events("a\n,b\n,c\n"), "abc", 0, &["commas_without_array 2:94"]);
        assert_read(format, &events("a\nb,\nc\n"), "abc", 0, &["commas_without_array 2:187"]);
    }
    let twice = ["commas_without_array 1:93", "comma_extra 1:94"];
    assert_all_read(&events("a,,\nb"), "ab", &twice);
    assert_all_read(&events("a,,b"), "ab", &twice);
}

#[test]
fn other_text_on_the_line_of_an_object_refuses_the_line() {
    for line in ["b x", "b}", "b,x", "bc x", "b, c, 7", "b]", "b [7]"] {
        let input = events(&format!("a\n{line}\nd\n"));
        let read = read_as(Format::Auto, &input);
        assert_eq!((&*read.keys, read.refused), ("ad", 1), "{line}: {:?}", read.issues);
    }
}

#[test]
fn a_broken_object_costs_no_neighbour_on_its_line() {
    let broken = event("b").replace("1645557824000", "1645557824OOO");
    let input = format!("{}\n{}{broken}{}\n{}", event("d"), event("a"), event("c"), event("d"));
    let read = read_as(Format::Auto, &input);
    assert_eq!((&*read.keys, read.refused), ("dacd", 1));
    let cut = format!("{}\n{}{}\n{}", event("d"), event("a"), &broken[..60], event("d"));
    let read = read_as(Format::Auto, &cut);
    assert_eq!((&*read.keys, read.refused, &*read.issues[1]), ("dad", 1, "2 record_cut_off 2:247"));
}

#[test]
fn json_text_sequences_are_read() {
    let told = ["record_separators 1:0"];
    for format in [Format::Auto, Format::Json, Format::Ndjson] {
        assert_read(format, &events("\u{1e}a\n\u{1e}b\n\u{1e}c\n"), "abc", 0, &told);
        assert_read(format, &events("\u{1e}a\u{1e}b\u{1e}\u{1e}c"), "abc", 0, &told);
    }
    let pretty = events("\u{1e}a\n\u{1e}b\n").replace(',', ",\n  ");
    assert_all_read(&pretty, "ab", &told);
    assert_all_read(&format!("\u{feff} \u{1e}{}\n", event("a")), "a", &["record_separators 1:4"]);
    assert_all_read(&events("a\n\u{1e}b\nc"), "abc", &["record_separators 2:94"]);
    assert_all_read(&events("[a,\u{1e}b]"), "ab", &["record_separators 1:95"]);
}

#[test]
fn a_separator_ends_a_record_that_is_cut_off_before_it() {
    let input = format!("\u{1e}{}\n\u{1e}{}\u{1e}{}\n", event("a"), &event("b")[..30], event("c"));
    assert_read(Format::Auto, &input, "ac", 1, &["record_separators 1:0", "1 record_cut_off 2:126"]);
    let arrays = events("\u{1e}[a,b\n\u{1e}[c]\n");
    let told = ["record_separators 1:0", "array_not_closed 2:190", "arrays_several 2:191"];
    assert_all_read(&arrays, "abc", &told);
}

#[test]
fn several_arrays_are_read() {
    for format in [Format::Auto, Format::Json, Format::Ndjson] {
        assert_read(format, &events("[a]\n[b,c]\n[d]\n"), "abcd", 0, &["arrays_several 2:96"]);
        assert_read(format, &events("[a][b,c] [d]"), "abcd", 0, &["arrays_several 1:95"]);
        let at = if format == Format::Ndjson { "arrays_several 3:190" } else { "arrays_several 2:96" };
        assert_read(format, &events("[a]\nb\n[c]\nd"), "abcd", 0, &[at]);
        assert_read(format, &events("a\n[b,c]\nd\n"), "abcd", 0, &["arrays_several 2:94"]);
    }
    assert_all_read(&events("[\na\n]\n[\nb\n]\nc"), "abc", &["arrays_several 4:98"]);
    assert_all_read(&events("[a],\n[b]"), "ab", &["commas_without_array 1:95", "arrays_several 2:97"]);
    assert_all_read(&events("[]\n[a]\n[]"), "a", &["arrays_several 2:3"]);
    assert_all_read(&events("[a]\nend\n[b]"), "a", &["text_after_array 2:96"]);
}

#[test]
fn a_byte_order_mark_before_any_record_is_skipped() {
    for pattern in [
        "\u{feff}a\n\u{feff}b\n\u{feff}c",
        "\u{feff}\u{feff}a\nb\n\n\u{feff}\u{feff}c\n",
        "\n\u{feff}[a,\u{feff}b,c\u{feff}]\u{feff}",
    ] {
        assert_all_read(&events(pattern), "abc", &[]);
        assert_read(Format::Json, &events(pattern), "abc", 0, &[]);
    }
    assert_read(Format::Ndjson, &events("\u{feff}a\n\u{feff}b\nc\n"), "abc", 0, &[]);
    let half = [event("a").as_bytes(), b"\n\xef\xbb", event("b").as_bytes(), b"\n\xef"].concat();
    for format in [Format::Auto, Format::Json, Format::Ndjson] {
        let run = |sizes: &[usize]| cuts::run(&Rules::default(), Caps::default(), format, &half, sizes);
        assert_eq!(run(&[]), run(&[1]));
        assert_eq!(Read::of(&run(&[])).keys, "a");
    }
}

#[test]
fn an_object_that_breaks_off_is_reported_as_cut_off_anywhere() {
    let whole = event("b");
    for length in 1..whole.len() {
        let cut = &whole[..length];
        let expected = [&*format!("1 record_cut_off 2:{}", 94 + length)];
        assert_read(Format::Auto, &format!("{}\n{cut}", event("a")), "a", 1, &expected);
        assert_read(Format::Ndjson, &format!("{}\n{cut}\n{}\n", event("a"), event("c")), "ac", 1, &expected);
    }
    for (text, code) in [("{\"a\":\"\\ud83d", "record_cut_off"), ("{\"a\":tru", "record_cut_off"), ("[1", "not_json")] {
        let read = read_as(Format::Ndjson, text);
        assert!(read.issues[0].starts_with(&format!("0 {code}")), "{text}: {:?}", read.issues);
    }
}

#[test]
fn an_object_that_breaks_off_before_the_next_costs_itself() {
    let cuts = [
        r#"{"eventTypeId":"#,
        r#"{"eventTypeId":"buy","#,
        r#"{"eventTypeId":"buy""#,
        r#"{"properties":{"a":1,"#,
        r#"{"properties":{"a":[1"#,
        "{\"eventTypeId\":\"b",
        "{",
    ];
    for cut in cuts {
        for (pattern, keys) in
            [("[a,\n@\nb,c]", "abc"), ("[@\na,\nb]", "ab"), ("a\n@\nb\n", "ab"), ("a,\n@\nb,\nc", "abc")]
        {
            let input = events(pattern).replace('@', cut);
            let read = read_as(Format::Auto, &input);
            // an object may follow a colon
            if !cut.ends_with(':') || pattern == "a\n@\nb\n" {
                assert_eq!((&*read.keys, read.refused), (keys, 1), "{input}: {:?}", read.issues);
            }
        }
    }
    assert_read(Format::Json, &events("a\n{\"key\":1,\nb"), "ab", 1, &["1 record_cut_off 2:103"]);
    assert_read(Format::Auto, &events("[{\"key\":1,a,b]"), "ab", 1, &["0 record_cut_off 1:10"]);
}

#[test]
fn a_missing_comma_in_an_event_costs_no_other_event() {
    for broken in
        [r#"{"a":[{"x":1} {"y":2}]}"#, r#"{"a":{"x":1} "b":[2]}"#, r#"{"a" {"x":1},"b":2}"#, r#"{"a":1 ["b"]}"#]
    {
        for pattern in ["[@,\na,\nb]\n", "[\na,\n@,\nb\n]", "[a,@,b]", "a\n@\nb\n"] {
            let input = events(pattern).replace('@', broken);
            let read = read_as(Format::Auto, &input);
            assert_eq!(read.keys, "ab", "{input}: {:?}", read.issues);
            assert!((1..=4).contains(&read.refused));
        }
    }
}

/// Reads chunks. Returns the most bytes that were held, the number of clean events, and the codes of the issues.
fn held(format: Format, chunks: impl Iterator<Item = Vec<u8>>) -> (usize, u64, Vec<String>) {
    let mut reader = Reader::new(format);
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    intake.begin(None, format);
    let mut most = 0;
    for chunk in chunks {
        reader.push(&chunk);
        most = most.max(reader.bytes().len());
        while !matches!(reader.next_frame(), None | Some(Frame::Clean { .. })) {}
        intake.push(&chunk);
        while intake.next_batch().is_some() {}
    }
    intake.end();
    while intake.next_batch().is_some() {}
    let report = intake.report();
    (most, report.clean, report.issues.iter().map(|issue| issue.code.to_owned()).collect())
}

#[test]
fn a_line_of_objects_of_any_length_is_read_with_little_memory() {
    for (text, note) in [("a", "objects_side_by_side"), ("a,", "commas_without_array")] {
        for format in [Format::Auto, Format::Ndjson, Format::Json] {
            let chunk = events(text).repeat(700).into_bytes();
            let (most, clean, issues) = held(format, std::iter::repeat_n(chunk, 20));
            assert_eq!((clean, issues), (14_000, vec![note.to_owned()]), "{format:?}");
            assert!(most < 1_200_000, "{most} bytes were held");
        }
    }
    let array = |chunks| {
        std::iter::once(b"[".to_vec()).chain(std::iter::repeat_n(events("a,").repeat(700).into_bytes(), chunks))
    };
    let (most, clean, _) = held(Format::Ndjson, array(40));
    assert!(clean == 28_000 && most < 1_200_000, "{clean} {most}");
}

#[test]
fn a_long_line_of_objects_is_the_same_in_chunks_of_any_size() {
    let line = events("a").repeat(15_000);
    let input = format!("{}\n{line}\n{}\n{line} x\n{}\n", event("a"), event("b"), event("c"));
    let run = |sizes: &[usize]| cuts::run(&Rules::default(), Caps::default(), Format::Ndjson, input.as_bytes(), sizes);
    let whole = run(&[]);
    for size in [65_536, 999_999, 1_500_000] {
        assert!(whole == run(&[size]), "in chunks of {size}");
    }
    let read = Read::of(&whole);
    assert_eq!((read.clean, read.refused), (30_003, 1));
}
