//! Tables: a header row names the columns, and every further row is an event.
//!
//! A row becomes the JSON text of its event, so that what checks events need not know of tables.

use std::borrow::Cow;
use std::rc::Rc;

use super::cells::{self, Value};
use super::columns::{self, Column, ColumnMap, Columns};
use super::frame::{Cursor, Fault, Step};
use super::header;
use super::json::BOM;
use super::made::{Made, Making};
use super::row::{RowScanner, damage, is_line_end};
use crate::codes::Code;
use crate::finding::cut;
use crate::host::Host;

/// A row with the names of at least as many fields is a header.
const HEADER_FIELDS: usize = 3;

/// What a whole row is that has a frame of its own.
pub(super) enum Row {
    /// A header by which no row can be read.
    BadHeader { code: Code, at: usize, got: String },
    /// [`CsvFramer::made`] is its event.
    Event,
    /// A row that no event can be made of.
    Broken { code: Code, at: usize },
    /// A row of which the cell at this byte is damaged, though it is closed. The line on which that begins has this
    /// length.
    Damaged { code: Code, at: usize, length: usize },
}

/// Where reading stands between two rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    /// At the line end of a row.
    Row,
    /// Behind a carriage return: a line feed belongs to it.
    CarriageReturn,
    /// At the beginning of a line.
    Line,
    /// At the line end of an empty line that was reported.
    Empty,
}

pub(super) struct CsvFramer {
    scanner: RowScanner,
    map: Option<Rc<ColumnMap>>,
    host: &'static dyn Host,
    columns: Option<Columns>,
    between: Between,
    has_rows: bool,
    told_booleans: bool,
    told_extra_cells: bool,
    told_nameless: bool,
    told_end: bool,
    /// Issues about the table, and not about one of its events.
    notes: Vec<Fault>,
    pub(super) made: Made,
}

impl CsvFramer {
    pub(super) fn new(separator: u8, map: Option<Rc<ColumnMap>>, host: &'static dyn Host) -> Self {
        CsvFramer {
            scanner: RowScanner::new(separator),
            map,
            host,
            columns: None,
            between: Between::Line,
            has_rows: false,
            told_booleans: false,
            told_extra_cells: false,
            told_nameless: false,
            told_end: false,
            notes: Vec::new(),
            made: Made::default(),
        }
    }

    pub(super) fn in_header(&self) -> bool {
        self.columns.is_none()
    }

    /// Takes the first issue about the table.
    pub(super) fn take_note(&mut self) -> Option<Fault> {
        if self.notes.is_empty() { None } else { Some(self.notes.remove(0)) }
    }

    /// Reads up to the first byte of the next row.
    pub(super) fn between(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
        while let Some(&byte) = bytes.get(cursor.at) {
            let rest = &bytes[cursor.at..];
            match self.between {
                Between::CarriageReturn if byte == b'\n' => {
                    self.between = Between::Line;
                    cursor.at += 1;
                }
                Between::CarriageReturn => self.between = Between::Line,
                Between::Row | Between::Empty => {
                    self.between = if byte == b'\r' { Between::CarriageReturn } else { Between::Line };
                    cursor.line += 1;
                    cursor.at += 1;
                }
                Between::Line if is_line_end(byte) => {
                    self.between = Between::Empty;
                    return Step::Trouble(Code::CsvRowEmpty, cursor.at);
                }
                Between::Line if rest.starts_with(BOM) => cursor.at += BOM.len(),
                Between::Line if !ended && BOM.starts_with(rest) => return Step::NeedMore,
                Between::Line => {
                    self.between = Between::Row;
                    self.scanner.begin();
                    cursor.record = Some((cursor.at, cursor.line));
                    return Step::Begin;
                }
            }
        }
        Step::NeedMore
    }

    /// Reads up to the end of the row.
    pub(super) fn inside(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
        let start = cursor.record.map_or(cursor.at, |(start, _)| start);
        self.scanner.scan(bytes, start, cursor, ended)
    }

    /// Returns how many lines end inside of the row that was read.
    pub(super) fn lines(&self) -> usize {
        self.scanner.lines()
    }

    /// Counts a row that was refused before its cells were looked at.
    pub(super) fn refuse_row(&mut self) {
        self.has_rows = true;
    }

