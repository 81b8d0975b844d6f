//! Tables as tools write and break them: no row is lost, changed or counted wrongly without an issue.

#[path = "common/chunks.rs"]
mod chunks;

use serde_json::{Value, json};
use split_events::map::Mapping;
use split_events::{Batcher, Caps, Format, Intake, Rules};

const HEADER: &str = "eventTypeId,trafficTypeName,key,timestamp,value,size";

/// The result of reading a table.
struct Taken {
    /// The keys of the events that are sent, in their order.
    keys: Vec<String>,
    /// The property `size` of each event.
    sizes: Vec<Value>,
    /// The code, line, byte and text of each issue.
    issues: Vec<(String, u64, u64, String)>,
    report: Value,
}

impl Taken {
    fn codes(&self) -> Vec<&str> {
        self.issues.iter().map(|(code, ..)| &**code).collect()
    }

    fn count(&self, code: &str) -> u64 {
        self.report["issueCounts"][code].as_u64().unwrap_or(0)
    }
}

fn take_with(format: Format, map: &[(&str, &str)], strict: bool, chunks: &mut dyn Iterator<Item = &[u8]>) -> Taken {
    let mut columns = Mapping::own();
    assert!(map.iter().all(|(column, field)| columns.map(column, field)));
    let rules = Rules { strict, ..Rules::default() };
    let mut intake = Intake::new(rules, Batcher::new(Caps::default(), "run".into()));
    intake.map(columns);
    intake.begin(None, format);
    let batches = chunks::batches(&mut intake, chunks);
    let report = serde_json::to_value(intake.report()).unwrap();
    let number = |value: &Value| value.as_u64().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let events: Vec<Value> =
        batches.iter().flat_map(|batch| serde_json::from_slice::<Vec<Value>>(&batch.body).unwrap()).collect();
    Taken {
        keys: events.iter().map(|event| text(&event["key"])).collect(),
        sizes: events.iter().map(|event| event["properties"]["size"].clone()).collect(),
        issues: report["issues"]
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| {
                (text(&issue["code"]), number(&issue["line"]), number(&issue["byteOffset"]), text(&issue["got"]))
            })
            .collect(),
        report,
    }
}

/// Reads the table whole and byte by byte, and checks that the result is the same.
#[track_caller]
fn take_as(format: Format, map: &[(&str, &str)], table: &str) -> Taken {
    let whole = take_with(format, map, false, &mut [table.as_bytes()].into_iter());
    let bytes = take_with(format, map, false, &mut table.as_bytes().chunks(1));
    assert_eq!((&whole.keys, &whole.report), (&bytes.keys, &bytes.report), "byte by byte");
    whole
}

#[track_caller]
fn take(table: &str) -> Taken {
    take_as(Format::Auto, &[], table)
}

/// Returns a table with a row for each of these last cells, as they are written. The keys are `a`, `b` and so on.
fn table(cells: &[&str]) -> String {
    let keys = 'a'..;
    let rows = cells.iter().zip(keys).map(|(cell, key)| format!("page_load,user,{key},1795741360000,1,{cell}\n"));
    format!("{HEADER}\n{}", rows.collect::<String>())
}

/// Returns the byte at which the last cell of this row begins. Rows and bytes count from 0.
fn last_cell(table: &str, row: usize) -> u64 {
    let line = table.lines().take(row + 1).map(|line| line.len() + 1).sum::<usize>();
    let cells = table.lines().nth(row + 1).unwrap();
    (line + cells.match_indices(',').nth(4).unwrap().0 + 1) as u64
}

