//! Records from bytes in any chunks, and the cost of a broken part.

use split_events::json::quoted;
use split_events::map::Cell;
use split_events::{Code, Format, Frame, Reader};

#[derive(Debug, Clone, PartialEq)]
enum Found {
    Record { text: String, line: u64, offset: u64 },
    Refused(Code, u64, u64),
    Trouble(Code, u64, u64),
}

fn read_in(format: Format, chunks: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<Found> {
    let mut reader = Reader::new(format);
    let mut found = Vec::new();
    for chunk in chunks {
        reader.push(chunk.as_ref());
        drain(&mut reader, &mut found);
    }
    reader.end();
    drain(&mut reader, &mut found);
    found
}

/// Reads a source that is over before any of it is read.
fn read_at_the_end(format: Format, input: &[u8]) -> Vec<Found> {
    let mut reader = Reader::new(format);
    let mut found = Vec::new();
    reader.push(input);
    reader.end();
    drain(&mut reader, &mut found);
    found
}

fn drain(reader: &mut Reader, found: &mut Vec<Found>) {
    while let Some(frame) = reader.next_frame() {
        found.push(match frame {
            Frame::Clean { .. } => panic!("nobody proves anything"),
            Frame::Record { span, line, offset, .. } => {
                Found::Record { text: String::from_utf8_lossy(&reader.bytes()[span]).into_owned(), line, offset }
            }
            Frame::Row { span, line, offset } => {
                let row = String::from_utf8_lossy(&reader.bytes()[span]).into_owned();
                Found::Record { text: cells(reader, &row), line, offset }
            }
            Frame::Broken { code, line, offset, at, .. } => Found::Refused(code, line, offset + at as u64),
            Frame::Refused(fault) | Frame::Wrapped(fault, _) => Found::Refused(fault.code, fault.line, fault.offset),
            Frame::Trouble(fault) => Found::Trouble(fault.code, fault.line, fault.offset),
        });
    }
}

/// Returns the cells of the row that was read last, as an object.
fn cells(reader: &mut Reader, row: &str) -> String {
    let (cells, columns, ..) = reader.row_record().unwrap();
    let named = columns.names.iter().zip(cells).filter(|(name, _)| !name.is_empty());
    let member = |(name, cell): (&String, &Cell)| match &**name {
        "timestamp" => format!("{}:{}", quoted(name), cell.text(row)),
        _ => format!("{}:{}", quoted(name), quoted(&cell.text(row))),
    };
    format!("{{{}}}", named.map(member).collect::<Vec<_>>().join(","))
}

/// Reads the input whole, byte by byte, cut in two at every byte and at the end, and checks that the result is the
/// same.
#[track_caller]
fn read_as(format: Format, input: &[u8]) -> Vec<Found> {
    let whole = read_in(format, [input]);
    assert_eq!(whole, read_in(format, input.chunks(1)), "byte by byte");
    assert_eq!(whole, read_at_the_end(format, input), "at the end");
    for cut in 0..input.len() {
        assert_eq!(whole, read_in(format, [&input[..cut], &input[cut..]]), "cut at byte {cut}");
    }
    whole
}

#[track_caller]
fn read(input: &str) -> Vec<Found> {
    read_as(Format::Auto, input.as_bytes())
}

fn record(text: &str, line: u64, offset: u64) -> Found {
    Found::Record { text: text.to_owned(), line, offset }
}

#[test]
fn the_elements_of_an_array_are_records() {
    assert_eq!(read(r#"[{"a":1},{"b":"]},{"}]"#), [record(r#"{"a":1}"#, 1, 1), record(r#"{"b":"]},{"}"#, 1, 9)]);
    assert_eq!(read("[\n  {\"a\":\n1},\r\n\n{}\n]\n"), [record("{\"a\":\n1}", 2, 4), record("{}", 5, 16)]);
    assert_eq!(
        read("[1,\"x\",null,[2,[3]]]"),
        [record("1", 1, 1), record("\"x\"", 1, 3), record("null", 1, 7), record("[2,[3]]", 1, 12)]
    );
    assert_eq!(read("[]"), []);
    assert_eq!(read(" [ ] "), []);
}

#[test]
fn the_lines_of_ndjson_are_records() {
    assert_eq!(read("{\"a\":1}\n{\"b\":2}\n"), [record(r#"{"a":1}"#, 1, 0), record(r#"{"b":2}"#, 2, 8)]);
    assert_eq!(read("{\"a\":1}\r\n\r\n  {\"b\":2}  "), [record(r#"{"a":1}"#, 1, 0), record(r#"{"b":2}"#, 3, 13)]);
    assert_eq!(
        read("{}\nnonsense\n{} x\n{}"),
        [record("{}", 1, 0), record("nonsense", 2, 3), record("{} x", 3, 12), record("{}", 4, 17)]
    );
}

#[test]
fn objects_over_several_lines_are_records() {
    assert_eq!(read("{\n \"a\": 1\n}\n"), [record("{\n \"a\": 1\n}", 1, 0)]);
    assert_eq!(
        read("{\n \"a\": 1\n}\n{\n \"b\": [\n{}]\n}"),
        [record("{\n \"a\": 1\n}", 1, 0), record("{\n \"b\": [\n{}]\n}", 4, 12)]
    );
}

#[test]
fn a_line_that_breaks_off_costs_itself_and_not_the_file() {
    assert_eq!(read("{\"a\":1\n{\"b\":2}\n"), [record("{\"a\":1", 1, 0), record("{\"b\":2}", 2, 7)]);
    assert_eq!(read("{\"a\":\"x\n{\"b\":2}\n"), [record("{\"a\":\"x", 1, 0), record("{\"b\":2}", 2, 8)]);
    assert_eq!(read("{\"a\":1,\n{\"b\":2}\n"), [record("{\"a\":1,", 1, 0), record("{\"b\":2}", 2, 8)]);
}

#[test]
fn a_byte_order_mark_is_skipped() {
    for format in [Format::Auto, Format::Json] {
        assert_eq!(read_as(format, b"\xef\xbb\xbf[{}]"), [record("{}", 1, 4)]);
    }
    assert_eq!(read_as(Format::Ndjson, b"\xef\xbb\xbf{}\n"), [record("{}", 1, 3)]);
}

#[test]
fn an_input_without_any_event_is_reported_once() {
    for format in [Format::Auto, Format::Json, Format::Ndjson, Format::Csv, Format::Tsv] {
        for input in ["", " ", "\n\n\n\n\n", "\u{feff}"] {
            let found = read_as(format, input.as_bytes());
            assert!(matches!(found[..], [Found::Trouble(Code::EmptyInput, ..)]), "{input:?}: {found:?}");
        }
    }
    assert_eq!(read("hello\n{}\n"), [Found::Trouble(Code::InputNotEvents, 1, 0)]);
    assert_eq!(read("\n\n  one,two\n"), [Found::Trouble(Code::InputNotEvents, 3, 4)]);
    let utf16: Vec<u8> = "[{}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read_as(Format::Auto, &utf16), [Found::Trouble(Code::InputUtf16, 1, 0)]);
    let utf32 = b"\xff\xfe\0\0[\0\0\0";
    assert_eq!(read_as(Format::Json, utf32), [Found::Trouble(Code::InputUtf16, 1, 0)]);
}

#[test]
fn a_format_that_is_given_is_not_detected_from_the_bytes() {
    assert_eq!(read_as(Format::Ndjson, b"junk\n{}\n"), [record("junk", 1, 0), record("{}", 2, 5)]);
    assert_eq!(read_as(Format::Ndjson, b"[7]\n"), [record("[7]", 1, 0)]);
    assert_eq!(read_as(Format::Json, b"{}\n7"), [record("{}", 1, 0), record("7", 2, 3)]);
}

#[test]
fn a_broken_element_costs_itself_and_not_the_array() {
    let good = |offset| record(r#"{"b":2}"#, 1, offset);
    assert_eq!(read(r#"[{"a":tru},{"b":2}]"#), [record(r#"{"a":tru}"#, 1, 1), good(11)]);
    // a closing bracket ends everything open inside it
    assert_eq!(read(r#"[{"a":[1},{"b":2}]"#), [record(r#"{"a":[1}"#, 1, 1), good(10)]);
    // a record that is never closed does not take the array's end
    assert_eq!(read(r#"[{"b":2},{"a":1]"#), [good(1), record(r#"{"a":1"#, 1, 9)]);
    // a string ends with its line, and a line that begins with { begins the next record
    assert_eq!(read("[{\"a\":\"x},\n{\"b\":2}]"), [record("{\"a\":\"x},", 1, 1), record(r#"{"b":2}"#, 2, 11)]);
    assert_eq!(read("[{\"a\":\"x\n},\n {\"b\":2}]"), [record("{\"a\":\"x\n}", 1, 1), record(r#"{"b":2}"#, 3, 13)]);
    assert_eq!(read("[}]"), [record("}", 1, 1)]);
}

#[test]
fn missing_and_extra_commas_are_reported_and_the_events_are_read() {
    let (first, second) = (record("{}", 1, 1), |offset| record("{}", 1, offset));
    assert_eq!(read("[{} {}]"), [first.clone(), Found::Trouble(Code::CommaMissing, 1, 4), second(4)]);
    assert_eq!(read("[{},,{}]"), [first.clone(), Found::Trouble(Code::CommaExtra, 1, 4), second(5)]);
    assert_eq!(read("[{},]"), [first, Found::Trouble(Code::CommaExtra, 1, 4)]);
    assert_eq!(read("[,]"), [Found::Trouble(Code::CommaExtra, 1, 1)]);
}

#[test]
fn an_array_that_breaks_off_says_where() {
    assert_eq!(read("[{}"), [record("{}", 1, 1), Found::Trouble(Code::ArrayNotClosed, 1, 3)]);
    assert_eq!(
        read("[\n{},\n{\"a\""),
        [record("{}", 2, 2), record("{\"a\"", 3, 6), Found::Trouble(Code::ArrayNotClosed, 3, 10)]
    );
    assert_eq!(read("["), [Found::Trouble(Code::ArrayNotClosed, 1, 1)]);
}

#[test]
fn text_behind_an_array_is_reported_and_not_read() {
    assert_eq!(read("[{}]\nend {}"), [record("{}", 1, 1), Found::Trouble(Code::TextAfterArray, 2, 5)]);
}

#[test]
fn deep_nesting_does_not_disturb_the_neighbours() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let input = format!("[{{}},{deep},{{}}]");
    let found = read_in(Format::Auto, input.as_bytes().chunks(97));
    assert_eq!(found, [record("{}", 1, 1), record(&deep, 1, 4), record("{}", 1, 4 + 20_000 + 1)]);
}

#[test]
fn a_record_over_a_million_bytes_is_refused_and_never_held_whole() {
    let long = "x".repeat(5_000_000);
    for (input, offset) in
        [(format!("[{{}},\n{{\"a\":\"{long}\"}},{{}}]"), 5), (format!("{{}}\n\n\n{{\"a\":\"{long}\"}}\n{{}}\n"), 5)]
    {
        let mut reader = Reader::new(Format::Auto);
        let mut found = Vec::new();
        let mut most = 0;
        for chunk in input.as_bytes().chunks(65_536).map(Some).chain([None]) {
            match chunk {
                Some(chunk) => reader.push(chunk),
                None => reader.end(),
            }
            most = most.max(reader.bytes().len());
            while let Some(frame) = reader.next_frame() {
                found.push(frame);
            }
        }
        assert!(most < 1_200_000, "{most} bytes were held");
        let [Frame::Record { .. }, Frame::Refused(fault), Frame::Record { line, .. }] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!((fault.code, fault.offset), (Code::RecordTooLarge, offset));
        assert!(fault.got.starts_with("{\"a\":\"xxx") && fault.got.chars().count() == 80);
        assert_eq!(*line, if input.starts_with('[') { 2 } else { 5 });
    }
}

const HEADER: &str = "eventTypeId,trafficTypeName,key,timestamp";

/// Returns the event of a row `page_load,user,KEY,1`.
fn row(key: &str, line: u64, offset: u64) -> Found {
    let text = format!(r#"{{"eventTypeId":"page_load","trafficTypeName":"user","key":"{key}","timestamp":1}}"#);
    Found::Record { text, line, offset }
}

#[test]
fn the_rows_of_a_table_are_records() {
    assert_eq!(
        read(&format!("{HEADER}\npage_load,user,Ava,1\npage_load,user,Bo,1")),
        [row("Ava", 2, 42), row("Bo", 3, 63), Found::Trouble(Code::LastLineNotEnded, 3, 82)]
    );
    let tabs = format!("{HEADER}\npage_load,user,Ava,1\n").replace(',', "\t");
    assert_eq!(read(&tabs), [row("Ava", 2, 42)]);
    assert_eq!(read(&format!("\u{feff}{HEADER}\npage_load,user,Ava,1\n")), [row("Ava", 2, 45)]);
    assert_eq!(read(HEADER), [Found::Trouble(Code::CsvNoRows, 1, 41), Found::Trouble(Code::LastLineNotEnded, 1, 41)]);
    assert_eq!(read(&format!("{HEADER}\n\n")), [empty(2, 42), Found::Trouble(Code::CsvNoRows, 3, 43)]);
}

fn empty(line: u64, offset: u64) -> Found {
    Found::Trouble(Code::CsvRowEmpty, line, offset)
}

#[test]
fn line_breaks_of_every_kind_end_rows_and_blank_lines_are_skipped_and_reported() {
    assert_eq!(
        read(&format!("\r\n{HEADER}\r\n\r\npage_load,user,Ava,1\r\n\n  \n,,,\r\npage_load,user,Bo,1\r\n\r\n")),
        [empty(3, 45), row("Ava", 4, 47), empty(5, 69), empty(6, 70), empty(7, 73), row("Bo", 8, 78), empty(9, 99)]
    );
    assert_eq!(read(&format!("{HEADER}\rpage_load,user,Ava,1\r")), [row("Ava", 2, 42)]);
    assert_eq!(
        read(&format!("{HEADER}\r\rpage_load,user,\"A\rva\",1\rpage_load,user,Bo,1\r\n")),
        [empty(2, 42), row("A\\rva", 3, 43), row("Bo", 5, 67)]
    );
}

#[test]
fn quoted_cells_may_hold_separators_quotes_and_line_breaks() {
    assert_eq!(
        read(&format!("{HEADER}\n\"page_load\",user,\"A,\"\"v\"\"\r\na\",\"1\"\r\npage_load,user,B\"o,1\n")),
        [row(r#"A,\"v\"\r\na"#, 2, 42), row(r#"B\"o"#, 4, 77)]
    );
}

#[test]
fn a_broken_row_costs_itself_and_not_the_table() {
    assert_eq!(
        read(&format!("{HEADER}\npage_load,user,Ava,1,,x\npage_load,user,Bo,1\n")),
        [Found::Refused(Code::CsvTooManyCells, 2, 64), row("Bo", 3, 66)]
    );
    assert_eq!(
        read(&format!("{HEADER}\npage_load,user\npage_load,user,Bo,1\n")),
        [record(r#"{"eventTypeId":"page_load","trafficTypeName":"user"}"#, 2, 42), row("Bo", 3, 57)]
    );
    let bytes = [HEADER.as_bytes(), b"\npage_load,user,A\xffa,1\npage_load,user,Bo,1\n"].concat();
    assert_eq!(read_as(Format::Auto, &bytes), [Found::Refused(Code::NotUtf8, 2, 58), row("Bo", 3, 63)]);
}

#[test]
fn a_quote_that_is_never_closed_costs_its_row_and_no_later_row() {
    let unclosed = |offset| Found::Refused(Code::CsvQuoteNotClosed, 2, offset);
    assert_eq!(
        read(&format!("{HEADER}\npage_load,user,\"Ava,1\npage_load,user,Bo,1\n")),
        [unclosed(57), row("Bo", 3, 64)]
    );
    let not_ended = Found::Trouble(Code::LastLineNotEnded, 2, 63);
    assert_eq!(read(&format!("{HEADER}\npage_load,user,\"Ava,1")), [unclosed(57), not_ended]);
    assert_eq!(
        read(&format!("{HEADER}\rpage_load,user,\"Ava,1\rpage_load,user,Bo,1\r")),
        [unclosed(57), row("Bo", 3, 64)]
    );
}

#[test]
fn a_header_that_cannot_be_used_is_reported_once() {
    assert_eq!(read("key,value\na,1\nb,2\n"), [Found::Trouble(Code::CsvColumnsMissing, 1, 0)]);
    assert_eq!(read(&format!("{HEADER},key\n1\n")), [Found::Trouble(Code::CsvColumnTwice, 1, 42)]);
    assert_eq!(read_as(Format::Csv, b"[{}]\n{}\n"), [Found::Trouble(Code::CsvColumnsMissing, 1, 0)]);
    assert_eq!(read_as(Format::Csv, b"\"key,\n{}\n"), [Found::Trouble(Code::CsvQuoteNotClosed, 1, 0)]);
    assert_eq!(read_as(Format::Csv, b"key,\xff\n{}\n"), [Found::Trouble(Code::NotUtf8, 1, 4)]);
}

#[test]
fn white_space_before_the_first_line_does_not_change_it_whatever_the_chunks() {
    for space in ["\r", "\r\r", "\t", " \t ", "\r\n\t", "\n \r"] {
        for text in ["\u{fffd}x,key", "x,key\n1,2", "x\tkey", "nothing,else", "nothing"] {
            read(&format!("{space}{text}"));
        }
    }
}

#[test]
fn a_tab_before_a_header_is_an_empty_cell() {
    let input = format!("\n\t{HEADER}\n7,page_load,user,Ava,1\n").replace(',', "\t");
    assert_eq!(read(&input), [row("Ava", 3, 44), Found::Trouble(Code::CsvColumnNameless, 3, 44)]);
}
