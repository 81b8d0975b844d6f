//! Events that were not delivered: as lines of NDJSON with their reasons and, if they came in one table, as its rows.

use std::rc::Rc;

use crate::codes::Severity;
use crate::finding::Finding;
use crate::json::quoted;
use crate::place::Place;
use crate::text::{self, join};

/// The name of the column with the reasons in a table of refused rows.
pub const REASONS: &str = "split_events_reasons";

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The events that were not delivered.
#[derive(Debug, Default)]
pub struct Undelivered {
    lines: Vec<u8>,
    /// The same as rows of the table that they came in.
    rows: Vec<u8>,
    table: Table,
}

/// Which table the refused events came in.
#[derive(Debug, Default)]
enum Table {
    /// None was refused.
    #[default]
    None,
    /// All came in a table with this header row.
    One(Rc<[u8]>),
    /// They came in several tables, or not all in a table.
    Several,
}

/// The events that were refused since they were last asked for.
#[derive(Debug, Default)]
pub struct Refused {
    /// One line of NDJSON each.
    pub lines: Vec<u8>,
    /// The same as rows, below the header row of their table if they are the first; `None` unless all events that were
    /// refused so far came in one table.
    pub rows: Option<Vec<u8>>,
}

/// A refused row as it is written in a table.
#[derive(Debug)]
pub struct RefusedRow {
    /// The header row of its table.
    pub header: Rc<[u8]>,
    /// The row, with at least as many cells as the header.
    pub text: Vec<u8>,
    /// The byte between two cells.
    pub separator: u8,
    /// Whether a carriage return stands before each line feed.
    pub carriage_return: bool,
    /// Whether its source begins with a byte order mark.
    pub byte_order_mark: bool,
    /// Whether a line such as `sep=;` stands above the header row.
    pub has_separator_line: bool,
}

impl Undelivered {
    /// Writes an event that the check refused, and the row that it came in.
    pub fn refused(
        &mut self,
        record: &[u8],
        findings: &[Finding],
        place: Place,
        file: Option<&str>,
        row: Option<RefusedRow>,
    ) {
        let reasons: Vec<String> = findings
            .iter()
            .map(|finding| reason(finding.code.as_str(), &finding.path, &finding.code.message()))
            .collect();
        write(&mut self.lines, "refused", record, &join(&reasons, ","), place, file);
        self.row(row, findings);
    }

    /// Writes an event of a batch that was not accepted and so has this state.
    pub fn not_accepted(
        &mut self,
        event: &[u8],
        (state, code, message): (&str, &str, &str),
        place: Place,
        file: Option<&str>,
    ) {
        write(&mut self.lines, state, event, &reason(code, "", message), place, file);
    }

    /// Returns the lines that were written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.lines)
    }

    /// Returns the refused events that were written since the last call.
    pub fn take_refused(&mut self) -> Refused {
        let rows = std::mem::take(&mut self.rows);
        Refused { lines: self.take(), rows: matches!(self.table, Table::One(_)).then_some(rows) }
    }

    fn row(&mut self, row: Option<RefusedRow>, findings: &[Finding]) {
        if !cfg!(feature = "tables") {
            return;
        }
        let is_same = match (&row, &self.table) {
            (Some(_), Table::None) => true,
            (Some(row), Table::One(header)) => row.header == *header,
            _ => false,
        };
        let Some(row) = row.filter(|_| is_same) else {
            (self.rows, self.table) = (Vec::new(), Table::Several);
            return;
        };
        let line_end: &[u8] = if row.carriage_return { b"\r\n" } else { b"\n" };
        let mut write = |text: &[u8], reasons: &str| {
            self.rows.extend_from_slice(text);
            self.rows.push(row.separator);
            self.rows.extend_from_slice(reasons.as_bytes());
            self.rows.extend_from_slice(line_end);
        };
        if matches!(self.table, Table::None) {
            let mut above = Vec::new();
            if row.byte_order_mark {
                above.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
            }
            if row.has_separator_line {
                above.extend_from_slice(b"sep=");
                above.push(row.separator);
                above.extend_from_slice(line_end);
            }
            write(&[&above, &*row.header].concat(), REASONS);
            self.table = Table::One(Rc::clone(&row.header));
        }
        write(&row.text, &reasons_cell(findings));
    }
}

/// Writes why a row is refused: by its errors or, if it has none, by what would otherwise have been repaired.
fn reasons_cell(findings: &[Finding]) -> String {
    let is_error = |finding: &&Finding| finding.code.severity() == Severity::Error;
    let has_errors = findings.iter().any(|finding| is_error(&finding));
    let is_reason =
        |finding: &&Finding| if has_errors { is_error(finding) } else { finding.code.severity() == Severity::Repair };
    let reason = |finding: &Finding| {
        let (path, message) = (&*finding.path, &*finding.code.message());
        let is_told = path.is_empty() || text::find(message, path).is_some();
        let place = if is_told { String::new() } else { [" at ", path].concat() };
        [finding.code.as_str(), &place, ": ", message].concat()
    };
    let reasons: Vec<String> = findings.iter().filter(is_reason).map(reason).collect();
    ["\"", &join(&reasons, "; ").replace('"', "\"\""), "\""].concat()
}

fn reason(code: &str, path: &str, message: &str) -> String {
    format!(r#"{{"code":{},"path":{},"message":{}}}"#, quoted(code), quoted(path), quoted(message))
}

fn write(lines: &mut Vec<u8>, state: &str, record: &[u8], reasons: &str, place: Place, file: Option<&str>) {
    let number = |number: Option<u64>| number.map_or("null".to_owned(), |number| number.to_string());
    let text = String::from_utf8_lossy(record);
    let event = match crate::json::parse(&text) {
        Ok(_) => format!(r#""event":{}"#, without_line_breaks(&text)),
        Err(_) => format!(r#""text":{}"#, quoted(&text)),
    };
    let file = file.map_or(String::new(), |file| format!(r#""file":{},"#, quoted(file)));
    let (line, offset) = (place.text.map(|(line, _)| line), place.text.map(|(_, offset)| offset));
    lines.extend_from_slice(
        format!(
            "{{\"index\":{},\"line\":{},\"byteOffset\":{},{file}\"state\":\"{state}\",\"reasons\":[{reasons}],{event}}}\n",
            place.index,
            number(line),
            number(offset),
        )
        .as_bytes(),
    );
}

/// Replaces line breaks by spaces: in JSON both stand only between tokens, where they mean the same.
fn without_line_breaks(json: &str) -> String {
    json.replace(['\n', '\r'], " ")
}