#[test]
fn a_quote_that_is_not_doubled_costs_its_line_and_no_later_line() {
    for damaged in [r#""5"""#, r#""13" laptop""#, r#""a \"b\" c""#, r#""5" "#, r#"""""x"#, "\"5\"\u{a0}"] {
        for following in ["ok", r#""9""#, r#""7"""#, r#""a, b""#, ""] {
            let table = table(&[damaged, following, "ok"]);
            let taken = take(&table);
            let lost = if following == r#""7"""# { 2 } else { 1 };
            assert_eq!(taken.report["events"], 3, "{damaged} before {following}");
            assert_eq!(taken.count("csv_quote_not_doubled"), lost, "{damaged} before {following}");
            assert_eq!(taken.issues[0].1, 2);
            assert_eq!(taken.issues[0].2, last_cell(&table, 0));
            assert_eq!(taken.keys.last().unwrap(), "c");
            assert_eq!(taken.keys.len(), 3 - lost as usize);
        }
    }
}

#[test]
fn a_quote_that_is_not_closed_costs_its_line_wherever_another_quote_follows() {
    for behind in ["ok", r#""a, b""#, r#""a"#, r#"a "b" c"#] {
        let table = table(&["ok", "\"15 inch", "ok", behind, "ok"]);
        let taken = take(&table);
        assert_eq!(taken.report["events"], 5, "{behind}");
        assert_eq!(taken.issues[0].0, "csv_quote_not_closed", "{behind}");
        assert_eq!((taken.issues[0].1, taken.issues[0].2), (3, last_cell(&table, 1)), "{behind}");
        assert_eq!(taken.keys.first().unwrap(), "a");
        assert_eq!(taken.keys.last().unwrap(), "e");
    }
}

#[test]
fn a_damaged_cell_behind_one_that_spans_lines_costs_both_lines_of_its_row() {
    let taken = take(
        "key,eventTypeId,trafficTypeName,timestamp,size\n\"a\nb\",page_load,user,1795741360000,\"5\"\"\nc,page_load,user,1795741360000,\"7\"\n",
    );
    assert_eq!((taken.keys, taken.issues[0].1), (vec!["c".to_owned()], 3));
    assert_eq!(taken.report["events"], 2);
}

#[test]
fn quotes_in_a_table_with_tabs_that_quotes_nothing_cost_only_lines_with_a_quote_in_front() {
    let tabs = |cells: &[&str]| table(cells).replace(',', "\t");
    let taken = take(&tabs(&["15\" monitor", "\"hello", "say \"hi\"", "\"a\" and \"b\"", "5'\""]));
    assert_eq!(taken.keys, ["a", "c", "e"]);
    assert_eq!(taken.sizes, [json!("15\" monitor"), json!("say \"hi\""), json!("5'\"")]);
    assert_eq!(taken.codes(), ["csv_quote_not_closed", "csv_quote_not_doubled"]);
}

#[test]
fn a_cell_over_several_lines_gets_a_warning_only_if_one_of_its_lines_may_be_a_row() {
    let rest = "page_load,user,z,1795741360000,1,x";
    let taken = take(&table(&["\"one\ntwo, three\"", "ok"]));
    assert_eq!((taken.report["clean"].as_u64(), taken.codes()), (Some(2), vec![]));
    let taken = take(&table(&[&format!("\"one\n{rest}\""), "ok"]));
    assert_eq!((taken.codes(), taken.issues[0].1), (vec!["csv_cell_spans_rows"], 2));
    assert_eq!(taken.sizes[0], format!("one\n{rest}"));
    let taken = take(&table(&[&format!("\"one\r\n{rest}\r\ntwo\"")]));
    assert_eq!(taken.codes(), ["csv_cell_spans_rows"]);
}

#[test]
fn a_quoted_cell_that_is_still_open_after_a_million_bytes_costs_its_line() {
    let rows = "page_load,user,z,1795741360000,1,ok\n".repeat(40_000);
    let table = format!("{}{rows}", table(&["ok", "\"15 inch"]));
    for size in [4_096, 1_000_001, table.len()] {
        let taken = take_with(Format::Auto, &[], false, &mut table.as_bytes().chunks(size));
        assert_eq!(taken.report["events"], 40_002);
        assert_eq!((taken.codes(), taken.issues[0].1), (vec!["csv_quote_not_closed"], 3));
        assert_eq!(taken.keys.len(), 40_001);
    }
}

