//! Files that hold no events as text are named by their first bytes, whatever the chunks and the format given.

#[path = "common/cuts.rs"]
mod cuts;

use split_events::map::{Mapping, Overlay};
use split_events::{Batcher, Caps, Format, Intake, Recognise, Rules};

const FORMATS: [Format; 5] = [Format::Auto, Format::Json, Format::Ndjson, Format::Csv, Format::Tsv];

/// Returns the issues as `CODE LINE:BYTE GOT`. Checks that they are the same whole, byte by byte and cut in two at
/// every byte.
#[track_caller]
fn read(format: Format, input: &[u8]) -> Vec<String> {
    let run = |sizes: &[usize]| cuts::run(&Rules::default(), Caps::default(), format, input, sizes);
    let whole = run(&[]);
    assert_eq!(whole, run(&[1]), "byte by byte");
    for cut in 1..input.len().min(64) {
        assert_eq!(whole, run(&[cut, input.len()]), "cut at byte {cut}");
    }
    let report: serde_json::Value = serde_json::from_str(&whole.report).unwrap();
    let issue = |issue: &serde_json::Value| {
        format!(
            "{} {}:{} {}",
            issue["code"].as_str().unwrap(),
            issue["line"],
            issue["byteOffset"],
            issue["got"].as_str().unwrap()
        )
    };
    report["issues"].as_array().unwrap().iter().map(issue).collect()
}

