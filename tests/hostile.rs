//! Hostile records: each gets its verdict at its line and byte, and costs no neighbour.

#[path = "common/cuts.rs"]
mod cuts;

use split_events::{Caps, Code, Format, Frame, Intake, Reader, Rules};

/// An issue: code, number of the event, line and byte.
#[derive(Debug, PartialEq)]
struct Told {
    code: String,
    index: Option<u64>,
    line: u64,
    byte: u64,
}

#[derive(Debug, PartialEq)]
struct Report {
    /// The numbers of events, and of clean, repaired and refused ones.
    counts: [u64; 4],
    told: Vec<Told>,
    /// The bodies of all batches.
    sent: String,
}

/// Checks the input whole and in chunks of 1, 13 and 64 bytes, and that the result is the same.
#[track_caller]
fn checked(format: Format, input: &[u8]) -> Report {
    let run = |sizes: &[usize]| cuts::run(&Rules::default(), Caps::default(), format, input, sizes);
    let whole = run(&[]);
    for size in [1, 13, 64] {
        assert_eq!(whole, run(&[size]), "in chunks of {size}");
    }
    let report: serde_json::Value = serde_json::from_str(&whole.report).unwrap();
    let told = report["issues"].as_array().unwrap().iter().map(|issue| Told {
        code: issue["code"].as_str().unwrap().to_owned(),
        index: issue["index"].as_u64(),
        line: issue["line"].as_u64().unwrap(),
        byte: issue["byteOffset"].as_u64().unwrap(),
    });
    Report {
        counts: ["events", "clean", "repaired", "refused"].map(|name| report[name].as_u64().unwrap()),
        told: told.collect(),
        sent: whole.batches.iter().map(|batch| String::from_utf8_lossy(&batch.body).into_owned()).collect(),
    }
}

const GOOD: &str = r#"{"eventTypeId":"a","trafficTypeName":"user","key":"Ava","timestamp":1645557824000,"value":1}"#;

/// Returns an event with the bytes `hostile` in place of `clean`, and the byte at which they begin.
fn event(clean: &str, hostile: &[u8]) -> (Vec<u8>, usize) {
    let at = GOOD.find(clean).unwrap();
    ([&GOOD.as_bytes()[..at], hostile, &GOOD.as_bytes()[at + clean.len()..]].concat(), at)
}

