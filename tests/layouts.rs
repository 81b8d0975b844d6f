//! Tables as people write them: the separator, the header row and the encoding are told by the first megabyte.

#[allow(dead_code, reason = "one of its two functions")]
#[path = "common/cuts.rs"]
mod cuts;

use proptest::prelude::*;
use split_events::{Batcher, Caps, Encoding, Form, Format, Intake, Rules};

const HEADER: &str = "eventTypeId,trafficTypeName,key,timestamp,value";
const ROW: &str = "page_load,user,Ava,1795741360000,1";

/// The result of reading a source.
#[derive(Debug, PartialEq)]
struct Taken {
    events: Vec<serde_json::Value>,
    /// Each as `CODE LINE:BYTE GOT`.
    issues: Vec<String>,
}

impl Taken {
    fn keys(&self) -> Vec<&str> {
        self.events.iter().map(|event| event["key"].as_str().unwrap()).collect()
    }
}

fn run(format: Format, form: &Form, input: &[u8], sizes: &[usize]) -> cuts::Run {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    intake.set_form(form.clone());
    cuts::through(&mut intake, format, input, sizes)
}

fn taken(run: &cuts::Run) -> Taken {
    let report: serde_json::Value = serde_json::from_str(&run.report).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let issue = |issue: &serde_json::Value| {
        format!("{} {}:{} {}", text(&issue["code"]), issue["line"], issue["byteOffset"], text(&issue["got"]))
    };
    Taken {
        events: run.batches.iter().flat_map(|batch| serde_json::from_slice::<Vec<_>>(&batch.body).unwrap()).collect(),
        issues: report["issues"].as_array().unwrap().iter().map(issue).collect(),
    }
}

/// Reads a source cut at every byte and checks that the result is the same.
#[track_caller]
fn read_as(format: Format, form: &Form, input: impl AsRef<[u8]>) -> Taken {
    let input = input.as_ref();
    let whole = run(format, form, input, &[]);
    for size in [1, 2, 5] {
        assert_eq!(whole, run(format, form, input, &[size]), "in chunks of {size}");
    }
    for cut in 1..input.len().min(1_000) {
        assert_eq!(whole, run(format, form, input, &[cut, input.len()]), "cut at byte {cut}");
    }
    taken(&whole)
}

#[track_caller]
fn read(input: impl AsRef<[u8]>) -> Taken {
    read_as(Format::Auto, &Form::default(), input)
}

fn table(separator: char) -> String {
    format!("{HEADER}\n{ROW}\n").replace(',', &separator.to_string())
}

#[test]
fn each_separator_is_recognised() {
    for (separator, word) in [(';', "semicolons"), ('|', "bars")] {
        for format in [Format::Auto, Format::Csv] {
            let taken = read_as(format, &Form::default(), table(separator));
            assert_eq!(
                (taken.keys(), taken.issues.clone()),
                (vec!["Ava"], vec![format!("csv_separator_recognised 1:0 {word}")])
            );
        }
    }
    for separator in [',', '\t'] {
        assert_eq!(read(table(separator)).issues, [""; 0]);
    }
}

#[test]
fn quotes_around_names_are_respected() {
    let taken = read(
        "\"eventTypeId\";\"trafficTypeName\";\"key\";\"timestamp\";\"value\";\"a,b,c,d,e,f,key\"\npage_load;user;Ava;1795741360000;1;x\n",
    );
    assert_eq!(taken.keys(), ["Ava"]);
    assert_eq!(taken.events[0]["properties"]["a,b,c,d,e,f,key"], "x");
}

#[test]
fn a_separator_that_is_given_counts() {
    for (name, separator) in [(",", ','), ("semicolon", ';'), ("\t", '\t'), ("bar", '|')] {
        let form = Form { separator: Form::separator_named(name), ..Form::default() };
        let taken = read_as(Format::Auto, &form, table(separator));
        assert_eq!((taken.keys(), taken.issues.clone()), (vec!["Ava"], vec![]));
        let other = if separator == ';' { ',' } else { ';' };
        assert!(read_as(Format::Auto, &form, table(other)).issues[0].starts_with("input_separator 1:0"));
    }
    assert_eq!(Form::separator_named("x"), None);
}

#[test]
fn the_line_that_tells_excel_the_separator_is_read() {
    for line in ["sep=;", "SEP=;", "\"sep=;\"", "\u{feff}sep=;"] {
        for end in ["\n", "\r\n", "\r"] {
            let taken = read(format!("{line}\n{}", table(';')).replace('\n', end));
            assert_eq!(taken.keys(), ["Ava"], "{line:?} {end:?}");
            assert!(taken.issues[0].starts_with("csv_separator_recognised 2:"), "{:?}", taken.issues);
        }
    }
    assert_eq!(read(format!("sep=^\n{}", table('^'))).keys(), ["Ava"]);
}

