//! Random tables, compared with a simple reader of RFC 4180.

#[path = "common/cuts.rs"]
mod cuts;

use proptest::prelude::*;
use serde_json::Value;
use split_events::{Batch, Caps, Format, Rules};

const FIELDS: [&str; 4] = ["eventTypeId", "trafficTypeName", "key", "timestamp"];
const ROW: &str = "page_load,user,";

/// The result of the simple reader for a row.
#[derive(Debug, PartialEq)]
enum Row {
    Cells(Vec<String>),
    /// A cell on this line is damaged.
    Damaged,
    Empty,
}

/// Reads a table simply. A damaged cell costs its line, and so does a cell that has taken rows in if its row has too
/// many cells, and is refused in any case.
fn rows(table: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut rest = table;
    let mut names: Vec<String> = Vec::new();
    while !rest.is_empty() {
        rest = rest.strip_prefix('\u{feff}').unwrap_or(rest);
        let (mut row, mut behind) = row(rest);
        if let Row::Cells(cells) = &row {
            if is_header(cells) {
                names = cells.iter().map(|name| name.trim().to_owned()).collect();
            } else if let Some(line) = taken_in(&rest[..rest.len() - behind.len()], cells, &names) {
                (row, behind) = (Row::Damaged, &rest[line..]);
            }
        }
        rows.push(row);
        rest = behind.strip_prefix("\r\n").or_else(|| behind.strip_prefix(['\r', '\n'])).unwrap_or(behind);
    }
    rows
}

fn is_header(cells: &[String]) -> bool {
    FIELDS.iter().all(|field| cells.iter().any(|cell| cell.trim() == *field))
}

/// Returns the end of the first line of a row that has too many cells, and rows inside of one.
fn taken_in(text: &str, cells: &[String], names: &[String]) -> Option<usize> {
    let is_number = |cell: &str| cell.starts_with(|first: char| first.is_ascii_digit()) && !cell.contains(['e', 'E']);
    let is_time = |cell: &str| is_number(cell) && cell.parse().is_ok_and(|time: f64| (1e8..1e20).contains(&time));
    let timestamp = names.iter().position(|name| name == "timestamp")?;
    let may_be_row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        cells.len() == names.len() || cells.get(timestamp).is_some_and(|cell| is_time(cell.trim()))
    };
    let too_many = cells.iter().skip(names.len()).any(|cell| !cell.is_empty());
    (too_many && text.split(['\r', '\n']).skip(1).any(may_be_row)).then(|| text.find(['\r', '\n']))?
}

fn row(text: &str) -> (Row, &str) {
    let is_end = |text: &str| text.is_empty() || text.starts_with(['\r', '\n']);
    let mut cells = Vec::new();
    let mut rest = text;
    loop {
        let Some(quoted) = rest.strip_prefix('"') else {
            let length = rest.find([',', '\r', '\n']).unwrap_or(rest.len());
            cells.push(rest[..length].to_owned());
            rest = &rest[length..];
            if is_end(rest) {
                break;
            }
            rest = &rest[1..];
            continue;
        };
        let mut end = 0;
        let closed = loop {
            let Some(length) = quoted[end..].find('"') else { break None };
            end += length + 1;
            if !quoted[end..].starts_with('"') {
                break Some(&quoted[end..]).filter(|behind| is_end(behind) || behind.starts_with(','));
            }
            end += 1;
        };
        let Some(behind) = closed else {
            return (Row::Damaged, &quoted[quoted.find(['\r', '\n']).unwrap_or(quoted.len())..]);
        };
        cells.push(quoted[..end - 1].replace("\"\"", "\""));
        rest = behind;
        if is_end(rest) {
            break;
        }
        rest = &rest[1..];
    }
    let is_empty = cells.iter().all(|cell| cell.bytes().all(|byte| matches!(byte, b' ' | b'\t')));
    (if is_empty { Row::Empty } else { Row::Cells(cells) }, rest)
}

struct Taken {
    events: Vec<Value>,
    report: Value,
}

impl Taken {
    fn count(&self, code: &str) -> usize {
        self.report["issueCounts"][code].as_u64().unwrap_or(0) as usize
    }
}