#[test]
fn a_column_with_numbers_and_texts_is_reported_once_with_the_counts_of_both() {
    let taken = take(&table(&["1.1", "1.10", "1.100", "2.0", "2", "", "true"]));
    assert_eq!(taken.sizes[..5], [json!(1.1), json!("1.10"), json!("1.100"), json!("2.0"), json!(2)]);
    assert_eq!(taken.issues, [("csv_column_mixed".into(), 1, 0, "size: 2 as numbers, 3 as text".into())]);
    assert_eq!(taken.report["clean"], 7);
    assert_eq!(take(&table(&["1", "2.5", ""])).codes(), [""; 0]);
    assert_eq!(take(&table(&["x", "1.10"])).codes(), [""; 0]);
}

#[test]
fn each_mixed_column_is_reported() {
    let table =
        "eventTypeId,trafficTypeName,key,timestamp,a,b\nx,user,k,1795741360000,1,2\nx,user,k,1795741360000,1.0,y\n";
    let told: Vec<String> = take(table).issues.into_iter().map(|(.., got)| got).collect();
    assert_eq!(
        told,
        ["value_missing", "a: 1 as numbers, 1 as text", "b: 1 as numbers, 1 as text"]
            .map(|got| if got == "value_missing" { String::new() } else { got.to_owned() })
    );
}

#[test]
fn a_map_decides_that_a_column_is_text_or_numbers() {
    let cells = ["1.1", "1.10", "TRUE", "1E5", " 7 ", ".5", "+1"];
    let taken = take_as(Format::Auto, &[("size", "properties.size:text")], &table(&cells));
    assert_eq!(taken.sizes, cells);
    assert_eq!(taken.codes(), [""; 0]);
    let numbers = ["1.1", "1.10", "1E5", " 7 ", ".5", "+1", "007"];
    let taken = take_as(Format::Auto, &[("size", "properties.size:number")], &table(&numbers));
    let values: Vec<f64> = taken.sizes.iter().map(|size| size.as_f64().unwrap()).collect();
    assert_eq!((values, taken.codes()), (vec![1.1, 1.1, 1e5, 7.0, 0.5, 1.0, 7.0], vec![]));
}

#[test]
fn a_cell_that_is_not_a_number_in_a_column_of_numbers_refuses_its_row() {
    let table = table(&["1", "many", "1e400", "TRUE"]);
    let taken = take_as(Format::Auto, &[("size", "properties.size:number")], &table);
    assert_eq!((taken.keys, taken.report["issueCounts"]["csv_cell_not_number"].as_u64()), (vec!["a".into()], Some(3)));
    assert_eq!(taken.report["issues"][0]["path"], "properties.size");
    assert_eq!((taken.issues[0].1, taken.issues[0].2), (3, last_cell(&table, 1)));
}

#[test]
fn a_property_may_still_have_a_name_that_ends_like_a_kind() {
    let table = table(&["1.1"]).replace("size", "properties.size:text");
    let taken = take(&table);
    assert_eq!((taken.codes(), taken.report["clean"].as_u64()), (vec![], Some(1)));
}

#[test]
fn booleans_of_spreadsheets_are_noted_once_and_those_of_json_are_not() {
    let taken = take(&table(&["true", "TRUE", "False", "FALSE"]));
    assert_eq!(taken.sizes, [json!(true), json!(true), json!(false), json!(false)]);
    let at = last_cell(&table(&["true", "TRUE"]), 1);
    assert_eq!(taken.issues, [("csv_booleans".into(), 3, at, "TRUE".into())]);
    assert_eq!(take(&table(&["true", "false"])).codes(), [""; 0]);
}

