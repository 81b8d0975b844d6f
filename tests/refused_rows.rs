//! Tables of refused rows: what is written, and that it is read again as it was.

use proptest::prelude::*;
use serde_json::Value;
use split_events::map::Mapping;
use split_events::{Batcher, Caps, Code, Encoding, Form, Format, Intake, REASONS, Rules};

const HEADER: &str = "eventTypeId,trafficTypeName,key,timestamp";

/// The result of reading sources.
struct Taken {
    accepted: Vec<Value>,
    /// The refused events, or their texts.
    refused: Vec<Value>,
    rows: Option<String>,
}

/// A source, and what its columns are.
type Source<'s> = (&'s [u8], &'s [(&'s str, &'s str)]);

fn read(sources: &[Source]) -> Taken {
    read_as(&Form::default(), sources)
}

fn read_as(form: &Form, sources: &[Source]) -> Taken {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".into()));
    intake.keep_refused();
    intake.set_form(form.clone());
    for (source, map) in sources {
        let mut mapping = Mapping::own();
        assert!(map.iter().all(|(column, field)| mapping.map(column, field)));
        intake.map(mapping);
        intake.begin(None, Format::Auto);
        for chunk in source.chunks(4_096) {
            intake.push(chunk);
            while intake.next_batch().is_some() {}
        }
        intake.end();
        while intake.next_batch().is_some() {}
    }
    let accepted = intake.last_batch().map(|batch| serde_json::from_slice(&batch.body).unwrap()).unwrap_or_default();
    let refused = intake.take_refused();
    let lines = serde_json::Deserializer::from_slice(&refused.lines).into_iter::<Value>().map(Result::unwrap);
    Taken {
        accepted,
        refused: lines.map(|line| line.get("event").unwrap_or_else(|| &line["text"]).clone()).collect(),
        rows: refused.rows.map(|rows| String::from_utf8_lossy(&rows).into_owned()),
    }
}

fn rows(source: &str) -> String {
    read(&[(source.as_bytes(), &[])]).rows.unwrap()
}

/// Returns the cells of each row, as RFC 4180 reads them.
fn cells(table: &str, separator: char) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut rest = table.strip_prefix('\u{feff}').unwrap_or(table).chars().peekable();
    while rest.peek().is_some() {
        let mut quoted = rest.next_if_eq(&'"').is_some();
        let cell = rows.last_mut().unwrap().last_mut().unwrap();
        while let Some(character) = rest.next() {
            if quoted && character == '"' && rest.next_if_eq(&'"').is_none() {
                quoted = false;
            } else if !quoted && character == separator {
                rows.last_mut().unwrap().push(String::new());
                break;
            } else if !quoted && matches!(character, '\r' | '\n') {
                if character == '\r' {
                    rest.next_if_eq(&'\n');
                }
                rows.push(vec![String::new()]);
                break;
            } else {
                cell.push(character);
            }
        }
    }
    rows.pop();
    rows
}