#[test]
fn lines_above_the_header_row_are_left_out_with_a_note() {
    for (above, note) in [
        ("Events of November\nExported, 2026-11-20\n\n", "csv_lines_skipped 1:0 2: Events of November"),
        ("# made by us\n#\n", "csv_lines_skipped 1:0 2: # made by us"),
        ("\n\nTitle\n", "csv_lines_skipped 3:2 1: Title"),
        ("a \"quote\n\n", "csv_lines_skipped 1:0 1: a \"quote"),
        (",,,,\nkey,value\n", ""),
    ] {
        for end in ["\n", "\r\n"] {
            let input = format!("{above}{HEADER}\n{ROW}\n");
            let line = above.matches('\n').count() + 2;
            let taken = read(format!("{input}page_load,user,,1795741360000,1\n").replace('\n', end));
            if note.is_empty() {
                continue;
            }
            assert_eq!(taken.keys(), ["Ava"], "{above:?}");
            assert!(end == "\r\n" || taken.issues[0] == note, "{:?}", taken.issues);
            assert!(taken.issues[1].starts_with(&format!("key_missing {}:", line + 1)), "{:?}", taken.issues);
        }
    }
}

#[test]
fn rows_to_skip_are_lines() {
    for end in ["\n", "\r\n", "\r"] {
        let input = format!("[Report]\n\nkey,value\n{HEADER}\n{ROW}\n").replace('\n', end);
        let form = Form { skip_rows: 3, ..Form::default() };
        let taken = read_as(Format::Auto, &form, input);
        assert_eq!((taken.keys(), taken.issues.clone()), (vec!["Ava"], vec![]));
    }
    let form = Form { skip_rows: 9, ..Form::default() };
    assert_eq!(read_as(Format::Auto, &form, "a\nb\n").issues, ["empty_input 3:4 "]);
}

#[test]
fn names_are_those_of_fields_in_any_writing() {
    for header in [
        "Event Type ID,traffic_type_name,KEY,Timestamp,Value",
        "\u{feff}\"event-type-id \",\"TRAFFIC TYPE NAME\",Key , timestamp,value",
    ] {
        let taken = read(format!("{header}\n{ROW}\n"));
        assert_eq!(taken.keys(), ["Ava"], "{header}: {:?}", taken.issues);
        assert!(taken.issues[0].starts_with("csv_names_alike 1:"), "{:?}", taken.issues);
        assert_eq!(taken.events[0]["value"], 1);
    }
    let taken = read("EventTypeId;Key\nbuy;Ava\n");
    assert!(taken.issues.iter().any(|issue| issue.ends_with("trafficTypeName, timestamp")), "{:?}", taken.issues);
}

#[test]
fn two_names_that_are_alike_are_an_error_unless_one_is_the_fields_own() {
    let taken = read(format!("{}\n{ROW},Ben\n", HEADER.replace("key", "Key") + ",KEY"));
    assert!(
        taken.issues.iter().any(|issue| issue.ends_with("key (Key, KEY)") && issue.starts_with("csv_column_twice")),
        "{:?}",
        taken.issues
    );
    let taken = read(format!("{HEADER},KEY\n{ROW},Ben\n"));
    assert_eq!((taken.keys(), &taken.events[0]["properties"]["KEY"]), (vec!["Ava"], &"Ben".into()));
    assert_eq!(taken.issues, [""; 0]);
}

#[test]
fn a_foreign_table_is_found_if_one_is_expected() {
    let form = Form { foreign: true, ..Form::default() };
    let taken = read_as(Format::Auto, &form, "Report\n\nevent;distinct_id;time\nbuy;Ava;1\nbuy;Ben;2\n");
    assert!(taken.issues.iter().any(|issue| issue.starts_with("csv_columns_missing 3:8")), "{:?}", taken.issues);
}

#[test]
fn recognition_does_not_look_behind_the_first_megabyte() {
    let line = format!("{}\n", "x".repeat(999));
    for (lines, is_read) in [(998, true), (1_001, false)] {
        let input = format!("{}{HEADER}\n{ROW}\n", line.repeat(lines));
        let whole = run(Format::Auto, &Form::default(), input.as_bytes(), &[]);
        assert_eq!(taken(&whole).keys().is_empty(), !is_read);
        for size in [65_536, 999_999, 1_000_000] {
            assert_eq!(whole, run(Format::Auto, &Form::default(), input.as_bytes(), &[size]));
        }
    }
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn utf16_is_read_by_its_mark_and_places_are_those_of_the_source() {
    let text = format!(
        "{HEADER},\u{e9}\n{ROW},\u{1f600}\npage_load,user,,1795741360000,1,\u{20ac}\n\u{20ac}\u{1f600},user,Ben,1795741360000,a,1\n"
    );
    let bytes = |text: &str, length: usize| 2 * (text[..length].encode_utf16().count() as u64 + 1);
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        let name = if unit(1)[0] == 1 { "utf-16le" } else { "utf-16be" };
        let taken = read(utf16(&format!("\u{feff}{text}"), unit));
        assert_eq!((taken.keys(), &taken.events[0]["properties"]["\u{e9}"]), (vec!["Ava"], &"\u{1f600}".into()));
        let row = text.find("page_load,user,,").unwrap();
        let value = text.find(",a,1").unwrap() + 1;
        let last = text.find("\u{20ac}\u{1f600},user").unwrap();
        assert_eq!(taken.issues[0], format!("encoding_recognised 1:0 {name}"));
        for (start, at) in [("key_missing 3:", row), ("event_type_id_invalid 4:", last), ("value_not_number 4:", value)]
        {
            let wanted = format!("{start}{} ", bytes(&text, at));
            assert!(taken.issues.iter().any(|issue| issue.starts_with(&wanted)), "{wanted}: {:?}", taken.issues);
        }
        let form = Form { encoding: Encoding::named(name), ..Form::default() };
        assert_eq!(read_as(Format::Auto, &form, utf16(&text, unit)).keys(), ["Ava"]);
    }
}