#[test]
fn a_row_with_fewer_cells_than_the_header_gets_a_warning() {
    let taken = take(&format!("{HEADER}\npage_load,user,a,1795741360000,1\npage_load,user,b,1795741360000,1,x\n"));
    assert_eq!((taken.keys, taken.report["warned"].as_u64()), (vec!["a".into(), "b".into()], Some(1)));
    let row = "page_load,user,a,1795741360000,1";
    assert_eq!(taken.issues, [("csv_too_few_cells".into(), 2, HEADER.len() as u64 + 1, row.into())]);
    // a column without a name needs no cell
    let taken = take(&format!("{HEADER},,\npage_load,user,a,1795741360000,1,x\n"));
    assert_eq!(taken.codes(), [""; 0]);
}

#[test]
fn a_last_row_that_breaks_off_is_refused_and_one_with_all_cells_is_sent_with_a_note() {
    let whole = table(&["ok", "large"]);
    let short = whole.trim_end_matches(",large\n");
    for cut in
        [short, &short[..short.len() - 3], "eventTypeId,trafficTypeName,key,timestamp\npage_load,user,b,17957413"]
    {
        let taken = take(cut);
        let expected: &[&str] = if cut.starts_with(HEADER) {
            &["record_cut_off", "last_line_not_ended"]
        } else {
            &["timestamp_out_of_range"]
        };
        assert!(expected.iter().all(|code| taken.count(code) == 1), "{cut}: {:?}", taken.issues);
        assert_eq!(taken.report["refused"], 1, "{cut}");
    }
    let taken = take(&whole[..whole.len() - 3]);
    assert_eq!((taken.keys, taken.sizes[1].as_str()), (vec!["a".into(), "b".into()], Some("lar")));
    assert_eq!((taken.issues.len(), &*taken.issues[0].0, taken.issues[0].1), (1, "last_line_not_ended", 3));
}

#[test]
fn a_character_that_breaks_off_at_the_end_is_reported_as_cut_off() {
    let table = table(&["ok", "größe"]);
    let cut = &table.as_bytes()[..=table.find('ö').unwrap()];
    let taken = take_with(Format::Auto, &[], false, &mut [cut].into_iter());
    assert_eq!(taken.codes(), ["record_cut_off", "last_line_not_ended"]);
}

#[test]
fn every_cut_of_a_table_that_is_not_at_a_line_end_is_reported() {
    let table = table(&["ok", "\"a, b\"", "\"two\nlines\"", "1.10"]).replace("\na,", "\n\u{feff}a,");
    for end in 1..table.len() {
        let Some(cut) = table.get(..end) else { continue };
        let taken = take(cut);
        let said = taken.issues.iter().any(|(code, ..)| code != "value_missing");
        assert!(said || cut.ends_with('\n'), "cut at {end}: {:?}", taken.issues);
        if end > HEADER.len() {
            assert_eq!(taken.count("last_line_not_ended"), u64::from(!cut.ends_with('\n')), "cut at {end}");
        }
    }
}

#[test]
fn empty_cells_too_many_are_left_out_with_one_note_and_others_refuse_the_row() {
    let taken = take(&table(&["x,,", "y,\"\"", "z,,q"]));
    assert_eq!(taken.sizes, ["x", "y"]);
    assert_eq!(taken.codes(), ["csv_extra_cells_empty", "csv_too_many_cells"]);
    assert_eq!(taken.count("csv_extra_cells_empty"), 1);
}