fn written(cell: &str, separator: char, quoted: bool) -> String {
    if quoted || cell.contains(['"', '\r', '\n', separator]) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[test]
fn a_refused_row_stays_as_it_was_with_its_reasons_in_a_last_column() {
    let table = format!(
        "{HEADER},\"plan\"\r\n\
         page_load,user,,1645557824000,\"gold \"\"1\"\"\"\r\n\
         page_load,user,Ava,1645557824000,x\r\n \
         page load ,user,\"Ben\",never,\r\n"
    );
    let reason = |code: Code| format!("{}: {}", code.as_str(), code.message());
    let expected = [
        format!("{HEADER},\"plan\",{REASONS}\r\n"),
        format!("page_load,user,,1645557824000,\"gold \"\"1\"\"\",\"{}\"\r\n", reason(Code::KeyMissing)),
        format!(
            " page load ,user,\"Ben\",never,,\"{}; {}\"\r\n",
            reason(Code::EventTypeIdInvalid),
            reason(Code::TimestampUnreadable)
        ),
    ];
    assert_eq!(rows(&table), expected.concat());
}

#[test]
fn reasons_name_the_property_and_leave_out_what_did_not_refuse_the_row() {
    let table = format!("{HEADER},plan\ne,user,,1645557824,x\n");
    assert!(rows(&table).ends_with("\ne,user,,1645557824,x,\"key_missing: key is missing\"\n"));
    let taken = read(&[(
        format!("{HEADER},plan\ne,user,Ava,1645557824000,x\n").as_bytes(),
        &[("plan", "properties.plan:number")],
    )]);
    let reasons = "\"csv_cell_not_number at properties.plan: ";
    assert!(taken.rows.as_ref().unwrap().contains(reasons), "{:?}", taken.rows);
}

#[test]
fn the_marks_separator_and_line_ends_of_the_input_are_kept() {
    let header = HEADER.replace(',', "\t");
    assert!(
        rows(&format!("\u{feff}{header}\r\ne\tuser\t\tx\r\n")).starts_with(&format!("\u{feff}{header}\t{REASONS}\r\n"))
    );
    assert!(rows(&format!("{HEADER}\ne,user,,x")).starts_with(&format!("{HEADER},{REASONS}\ne,user,,x,")));
}

#[test]
fn a_line_that_tells_the_separator_is_kept_and_lines_above_the_header_are_not() {
    let header = HEADER.replace(',', ";");
    let row = "e;user;;1645557824000";
    let table = rows(&format!("\u{feff}sep=;\r\n{header};plan\r\n{row};x\r\n"));
    assert!(table.starts_with(&format!("\u{feff}sep=;\r\n{header};plan;{REASONS}\r\n{row};x;\"")), "{table}");
    assert_eq!(rows(&table), table);
    let form = Form { skip_rows: 2, ..Form::default() };
    let above = format!("Report\nof today\n{header}\n{row}\n");
    let written = read_as(&form, &[(above.as_bytes(), &[])]).rows.unwrap();
    assert!(written.starts_with(&format!("{header};{REASONS}\n{row};\"")), "{written}");
    for table in [&written, &table] {
        assert_eq!(read_as(&form, &[(table.as_bytes(), &[])]).rows.as_ref(), Some(table), "with the same options");
    }
}

#[test]
fn other_encodings_become_utf_8() {
    let table = format!("{HEADER},plan\ne,user,,1645557824000,é\n");
    let utf16: Vec<u8> = format!("\u{feff}{table}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let written = read(&[(&utf16, &[])]).rows.unwrap();
    assert!(written.starts_with(&format!("\u{feff}{HEADER},plan,{REASONS}\ne,user,,1645557824000,é,")), "{written}");
    let latin: Vec<u8> = table.chars().map(|character| character as u8).collect();
    let form = Form { encoding: Encoding::named("windows-1252"), ..Form::default() };
    let written = read_as(&form, &[(&latin, &[])]).rows.unwrap();
    assert!(written.contains("\ne,user,,1645557824000,é,"), "{written}");
}

/// Reads a table of a header, these rows and a right one, and returns its refused row without the reasons.
#[track_caller]
fn refused_row(rows: &str) -> String {
    let taken = read(&[(format!("{HEADER},plan\n{rows}").as_bytes(), &[])]);
    let table = taken.rows.unwrap();
    let row = table.strip_prefix(&format!("{HEADER},plan,{REASONS}\n")).unwrap();
    let again = read(&[(table.as_bytes(), &[])]);
    assert_eq!((again.accepted.len(), again.refused.len()), (0, 1), "it is refused again: {table}");
    if row.contains(",\"csv_too_many_cells") || row.contains("not_utf8") {
        assert_eq!(again.rows.as_ref(), Some(&table), "it is written as before");
    }
    let reasons = row.rfind(",\"").unwrap();
    row[..reasons].to_owned()
}

#[test]
fn a_row_of_which_no_event_was_made_is_kept_as_it_was() {
    let whole = "page_load,user,Ava,1645557824000";
    assert_eq!(refused_row(&format!("{whole},a,b,c\n")), format!("{whole},a,b,c"));
    assert_eq!(refused_row(&format!("{whole},\"a\"b\n")), format!("\"{whole},\"\"a\"\"b\",,,,"));
    assert_eq!(refused_row(&format!("{whole},\"a\n")), format!("\"{whole},\"\"a\",,,,"));
    assert_eq!(refused_row(whole), format!("\"{whole}\",,,,"));
    let beginning = format!("page_load,user,,1645557824000,{}", "x".repeat(1 << 20));
    assert!(refused_row(&format!("{beginning}\n")).starts_with(&format!("\"{}", &beginning[..70])));
    let bytes = [format!("{HEADER}\n").as_bytes(), b"page_load,user,caf\xe9,1645557824000\n"].concat();
    assert!(read(&[(&bytes, &[])]).rows.unwrap().contains("\npage_load,user,caf\u{fffd},1645557824000,\"not_utf8: "));
}

#[test]
fn the_cells_of_a_row_that_has_too_many_are_read_again_once_it_is_corrected() {
    let table = rows(&format!("{HEADER},plan\ne,user,Ava,1645557824000,a,b\n"));
    for corrected in [table.replace(",a,b,", ",a b,"), table.replace(",a,b,", ",a b,,")] {
        let taken = read(&[(corrected.as_bytes(), &[])]);
        assert_eq!(taken.accepted[0]["properties"], serde_json::json!({"plan": "a b"}), "{corrected}");
    }
}

#[test]
fn the_column_of_reasons_is_no_property_wherever_it_stands() {
    let row = "e,user,Ava,1645557824000";
    for table in [
        format!("{HEADER},plan,{REASONS}\n{row},'=x,why\n"),
        format!("{HEADER},plan, {REASONS} ,,\n{row},'=x,why,,\n"),
        format!("{REASONS},{HEADER},plan\nwhy,{row},'=x\n"),
        format!("{HEADER},\"{REASONS}\",plan\n{row},,'=x\n"),
        format!("{HEADER},plan\n{HEADER},{REASONS},plan\n{row},why,'=x\n{HEADER},{REASONS},plan\n"),
        format!("{HEADER},plan,{REASONS}\n{row},'=x\n"),
    ] {
        let taken = read(&[(table.as_bytes(), &[])]);
        assert_eq!(taken.accepted[0]["properties"], serde_json::json!({"plan": "=x"}), "{table}");
    }
}

#[test]
fn marks_are_taken_off_only_in_tables_of_refused_rows() {
    let table = format!("{HEADER},plan\ne,user,'=x,1645557824000,''@\n");
    let event = &read(&[(table.as_bytes(), &[])]).accepted[0];
    assert_eq!((&event["key"], &event["properties"]["plan"]), (&"'=x".into(), &"''@".into()));
}

#[test]
fn rows_end_once_an_event_was_refused_that_did_not_come_in_the_same_table() {
    let (table, ndjson) = (format!("{HEADER}\ne,user,,1645557824000\n"), br#"{"eventTypeId":"e"}"#);
    let more = format!("{HEADER},plan\ne,user,,1645557824000,x\n");
    let same = format!("\u{feff}{HEADER}\r\nf,user,,1645557824000\r\n");
    let both = read(&[(table.as_bytes(), &[]), (same.as_bytes(), &[])]).rows.unwrap();
    assert_eq!(cells(&both, ',').len(), 3);
    for other in [&ndjson[..], more.as_bytes()] {
        assert_eq!(read(&[(table.as_bytes(), &[]), (other, &[])]).rows, None);
        assert_eq!(read(&[(other, &[]), (table.as_bytes(), &[])]).rows, None);
    }
    assert_eq!(read(&[(ndjson, &[])]).rows, None);
}

proptest! {
    #[test]
    fn any_cell_is_the_same_after_it_was_refused(
        table in prop::collection::vec(("['=+@\\t\r\n\";,|x5.-]{0,6}|\\PC{0,4}", "['=+@\\t\r\n\";,|x5.-]{0,6}", any::<bool>()), 1..8),
        separator in prop::sample::select(vec![',', '\t']),
        mark in any::<bool>(),
        line_end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let header = HEADER.replace(',', &separator.to_string());
        let mut source = format!("{}{header}{separator}a{separator}'=b{line_end}", if mark { "\u{feff}" } else { "" });
        for (a, b, quoted) in &table {
            let (a, b) = (written(a, separator, *quoted), written(b, separator, *quoted));
            source += &["e", "user", "Ava", "never", &a, &b].join(&separator.to_string());
            source += line_end;
        }
        let map = [("a", "properties.a:text"), ("'=b", "properties.b:text")];
        let first = read(&[(source.as_bytes(), &map)]);
        prop_assert_eq!(first.refused.len(), table.len());
        let written = first.rows.unwrap();
        prop_assert_eq!(written.starts_with('\u{feff}'), mark);

        let (before, after) = (cells(&source, separator), cells(&written, separator));
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!(before.len() + 1, after.len());
            for (before, after) in before.iter().zip(after) {
                prop_assert!(after == before || *after == format!("'{before}"), "{before:?} {after:?}");
                prop_assert!(!after.starts_with(['=', '@', '\t', '\r']), "{after:?}");
                prop_assert!(!after.starts_with(['+', '-']) || after[1..].chars().all(|c| "0123456789.,".contains(c)), "{after:?}");
            }
        }

        let again = read(&[(written.as_bytes(), &map)]);
        prop_assert_eq!(&again.refused, &first.refused);
        prop_assert_eq!(again.rows.as_ref(), Some(&written));

        let corrected = read(&[(written.replace("never", "1645557824000").as_bytes(), &map)]);
        prop_assert_eq!(corrected.accepted.len(), table.len());
        for ((a, b, _), event) in table.iter().zip(&corrected.accepted) {
            let text = |name: &str| event["properties"][name].as_str().unwrap_or_default().to_owned();
            prop_assert_eq!((text("a"), text("b")), (a.clone(), b.clone()));
        }
    }
}