/// Returns an event with this text of JSON in a property.
fn property(text: &str) -> Vec<u8> {
    event("1}", format!(r#"1,"properties":{{"a":"{text}"}}}}"#).as_bytes()).0
}

/// Puts a record between two good ones: in an array, pretty-printed, and on a line of its own.
fn among_good_ones(record: &[u8]) -> [(Vec<u8>, usize); 3] {
    let pretty = GOOD.replace(',', ",\n    ");
    let around = [
        (format!("[{GOOD},"), format!(",{GOOD}]")),
        (format!("[\n  {pretty},\n  "), format!(",\n  {pretty}\n]\n")),
        (format!("{GOOD}\n"), format!("\n{GOOD}\n")),
    ];
    around.map(|(before, after)| ([before.as_bytes(), record, after.as_bytes()].concat(), before.len()))
}

fn line_of(input: &[u8], byte: usize) -> u64 {
    String::from_utf8_lossy(&input[..byte]).matches('\n').count() as u64 + 1
}

/// Checks that the record has no issue and is sent as it is.
#[track_caller]
fn clean(record: &[u8]) {
    for (input, _) in among_good_ones(record) {
        let report = checked(Format::Auto, &input);
        assert_eq!((report.counts, &report.told[..]), ([3, 3, 0, 0], &[][..]), "{}", String::from_utf8_lossy(&input));
        assert!(report.sent.contains(&*String::from_utf8_lossy(record)));
    }
}

/// Checks that only the record has an issue, with this code at this byte of it.
#[track_caller]
fn told(record: &[u8], code: Code, at: usize) -> Vec<Report> {
    let mut reports = Vec::new();
    for (input, start) in among_good_ones(record) {
        let report = checked(Format::Auto, &input);
        let byte = start + at;
        let line = line_of(&input, byte);
        let expected = Told { code: code.as_str().to_owned(), index: Some(1), line, byte: byte as u64 };
        assert_eq!(report.told, [expected], "{}", String::from_utf8_lossy(&input));
        reports.push(report);
    }
    reports
}

/// Checks that the record has an issue, and is sent as it is.
#[track_caller]
fn warned(record: &[u8], code: Code, at: usize) {
    for report in told(record, code, at) {
        assert_eq!(report.counts, [3, 3, 0, 0], "{}", String::from_utf8_lossy(record));
        assert!(report.sent.contains(&*String::from_utf8_lossy(record)));
    }
}

#[track_caller]
fn refused(record: &[u8], code: Code, at: usize) {
    for report in told(record, code, at) {
        assert_eq!(report.counts, [3, 2, 0, 1], "{}", String::from_utf8_lossy(record));
    }
}

#[track_caller]
fn repaired(record: &[u8], code: Code, at: usize, sent: &str) {
    for report in told(record, code, at) {
        assert_eq!(report.counts, [3, 2, 1, 0], "{}", String::from_utf8_lossy(record));
        assert!(report.sent.contains(sent), "{}", report.sent);
    }
}

#[test]
fn a_control_character_in_a_string_is_refused_raw_and_good_escaped() {
    for control in (0..0x20_u8).filter(|&control| control != b'\n') {
        let (raw, at) = event("va\"", &[control, b'v', b'a', b'"']);
        refused(&raw, Code::NotJson, at);
    }
    for control in 0..0x20 {
        clean(&property(&format!("\\u{control:04x}")));
        let (raw, at) = event("va\"", format!("\\u{control:04x}va\"").as_bytes());
        warned(&raw, Code::KeyInvisible, at - 2);
    }
    for escape in [r"\b", r"\f", r"\n", r"\r", r"\t"] {
        clean(&property(escape));
        let (raw, at) = event("va\"", format!("{escape}va\"").as_bytes());
        warned(&raw, Code::KeyInvisible, at - 2);
    }
}

#[test]
fn a_line_break_in_a_string_is_refused_where_it_stands_and_the_next_line_is_read() {
    let (raw, at) = event("va\"", b"\nva\"");
    for (input, start) in among_good_ones(&raw) {
        let report = checked(Format::Auto, &input);
        let byte = start + at;
        let line = line_of(&input, byte);
        // in NDJSON the record ends there
        let code = if input.starts_with(b"[") { "not_json" } else { "record_cut_off" };
        assert_eq!(report.told[0], Told { code: code.into(), index: Some(1), line, byte: byte as u64 });
        // a record in one line that lost the quote of its string has lost its end, too
        let one_line = input.starts_with(b"[{");
        assert_eq!(report.counts[1], if one_line { 1 } else { 2 }, "{report:?}");
        let codes: Vec<&str> = report.told[1..].iter().map(|told| &*told.code).collect();
        assert!(if one_line { codes == ["array_not_closed"] } else { codes.iter().all(|&code| code == "not_json") });
    }
}

#[test]
fn a_control_character_between_tokens_is_refused_unless_it_is_white_space() {
    for control in (0..0x20_u8).filter(|control| !b"\t\n\r".contains(control)) {
        let (raw, at) = event("\"Ava\"", &[control, b'"', b'A', b'"']);
        refused(&raw, Code::NotJson, at);
        if control == 0x1e {
            continue; // stands before the texts of a sequence
        }
        refused(&[&[control], GOOD.as_bytes()].concat(), Code::NotJson, 0);
        refused(&[control], Code::NotJson, 0);
    }
    for space in ["\t", "\r", " "] {
        clean(&event("\"Ava\"", format!("{space}\"Ava\"{space}").as_bytes()).0);
    }
}

#[test]
fn del_c1_and_the_separators_of_lines_and_paragraphs_are_text() {
    for c in ('\u{7f}'..='\u{9f}').chain(['\u{a0}', '\u{2028}', '\u{2029}', '\u{feff}', '\u{fffe}', '\u{10ffff}']) {
        clean(&property(&c.to_string()));
        let (raw, at) = event("va\"", format!("{c}va\"").as_bytes());
        match c {
            ..='\u{9f}' | '\u{feff}' => warned(&raw, Code::KeyInvisible, at - 2),
            _ => clean(&raw),
        }
        // and no white space between tokens
        let (raw, at) = event("\"Ava\"", format!("{c}\"Ava\"").as_bytes());
        refused(&raw, Code::NotJson, at);
    }
}

#[test]
fn a_byte_order_mark_belongs_only_to_the_beginning_of_a_record() {
    for (input, start) in among_good_ones(b"null") {
        let marked = [b"\xef\xbb\xbf", &input[..]].concat();
        let report = checked(Format::Auto, &marked);
        assert_eq!(report.counts, [3, 2, 0, 1]);
        assert_eq!((report.told[0].code.as_str(), report.told[0].byte), ("not_object", start as u64 + 3));
    }
    for (input, _) in among_good_ones(&[b"\xef\xbb\xbf", GOOD.as_bytes()].concat()) {
        assert_eq!(checked(Format::Auto, &input).counts, [3, 3, 0, 0]);
    }
    let (inside, at) = event("\"Ava\"", b"\xef\xbb\xbf\"Ava\"");
    refused(&inside, Code::NotJson, at);

    let twice = checked(Format::Auto, format!("\u{feff}\u{feff}[{GOOD}]").as_bytes());
    let behind = checked(Format::Auto, format!("[{GOOD}]\n\u{feff}").as_bytes());
    for report in [twice, behind] {
        assert_eq!((report.counts, &report.told[..]), ([1, 1, 0, 0], &[][..]));
    }
}

#[test]
fn bytes_that_are_not_utf8_are_refused_at_the_first_of_them() {
    let hostile: [&[u8]; 15] = [
        b"\x80",                     // a continuation alone
        b"\xc3",                     // cut off
        b"\xe6\x9d",                 // cut off
        b"\xf0\x9f\x98",             // cut off
        b"\xc0\x80",                 // overlong NUL
        b"\xc0\xaf",                 // overlong /
        b"\xc1\xbf",                 // overlong
        b"\xe0\x80\xaf",             // overlong
        b"\xf0\x80\x80\xaf",         // overlong
        b"\xed\xa0",                 // cut off
        b"\xed\xa0\xbd\xed\xb8\x80", // a surrogate pair
        b"\xf4\x90\x80\x80",         // over U+10FFFF
        b"\xf8\x88\x80\x80\x80",
        b"\xfe",
        b"\xff",
    ];
    for bytes in hostile {
        let (raw, at) = event("va\"", &[bytes, b"va\""].concat());
        refused(&raw, Code::NotUtf8, at);
        let (raw, at) = event("\"Ava\"", &[bytes, b"\"Ava\""].concat());
        refused(&raw, Code::NotUtf8, at);
    }
}

#[test]
fn an_input_that_ends_within_a_character_is_refused_where_that_begins() {
    let at = GOOD.find("va").unwrap();
    for tail in [&b"\xc3"[..], b"\xe6\x9d", b"\xf0\x9f\x98"] {
        let cut = [GOOD.as_bytes(), b"\n", &GOOD.as_bytes()[..at], tail].concat();
        let report = checked(Format::Auto, &cut);
        let byte = (GOOD.len() + 1 + at) as u64;
        assert_eq!(report.counts, [2, 1, 0, 1]);
        assert_eq!(report.told, [Told { code: "record_cut_off".into(), index: Some(1), line: 2, byte }]);
    }
}

#[test]
fn utf16_without_a_mark_is_reported_once_and_not_read() {
    for text in [format!("[{GOOD}]"), format!("{GOOD}\n{GOOD}\n")] {
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            let input: Vec<u8> = text.encode_utf16().flat_map(unit).collect();
            for format in [Format::Auto, Format::Json, Format::Ndjson] {
                let report = checked(format, &input);
                let told = Told { code: "input_utf16".into(), index: None, line: 1, byte: 0 };
                assert_eq!((report.counts, report.told), ([0; 4], vec![told]), "{format:?}");
            }
        }
    }
}

#[test]
fn a_number_too_large_for_a_double_is_json_but_no_finite_value() {
    for number in ["1e400", "-1e400", "1E+400"] {
        let (raw, at) = event("1}", format!("{number}}}").as_bytes());
        refused(&raw, Code::ValueNotFinite, at);
        let (raw, at) = event("\"Ava\"", number.as_bytes());
        refused(&raw, Code::KeyNotString, at);
        let (raw, at) = event("1}", format!("1,\"properties\":{{\"a\":{number}}}}}").as_bytes());
        repaired(&raw, Code::PropertyNotFinite, at + r#"1,"properties":{"a":"#.len(), r#""properties":{"a":null}"#);
    }
    let (raw, at) = event("1645557824000", b"1e400");
    refused(&raw, Code::TimestampOutOfRange, at);
    // a number that is too small is zero
    clean(&event("1}", b"1e-400}").0);
}

#[test]
fn minus_zero_is_a_number() {
    clean(&event("1}", b"-0}").0);
    clean(&event("1}", b"-0.0}").0);
    clean(&event("1}", b"1,\"properties\":{\"a\":-0}}").0);
    let (raw, at) = event("\"Ava\"", b"-0");
    repaired(&raw, Code::KeyNumber, at, r#""key":"-0""#);
    let (raw, at) = event("1645557824000", b"-0");
    refused(&raw, Code::TimestampNotPositive, at);
    let (raw, at) = event("1}", b"-}");
    refused(&raw, Code::NotJson, at + 1);
    let (raw, at) = event("1}", b"-01}");
    refused(&raw, Code::NotJson, at + 2);
}

#[test]
fn integers_of_thirty_digits_keep_their_digits() {
    let long = "123456789012345678901234567890";
    clean(&event("1}", format!("{long}}}").as_bytes()).0);
    clean(&event("1}", format!("1,\"properties\":{{\"a\":-{long}}}}}").as_bytes()).0);
    let (raw, at) = event("\"Ava\"", long.as_bytes());
    for (input, start) in among_good_ones(&raw) {
        let report = checked(Format::Auto, &input);
        let told: Vec<_> = report.told.iter().map(|told| (&*told.code, told.byte as usize)).collect();
        assert_eq!(told, [("key_number", start + at), ("key_integer_large", start + at)]);
        assert!(report.sent.contains(&format!(r#""key":"{long}""#)), "{}", report.sent);
    }
    let (raw, at) = event("1645557824000", long.as_bytes());
    refused(&raw, Code::TimestampOutOfRange, at);
}

#[test]
fn a_lone_surrogate_is_refused_at_its_backslash() {
    for (escapes, lone) in [
        (r"\ud83d", 0),
        (r"\ude00", 0),
        (r"\uDFFF", 0),
        (r"\ud83d\ud83d\ude00", 0),
        (r"\ud83d\u0041", 0),
        (r"\ud83d\n", 0),
        (r"\ud83d\ude00\ude00", 12),
    ] {
        let (raw, at) = event("va\"", format!("{escapes}va\"").as_bytes());
        refused(&raw, Code::LoneSurrogate, at + lone);
        let (raw, at) = event("1}", format!("1,\"properties\":{{\"{escapes}\":1}}}}").as_bytes());
        refused(&raw, Code::LoneSurrogate, at + r#"1,"properties":{""#.len() + lone);
    }
    clean(&event("va\"", br#"\ud83d\ude00va""#).0);
    // a lone surrogate in a text of JavaScript comes as three bytes
    for half in [&b"\xed\xa0\x80"[..], b"\xed\xaf\xbf", b"\xed\xb0\x80", b"\xed\xbf\xbf", b"\xed\xa0\xbd\xed\xa0\xbd"] {
        let (raw, at) = event("va\"", &[half, b"va\""].concat());
        refused(&raw, Code::LoneSurrogate, at);
    }
    clean(&event("va\"", br#"\uDBFF\uDFFFva""#).0);
}

#[test]
fn a_name_given_twice_is_refused_at_its_second_value() {
    for name in ["key", r"k\u0065y", r"\u006bey"] {
        let (raw, at) = event("\"Ava\"", format!("\"Ava\",\"{name}\":\"Ava\"").as_bytes());
        refused(&raw, Code::DuplicateField, at + format!("\"Ava\",\"{name}\":").len());
    }
    for name in ["a", r"\u0061"] {
        let (raw, at) = event("1}", format!("1,\"properties\":{{\"a\":1,\"b\":2,\"{name}\":1}}}}").as_bytes());
        refused(&raw, Code::DuplicateField, at + format!("1,\"properties\":{{\"a\":1,\"b\":2,\"{name}\":").len());
    }
}

#[test]
fn ten_thousand_nested_arrays_are_refused_at_the_first_that_is_too_deep() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    refused(deep(10_000).as_bytes(), Code::TooDeep, 32);
    let objects = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    refused(objects.as_bytes(), Code::TooDeep, 32 * r#"{"a":"#.len());
    let properties = |levels| event("1}", format!("1,\"properties\":{{\"a\":{}}}}}", deep(levels)).as_bytes());
    let before = r#"1,"properties":{"a":"#.len();
    let (raw, at) = properties(10_000);
    refused(&raw, Code::TooDeep, at + before + 30);
    // the event and its properties are two of the 32 levels
    let (raw, at) = properties(30);
    repaired(&raw, Code::PropertyNotScalar, at + before, r#""properties":{"a":null}"#);
    refused(&properties(31).0, Code::TooDeep, at + before + 30);
}

#[test]
fn a_string_of_a_hundred_megabytes_is_refused_as_it_passes() {
    let chunk = vec![b'x'; 65_536];
    let open = &GOOD[..GOOD.find("Ava").unwrap()];
    let close = &GOOD[GOOD.find("Ava").unwrap()..];
    for (before, after) in [(format!("[{GOOD},\n"), format!(",{GOOD}]")), (format!("{GOOD}\n"), format!("\n{GOOD}\n"))]
    {
        let pieces = || {
            [before.as_bytes(), open.as_bytes()]
                .into_iter()
                .chain(std::iter::repeat_n(&chunk[..], 1_600))
                .chain([close.as_bytes(), after.as_bytes()])
        };
        let mut reader = Reader::new(Format::Auto);
        let mut intake = Intake::new(Rules::default(), split_events::Batcher::new(Caps::default(), "run".into()));
        intake.begin(None, Format::Auto);
        let (mut most, mut records) = (0, 0);
        for piece in pieces() {
            reader.push(piece);
            most = most.max(reader.bytes().len());
            while let Some(frame) = reader.next_frame() {
                records += usize::from(matches!(frame, Frame::Record { .. }));
            }
            intake.push(piece);
            assert_eq!(intake.next_batch(), None);
        }
        assert!(most < 1_200_000, "{most} bytes were held");
        intake.end();
        assert_eq!(intake.next_batch(), None);
        assert_eq!(intake.last_batch().unwrap().entries.len(), 2);
        reader.end();
        records += usize::from(reader.next_frame().is_some());
        assert_eq!(records, 2);
        let report = intake.report();
        assert_eq!((report.events, report.clean, report.refused), (3, 2, 1));
        let issue = &report.issues[0];
        assert_eq!(issue.code, "record_too_large");
        assert_eq!((issue.line, issue.byte_offset), (Some(2), Some(before.len() as u64)));
    }
}