    /// Returns what the row is that [`CsvFramer::inside`] came to the end of, or `None` if it is a header or empty.
    /// `raw` is its text, which begins at this line and byte of the source; `breaks_off` says that the source ends with
    /// it, without a line end.
    pub(super) fn row(&mut self, raw: &str, place: (u64, u64), breaks_off: bool) -> Option<Row> {
        let Some(columns) = &self.columns else { return self.header(raw, place) };
        let (raw, breaks_off) = match columns.glued(raw, self.scanner.cells().len()) {
            None => (raw, breaks_off),
            Some(row) => {
                let row = row.trim_end_matches('\u{feff}');
                self.scanner.cut(row.len());
                self.note(Code::CsvHeaderAgain, place, row.len(), cut(&columns.text));
                self.note(Code::LastLineNotEnded, place, row.len(), String::new());
                (row, true)
            }
        };
        let cells = self.scanner.cells();
        let is_blank = |text: Cow<str>| text.bytes().all(|byte| byte == b' ' || byte == b'\t');
        if cells.iter().all(|cell| is_blank(cell.text(raw))) {
            self.note(Code::CsvRowEmpty, place, 0, String::new());
            return None;
        }
        let columns = self.columns.as_ref()?;
        // no row stands below a last row that breaks off: it need not be read as a header
        if Columns::may_be_name(cells.get(columns.timestamp), raw) && self.is_header(raw, breaks_off) {
            return self.header(raw, place);
        }
        self.has_rows = true;
        let extra = cells.get(columns.list.len()..).unwrap_or_default();
        if let Some(cell) = extra.iter().find(|cell| !cell.is_empty()) {
            if self.is_header(raw, false) {
                return Some(Row::BadHeader { code: Code::CsvHeaderInRow, at: 0, got: raw.to_owned() });
            }
            if let Some((at, length)) = self.scanner.first_over_lines(raw.as_bytes())
                && columns.spans_rows(raw, self.scanner.separator())
            {
                return Some(Row::Damaged { code: damage(&raw.as_bytes()[at..length]), at, length });
            }
            return Some(Row::Broken { code: Code::CsvTooManyCells, at: cell.start() });
        }
        if breaks_off && cells.len() < columns.width {
            return Some(Row::Broken { code: Code::RecordCutOff, at: cells.last().map_or(0, |cell| cell.start()) });
        }
        self.make(raw, place);
        Some(Row::Event)
    }

    /// Returns whether a line that is no row has a header in it, by which the rows below it are to be read.
    pub(super) fn has_header_inside(&self, line: &[u8]) -> bool {
        let Some(columns) = &self.columns else { return false };
        let is_same = line.ends_with(columns.text.as_bytes());
        !is_same && header::fields_among(&header::names(line, self.scanner.separator())) >= HEADER_FIELDS
    }

    fn note(&mut self, code: Code, (line, offset): (u64, u64), at: usize, got: String) {
        self.notes.push(Fault { code, line, offset: offset + at as u64, got });
    }

    /// Returns whether the row is a header: one that names all columns that events need, or, unless it must be `whole`,
    /// some fields, however they are written.
    fn is_header(&self, raw: &str, whole: bool) -> bool {
        let names = self.names(raw);
        let texts: Vec<&str> = names.iter().map(|name| &**name).collect();
        columns::missing(&columns::of(&names, self.map.as_deref())).is_empty()
            || (!whole && header::fields_among(&texts) >= HEADER_FIELDS)
    }