#[test]
fn json_is_read_in_utf16_too() {
    let event = |key: &str| {
        format!(r#"{{"eventTypeId":"buy","trafficTypeName":"user","key":{key},"timestamp":1645557824000,"value":1}}"#)
    };
    let text = format!("\u{feff}[{},\n{},\n{}]", event("\"\u{e9}\""), event("\"\u{1f600}\""), event("true"));
    let taken = read(utf16(&text, u16::to_le_bytes));
    assert_eq!(taken.keys(), ["\u{e9}", "\u{1f600}"]);
    let at = text[..text.find("true").unwrap()].encode_utf16().count() * 2;
    assert_eq!(taken.issues[1], format!("key_not_string 3:{at} true"));
}

#[test]
fn halves_of_pairs_and_units_are_refused() {
    for broken in [&[0x3d, 0xd8][..], &[0, 0xdc], b"x"] {
        let mut input = utf16(&format!("\u{feff}{HEADER}\n{ROW}\npage_load,user,Ben"), u16::to_le_bytes);
        input.extend(broken);
        if broken.len() == 2 {
            input.extend(utf16(",1795741360000,1\n", u16::to_le_bytes));
        }
        let taken = read(&input);
        assert_eq!(taken.keys(), ["Ava"]);
        let code = if broken.len() == 2 { "lone_surrogate 3:" } else { "not_utf8 3:" };
        assert!(taken.issues[1].starts_with(code), "{:?}", taken.issues);
    }
}

#[test]
fn windows_1252_is_read_only_if_it_is_given() {
    let mut input = format!("{HEADER};name\n{ROW};").replace(',', ";").into_bytes();
    input.extend(b"M\xfcller \x80 \x93x\x94\n");
    let form = Form { encoding: Encoding::named("windows-1252"), ..Form::default() };
    let taken = read_as(Format::Auto, &form, &input);
    assert_eq!(taken.events[0]["properties"]["name"], "M\u{fc}ller \u{20ac} \u{201c}x\u{201d}");
    assert!(read(&input).issues.iter().any(|issue| issue.starts_with("not_utf8 2:")));
}

proptest! {
    /// Any separator, quotes, line ends, encoding and lines above give the same events.
    #[test]
    fn a_table_is_read_the_same_however_it_is_written(
        separator in prop::sample::select(vec![',', ';', '\t', '|']),
        quoted in any::<bool>(),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        encoding in 0..3,
        sep_line in any::<bool>(),
        above in prop::collection::vec("[A-Za-z#:. ]{0,20}", 0..4),
        cells in prop::collection::vec(("[a-z ,;|\t\"é€]{0,8}", "[A-Za-z0-9]{1,6}"), 1..6),
        sizes in prop::collection::vec(1..40_usize, 1..4),
    ) {
        let must_quote = |cell: &str| cell.contains([separator, '"']);
        let cell = |cell: &str| if quoted || must_quote(cell) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() };
        let row = |cells: &[&str]| cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(&separator.to_string()) + end;
        let mut text = if sep_line { format!("sep={separator}{end}") } else { String::new() };
        text.extend(above.iter().map(|line| format!("{line}{end}")));
        text += &row(&["eventTypeId", "trafficTypeName", "key", "timestamp", "value", "note"]);
        for (note, key) in &cells {
            text += &row(&["buy", "user", &format!("k{key}"), "1795741360000", "1", &format!("n{note}")]);
        }
        let bytes = match encoding {
            0 => text.clone().into_bytes(),
            1 => utf16(&format!("\u{feff}{text}"), u16::to_le_bytes),
            _ => utf16(&format!("\u{feff}{text}"), u16::to_be_bytes),
        };
        let whole = run(Format::Auto, &Form::default(), &bytes, &[]);
        prop_assert_eq!(&whole, &run(Format::Auto, &Form::default(), &bytes, &sizes));
        let taken = taken(&whole);
        let notes: Vec<&str> = taken.events.iter().map(|event| event["properties"]["note"].as_str().unwrap()).collect();
        let expected: Vec<String> = cells.iter().map(|(note, _)| format!("n{note}")).collect();
        prop_assert_eq!(notes, expected, "{}\n{:?}", text, taken.issues);
    }
}