#[test]
fn files_of_other_kinds_are_recognized() {
    let files: &[(&[u8], &str)] = &[
        (b"PK\x03\x04\x14\0\0\0\x08\0", "input_zip 1:0 zip"),
        (b"PK\x05\x06\0\0", "input_zip 1:0 zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "input_workbook 1:0 xls"),
        (b"\x1f\x8b\x08\0\0", "input_compressed 1:0 gzip"),
        (b"\x28\xb5\x2f\xfd\x24\x05\x29\0\0", "input_compressed 1:0 zstd"),
        (b"BZh91AY&SYY\0\0", "input_compressed 1:0 bzip2"),
        (b"\xfd7zXZ\0\0\x04", "input_compressed 1:0 xz"),
        (b"7z\xbc\xaf\x27\x1c\0", "input_compressed 1:0 7z"),
        (b"Rar!\x1a\x07\x01\0", "input_compressed 1:0 rar"),
        (b"PAR1\x15\x04\x15\0", "input_data_file 1:0 Parquet"),
        (b"PAR1", "input_data_file 1:0 Parquet"),
        (b"ORC\x11\0\0", "input_data_file 1:0 ORC"),
        (b"Obj\x01\x04\x14", "input_data_file 1:0 Avro"),
        (b"SQLite format 3\0\x10\0", "input_data_file 1:0 SQLite"),
        (b"%PDF-1.7\n%\xe2\xe3", "input_document 1:0 PDF"),
        (b"{\\rtf1\\ansi}", "input_document 1:0 RTF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "input_document 1:0 PNG"),
        (b"\xff\xd8\xff\xe0\0\x10", "input_document 1:0 JPEG"),
        (b"GIF89a\x01\0", "input_document 1:0 GIF"),
        (b"\0\0\x01\0\x01\0", "input_document 1:0 ICO"),
        (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "input_markup 1:0 HTML"),
        (b"<Html lang=en>", "input_markup 1:0 HTML"),
        (b"\xef\xbb\xbf\r\n  <html>\n", "input_markup 2:7 HTML"),
        (b"<?xml version=\"1.0\"?><Error/>", "input_markup 1:0 XML"),
    ];
    for (file, expected) in files {
        for format in FORMATS {
            assert_eq!(read(format, file), [*expected], "{format:?}");
        }
    }
}

#[test]
fn bytes_that_are_not_text_are_reported() {
    // brotli has no signature: `[{"eventTypeId":"page_load"}]`, compressed
    let brotli = b"\x8b\x0d\x80[{\"eventTypeId\":\"page_load\"}]\x03";
    for binary in [&brotli[..], b"\x1f", b"a,key\x07,b\n", &[0xc8, 0x9a, 0xf0, 0xe2, b'x', 0x9f, 0xaa, 0xbb, b'\n']] {
        let found = read(Format::Auto, binary);
        assert!(found.len() == 1 && found[0].starts_with("input_binary 1:0"), "{found:?}");
    }
    for text in [&b"hello, world\n"[..], b"Gr\xf6\xdfe,Stra\xdfe und Hausnummer\n", "ключ,имя\n".as_bytes()] {
        let found = read(Format::Auto, text);
        assert!(found.len() == 1 && found[0].starts_with("input_not_events 1:0"), "{found:?}");
    }
}

#[test]
fn a_text_that_begins_like_a_file_of_another_kind_is_read() {
    let rest = ",eventTypeId,trafficTypeName,key,timestamp,value\n1,buy,user,Ava,1645557824000,1\n";
    for name in
        ["P", "PAR1", "PARE", "ORC", "BZh9", "BM", "Obj", "7z", "GIF89", "SQLite format", "II*", "LZIP", "%PDF", "<"]
    {
        for format in [Format::Auto, Format::Csv] {
            assert_eq!(read(format, format!("{name}{rest}").as_bytes()), [""; 0], "{name}");
        }
    }
    for (start, code) in [("P", "input_not_events"), ("<htm", "input_not_events"), ("{\\rt", "not_json")] {
        let found = read(Format::Auto, start.as_bytes());
        assert!(found.len() == 1 && found[0].starts_with(code), "{found:?}");
    }
}

#[test]
fn a_table_with_other_separators_than_those_given_is_reported() {
    for header in ["eventTypeId;trafficTypeName;key;timestamp;value", "a|key|b", "\"key\";\"a,b\"", "Event Type Id;Key"]
    {
        let table = format!("\n{header}\npage_load;user;Ava;1795741360000;1,31\n");
        let sign = if header.contains('|') { "bars" } else { "semicolons" };
        assert_eq!(read(Format::Tsv, table.as_bytes()), [format!("input_separator 2:1 {sign}")]);
    }
}

#[test]
fn a_table_without_a_name_of_a_field_is_reported_with_its_columns() {
    for (table, columns) in [
        ("Key,Value\nAva,1\n", "Key, Value"),
        ("user_id;name;price\nAva;buy;1,31\nBen;buy;2,50\n", "user_id, name, price"),
        ("Report of 3 May, all\n\nuser,name,at\nAva,buy,1\nBen,\"a\nb\",1\n", "user, name, at"),
    ] {
        assert_eq!(read(Format::Auto, table.as_bytes()), [format!("input_columns_unknown 1:0 {columns}")]);
    }
    for text in ["Key,Value\n", "a;b\n", "Dear all,\n\nhere it is.\n"] {
        assert!(read(Format::Auto, text.as_bytes())[0].starts_with("input_not_events 1:0"), "{text}");
    }
}

#[test]
fn a_table_of_sums_is_reported() {
    let ga4 = "# ----------------------------------------\n# Events: Event name\n# All Users\n# Start date: 20261101\n\
        # ----------------------------------------\n\nEvent name,Event count,Total users,Total revenue\n\
        page_view,1200,300,0\npurchase,7,7,91.5\n";
    let german = "Datum;Sessions;Views\n1.11.2026;3;4\n";
    let found = "input_table_of_sums 1:0 ";
    assert_eq!(
        read(Format::Auto, ga4.as_bytes()),
        [format!("{found}Event name, Event count, Total users, Total revenue")]
    );
    assert_eq!(read(Format::Auto, german.as_bytes()), [format!("{found}Datum, Sessions, Views")]);
    for format in FORMATS {
        assert_eq!(
            read(format, ga4.as_bytes()).iter().filter(|issue| issue.starts_with(found)).count(),
            usize::from(matches!(format, Format::Auto | Format::Csv))
        );
    }
}

#[test]
fn a_line_of_text_with_a_comma_is_no_table_where_exports_are_recognised() {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    intake.map_by(Mapping::own(), Overlay::default(), Recognise::Use);
    intake.begin(None, Format::Auto);
    intake.push(b"hello, world");
    intake.end();
    assert_eq!(intake.next_batch(), None);
    assert_eq!(intake.report().issues.iter().map(|issue| issue.code).collect::<Vec<_>>(), ["input_not_events"]);
}