    fn make(&mut self, raw: &str, (line, offset): (u64, u64)) {
        let Some(columns) = &mut self.columns else { return };
        let cells = self.scanner.cells();
        let mut note = |code, at: usize, got| self.notes.push(Fault { code, line, offset: offset + at as u64, got });
        let spans_lines = self.scanner.lines() > 0;
        let mut making = Making::new(raw, line, spans_lines, &mut self.made);
        if cells.len() < columns.width {
            making.find(Code::CsvTooFewCells);
        }
        if spans_lines && columns.spans_rows(raw, self.scanner.separator()) {
            making.find(Code::CsvCellSpansRows);
        }
        if let Some(extra) = cells.get(columns.list.len()).filter(|_| !self.told_extra_cells) {
            self.told_extra_cells = true;
            note(Code::CsvExtraCellsEmpty, extra.start(), String::new());
        }
        for ((column, label), &cell) in columns.list.iter().zip(&columns.labels).zip(cells) {
            if let Column::Field(name) = column
                && !cell.is_empty()
            {
                making.field(name, label, cell, &cell.text(raw));
            }
        }
        let mut no_object = columns.list.iter().zip(cells).filter(|(column, cell)| {
            **column == Column::Properties && !cell.is_empty() && cells::members(&cell.text(raw)).is_none()
        });
        if let Some((_, &cell)) = no_object.next() {
            making.no_object(cell, &cell.text(raw));
            return making.finish(&mut self.made);
        }
        for (number, (column, &cell)) in columns.list.iter().zip(cells).enumerate() {
            if cell.is_empty() {
                continue;
            }
            match column {
                Column::Property(name, kind) => {
                    let text = cell.text(raw);
                    let value = cells::property(&text, *kind, self.host);
                    let tally = &mut columns.tallies[number];
                    match value {
                        Value::Boolean(json) if *text != *json && !self.told_booleans => {
                            self.told_booleans = true;
                            note(Code::CsvBooleans, cell.start(), cut(&text));
                        }
                        Value::Number(_) => tally.numbers += 1,
                        Value::Text => tally.texts += 1,
                        _ => {}
                    }
                    making.property(name, &columns.labels[number], cell, &text, &value);
                }
                Column::Properties => making.members(cell, &cell.text(raw)),
                Column::Nameless if !self.told_nameless => {
                    self.told_nameless = true;
                    note(Code::CsvColumnNameless, cell.start(), cut(&cell.text(raw)));
                }
                Column::Field(_) | Column::LeftOut | Column::Nameless => {}
            }
        }
        making.finish(&mut self.made);
    }

    /// Returns the texts of the row's cells as names of a header.
    fn names<'r>(&self, raw: &'r str) -> Vec<Cow<'r, str>> {
        self.scanner.cells().iter().map(|cell| trimmed(cell.text(raw))).collect()
    }

    /// Reads the row as the header, of which there may have been one before.
    fn header(&mut self, raw: &str, place: (u64, u64)) -> Option<Row> {
        let names = self.names(raw);
        let list = columns::of(&names, self.map.as_deref());
        let width = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        if let Some((at, got)) = columns::twice(&list) {
            let at = self.scanner.cells().get(at).map_or(0, |cell| cell.start());
            return Some(Row::BadHeader { code: Code::CsvColumnTwice, at, got });
        }
        let mut got = columns::missing(&list);
        if !got.is_empty() {
            let texts: Vec<&str> = names.iter().map(|name| &**name).collect();
            if let Some(probably) = header::probably(&texts) {
                got.extend(["; ", &*probably]);
            }
            return Some(Row::BadHeader { code: Code::CsvColumnsMissing, at: 0, got });
        }
        if let Some(before) = &self.columns {
            let (line, offset) = place;
            self.notes.push(Fault { code: Code::CsvHeaderAgain, line, offset, got: cut(raw) });
            if before.list != list {
                self.tell_mixed();
                self.columns = Some(Columns::new(list, width, raw, place));
            }
            return None;
        }
        if let Some(unused) = self.map.as_ref().map(|map| map.unused(&names)).filter(|unused| !unused.is_empty()) {
            self.note(Code::CsvMapUnused, place, 0, cut(&unused));
        }
        self.columns = Some(Columns::new(list, width, raw, place));
        None
    }

    /// Reports each column in which some cells became numbers and others stayed text.
    fn tell_mixed(&mut self) {
        let Some(columns) = &self.columns else { return };
        let (line, offset) = columns.place;
        let notes = columns.mixed().map(|got| Fault { code: Code::CsvColumnMixed, line, offset, got: cut(&got) });
        self.notes.extend(notes);
    }

    /// Ends the table at this line and byte of the source: reports what is true of the whole.
    pub(super) fn end(&mut self, (line, offset): (u64, u64)) {
        if std::mem::replace(&mut self.told_end, true) || self.in_header() {
            return;
        }
        self.tell_mixed();
        let mut note = |code| self.notes.push(Fault { code, line, offset, got: String::new() });
        if !self.has_rows {
            note(Code::CsvNoRows);
        }
        if self.between == Between::Row {
            note(Code::LastLineNotEnded);
        }
    }
}

fn trimmed(cell: Cow<str>) -> Cow<str> {
    match cell {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}