#[test]
fn white_space_around_the_cells_of_fields_is_removed_and_reported_and_properties_keep_it() {
    let header = "eventTypeId,trafficTypeName,key,timestamp,value,properties,environmentName,size";
    let row = "\u{a0}page_load ,\tuser, Ava ,1795741360000 , 7,\" {\"\"a\"\":1}\",prod , x ";
    let taken = take(&format!("{header}\n{row}\n"));
    assert_eq!(taken.codes(), ["csv_cell_trimmed"; 7]);
    assert_eq!((taken.keys, taken.sizes[0].as_str()), (vec!["Ava".into()], Some(" x ")));
    assert_eq!(taken.report["repaired"], 1);
    let paths: Vec<&str> =
        taken.report["issues"].as_array().unwrap().iter().map(|issue| issue["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["eventTypeId", "trafficTypeName", "key", "timestamp", "value", "environmentName", "properties"]);
    assert_eq!(taken.issues[2], ("csv_cell_trimmed".into(), 2, (header.len() + 20) as u64, "\" Ava \"".into()));
    let strict = take_with(Format::Auto, &[], true, &mut [format!("{header}\n{row}\n").as_bytes()].into_iter());
    assert_eq!((strict.report["refused"].as_u64(), strict.keys.len()), (Some(1), 0));
}

#[test]
fn a_cell_of_white_space_is_an_absent_field_and_is_reported() {
    let taken = take(&table(&["x"]).replace(",1,x", ", ,x"));
    assert_eq!(taken.codes(), ["csv_cell_trimmed", "value_missing"]);
    assert_eq!(taken.keys, ["a"]);
}

#[test]
fn a_header_that_comes_again_is_left_out_and_counted_and_rows_are_read_in_its_order() {
    let first = table(&["x"]);
    let taken = take(&format!("\u{feff}{first}\u{feff}{first}{first}"));
    assert_eq!((taken.report["events"].as_u64(), taken.keys.len()), (Some(3), 3));
    assert_eq!((taken.codes(), taken.count("csv_header_again")), (vec!["csv_header_again"], 2));
    let second =
        "size,timestamp,key,trafficTypeName,\"eventTypeId\",plan\nz,1795741360000,second,user,page_load,gold\n";
    let taken = take(&format!("{first}{second}{first}"));
    assert_eq!(
        (&*taken.keys, &*taken.sizes),
        (&["a", "second", "a"].map(str::to_owned)[..], &["x", "z", "x"].map(|size| json!(size))[..])
    );
    assert_eq!(taken.count("csv_header_again"), 2);
}

#[test]
fn a_header_that_comes_again_with_a_column_twice_ends_the_table_with_an_issue() {
    let taken = take(&format!("{}{HEADER},key\npage_load,user,b,1795741360000,1,x,c\n", table(&["x"])));
    assert_eq!((taken.keys, taken.issues[0].0.as_str()), (vec!["a".into()], "csv_column_twice"));
}

#[test]
fn mapped_names_of_a_header_that_comes_again_are_known() {
    let map = [("event", "eventTypeId"), ("who", "key"), ("at", "timestamp"), ("type", "trafficTypeName")];
    let taken = take_as(
        Format::Auto,
        &map,
        "event,type,who,at\npage_load,user,a,1795741360000\nwho,at,type,event\nb,1795741360000,user,page_load\n",
    );
    assert_eq!((taken.keys, taken.report["events"].as_u64()), (vec!["a".into(), "b".into()], Some(2)));
}

#[test]
fn rows_without_text_are_left_out_and_counted() {
    let taken = take(&format!("{}\n,,,,,\r\n \t \n\"\",\n", table(&["x"])));
    assert_eq!(
        (taken.codes(), taken.count("csv_row_empty"), taken.report["events"].as_u64()),
        (vec!["csv_row_empty"], 4, Some(1))
    );
}

#[test]
fn a_table_without_a_row_is_an_error_of_the_input() {
    for table in [format!("{HEADER}\n"), format!("{HEADER}\n\n,,\n"), format!("{HEADER}\n{HEADER}\n")] {
        let taken = take(&table);
        assert_eq!((taken.count("csv_no_rows"), taken.report["events"].as_u64()), (1, Some(0)), "{table}");
    }
    assert_eq!(take(&format!("{HEADER}\npage_load,\"user\n")).count("csv_no_rows"), 0);
}

#[test]
fn rows_inside_of_a_cell_get_a_warning_however_many_cells_they_have() {
    let header = "eventTypeId,trafficTypeName,key,timestamp,value,a,b\n";
    let row = "e,user,1,1795741360000,1,z,";
    for (inside, said) in [
        ("\"15 inch\ne,user,2,1795741360000,1,17\"\n", "csv_cell_spans_rows"),
        ("\"15 inch,\ne,user,2,1795741360000,1,x,y,\ne,user,3,2026-11-26T14:05:00Z,1,x,17\",\n", "csv_cell_spans_rows"),
        ("\"15 inch, or\n17, at most\"\n", ""),
    ] {
        let taken = take(&format!("{header}{row}{inside}"));
        assert_eq!(taken.codes().contains(&"csv_cell_spans_rows"), !said.is_empty(), "{inside}");
    }
}

#[test]
fn a_row_with_too_many_cells_costs_none_of_the_rows_that_it_took_in() {
    let inside = "\"\ne,user,2,1795741360000,1,x,y\n".to_owned() + &"e,user,3,1795741360000,1,x,y\n".repeat(3);
    let header = "eventTypeId,trafficTypeName,key,timestamp,value,a,b\n";
    let taken = take(&format!("{header}e,user,1,1795741360000,1,x,{inside}e,user,4,1795741360000,1,17\",y\n"));
    assert_eq!(
        (taken.keys, taken.report["events"].as_u64()),
        (["2", "3", "3", "3", "4"].map(str::to_owned).to_vec(), Some(6))
    );
    assert_eq!((&*taken.issues[0].0, taken.issues[0].1), ("csv_quote_not_closed", 2));
}

#[test]
fn a_header_on_the_line_of_the_last_row_before_it_is_found_if_it_is_the_same() {
    let (first, second) = (table(&["x"]), table(&["y"]));
    for mark in ["", "\u{feff}"] {
        let taken = take(&format!("{}{mark}{second}", first.trim_end()));
        assert_eq!((&*taken.keys, &*taken.sizes), (&["a", "a"].map(str::to_owned)[..], &[json!("x"), json!("y")][..]));
        assert_eq!(taken.codes(), ["csv_header_again", "last_line_not_ended"]);
    }
    let cut = take(&format!("{HEADER}\npage_load,user,a,17957413{second}"));
    assert_eq!((cut.keys, cut.report["events"].as_u64()), (vec!["a".into()], Some(2)));
    assert!(cut.issues.iter().any(|(code, ..)| code == "record_cut_off"));
}

#[test]
fn rows_below_a_header_that_cannot_be_used_are_not_read_by_another() {
    let first = table(&["x"]);
    let other = "trafficTypeName,eventTypeId,key,timestamp,value\nuser,signup,2,1795741360000,1\n";
    for (joined, code) in [
        (format!("{}{other}", first.trim_end()), "csv_header_in_row"),
        (format!("{}{other}", first.replace(",x\n", ",\"x\"")), "csv_header_in_row"),
        (
            first.clone() + "TrafficTypeName,EventTypeId,UserKey,Timestamp\nuser,signup,2,1795741360000\n",
            "csv_columns_missing",
        ),
        (
            first.clone() + "trafficTypeName,eventTypeId,user_id,timestamp\nuser,signup,2,1795741360000\n",
            "csv_columns_missing",
        ),
    ] {
        let taken = take(&joined);
        assert!(taken.codes().contains(&code), "{joined}: {:?}", taken.codes());
        assert!(taken.keys.len() <= 1 && !taken.keys.contains(&"2".to_owned()), "{joined}");
    }
}

#[test]
fn text_in_a_column_without_a_name_is_reported_once() {
    let taken =
        take(&format!("{HEADER},\npage_load,user,a,1795741360000,1,x,hello\npage_load,user,b,1795741360000,1,x,\n"));
    assert_eq!(taken.issues, [("csv_column_nameless".into(), 2, (HEADER.len() + 37) as u64, "hello".into())]);
    assert_eq!(taken.keys, ["a", "b"]);
}

#[test]
fn a_header_in_another_spelling_below_the_first_is_read_by_its_names() {
    let other = "TrafficTypeName,Event Type ID,KEY,timestamp,VALUE\nuser,signup,2,1795741360000,7\n";
    let taken = take(&(table(&["x"]) + other));
    assert_eq!((taken.keys.join(","), taken.count("csv_header_again")), ("a,2".to_owned(), 1));
}