/// Reads the table in chunks of this size, or whole.
fn take(table: &str, size: Option<usize>) -> Taken {
    let sizes: Vec<usize> = size.into_iter().collect();
    let run = cuts::run(&Rules::default(), Caps::default(), Format::Csv, table.as_bytes(), &sizes);
    let events = |batch: &Batch| serde_json::from_slice::<Vec<Value>>(&batch.body).unwrap();
    Taken { events: run.batches.iter().flat_map(events).collect(), report: serde_json::from_str(&run.report).unwrap() }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-z0-9 .é\u{a0}]{0,6}",
        4 => "\"([a-z,\n é]|\r\n|\"\"){0,6}\"",
        3 => "[\"a-z,\\\\ ]{0,6}",
        1 => r#""[a-z" ]{0,4}"#,
        2 => "-?[0-9]{1,17}(\\.[0-9]{1,17})?([eE][+-]?[0-9]{1,3})?",
        1 => prop_oneof![Just("TRUE"), Just("False"), Just("true"), Just("null")].prop_map(str::to_owned),
    ]
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => proptest::collection::vec(cell(), 0..4)
            .prop_map(|cells| [format!("{ROW}k#,1795741360000"), cells.join(",")].join(",")),
        2 => Just(format!("{ROW}k#")),
        1 => Just(String::new()),
        1 => Just(",,,".to_owned()),
        1 => Just(header()),
        1 => Just("\u{feff}key,timestamp,trafficTypeName,eventTypeId,a".to_owned()),
        1 => "[\",a-z\r ]{0,8}",
    ]
}

fn header() -> String {
    format!("{},a,b", FIELDS.join(","))
}

/// Lines and their ends. `#` stands for the line's number.
type Lines = Vec<(String, &'static str)>;

/// Checks that each row of a table is an event, a header or an empty row, however it is cut into chunks, and that no
/// cell changes without an issue. The table has these lines, without the last `cut` bytes.
fn holds(lines: &Lines, cut: Option<usize>, size: usize) -> Result<(), TestCaseError> {
    let mut table = header() + "\n";
    for (number, (line, end)) in lines.iter().enumerate() {
        table += &line.replace('#', &number.to_string());
        table += end;
    }
    if let Some(cut) = cut {
        table.truncate(
            (0..=table.len().saturating_sub(cut))
                .rev()
                .find(|&at| table.is_char_boundary(at))
                .unwrap()
                .max(header().len() + 1),
        );
    }
    let taken = take(&table, None);
    let cut_anywhere = take(&table, Some(size));
    prop_assert_eq!(&taken.report, &cut_anywhere.report);

    let rows = rows(&table);
    let headers = rows.iter().filter(|row| matches!(row, Row::Cells(cells) if is_header(cells))).count();
    let empty = rows.iter().filter(|row| **row == Row::Empty).count();
    let damaged = rows.iter().filter(|row| **row == Row::Damaged).count();
    prop_assert_eq!(taken.report["events"].as_u64().unwrap() as usize + headers + empty, rows.len());
    prop_assert_eq!(taken.count("csv_header_again"), headers - 1);
    prop_assert_eq!(taken.count("csv_row_empty"), empty);
    prop_assert_eq!(taken.count("csv_quote_not_doubled") + taken.count("csv_quote_not_closed"), damaged);
    prop_assert_eq!(taken.count("last_line_not_ended"), usize::from(!table.ends_with(['\r', '\n'])));

    let mut names: Vec<String> = Vec::new();
    let mut events = taken.events.iter();
    let mut next = events.next();
    for row in &rows {
        let Row::Cells(cells) = row else { continue };
        if is_header(cells) {
            names = cells.iter().map(|name| name.trim().to_owned()).collect();
            continue;
        }
        let cell = |name: &str| names.iter().zip(cells).find(|(column, _)| *column == name).map(|(_, cell)| &**cell);
        let Some(event) = next.filter(|event| Some(event["key"].as_str().unwrap()) == cell("key").map(str::trim))
        else {
            continue; // refused
        };
        next = events.next();
        for name in ["a", "b"] {
            let said = match &event["properties"][name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Bool(value) => {
                    cell(name).filter(|cell| cell.to_lowercase() == value.to_string()).unwrap_or("no").to_owned()
                }
                number => {
                    let text = cell(name).unwrap();
                    let mut written = ryu_js::Buffer::new();
                    prop_assert_eq!(written.format(text.parse::<f64>().unwrap()), text);
                    let (sent, meant) = (number.as_f64().unwrap(), text.parse::<f64>().unwrap());
                    // serde_json reads a double with an error in its last digit
                    prop_assert!((sent - meant).abs() <= meant.abs() * 1e-15, "{} for {}", sent, text);
                    text.to_owned()
                }
            };
            prop_assert_eq!(&*said, cell(name).unwrap_or_default());
        }
    }
    prop_assert!(next.is_none(), "an event was sent that is no row: {:?}", next);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn each_row_is_an_event_a_header_or_empty_and_no_cell_changes_without_an_issue(
        lines in proptest::collection::vec((line(), prop_oneof![4 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r")]), 0..8),
        cut in proptest::option::weighted(0.3, 0..40_usize), size in 1..30_usize,
    ) {
        holds(&lines, cut, size)?;
    }
}

#[test]
fn a_quote_inside_an_unquoted_cell_hides_no_separator_when_a_damaged_row_is_searched_for_a_header() {
    let row = |end: &str| format!("{ROW}k#,1795741360000,{end}");
    let lines = vec![(row("\\\",\""), "\n"), (header(), "\n"), (row("\",\""), "\n")];
    holds(&lines, None, 1).unwrap();
}
