//! Tables: a header row names the columns, and every further row is a record.

use std::borrow::Cow;
use std::rc::Rc;

use super::frame::{Cursor, Fault, Step};
use super::header;
use super::json::BOM;
use super::refused::{ReasonsColumn, RefusedRows};
use super::row::{RowScanner, damage, is_line_end};
use crate::codes::Code;
use crate::event::FIELDS;
use crate::finding::{Finding, cut};
use crate::map::fast::Plan;
use crate::map::{Cell, Columns, Mapping, Path, Tallies, Twice};
use crate::names::{self, Found};
use crate::text::join;
use crate::undelivered::RefusedRow;

/// A row with the names of at least as many fields is a header.
const HEADER_FIELDS: usize = 3;

/// What a whole row is that has a frame of its own.
pub(super) enum Row {
    /// A header by which no row can be read.
    BadHeader { code: Code, at: usize, got: String },
    /// A record with the cells in [`CsvFramer::cells`].
    Record,
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
    mapping: Rc<Mapping>,
    columns: Option<Columns>,
    /// The plan by which rows are written fast.
    plan: Option<Plan>,
    between: Between,
    has_rows: bool,
    told_extra_cells: bool,
    told_nameless: bool,
    told_end: bool,
    /// Issues about the table, and not about one of its events.
    notes: Vec<Fault>,
    /// What was found in cells.
    tallies: Tallies,
    /// What was found in the row as a whole.
    findings: Vec<Finding>,
    /// The line and the byte of the row in the source.
    place: (u64, u64),
    /// Where the reasons stand if it is a table of refused rows.
    reasons: Option<ReasonsColumn>,
    refused: RefusedRows,
    /// A carriage return ended the row before.
    carriage_return: bool,
    /// A line above the table tells the separator.
    pub(super) has_separator_line: bool,
}

impl CsvFramer {
    pub(super) fn new(separator: u8, mapping: Rc<Mapping>) -> Self {
        CsvFramer {
            scanner: RowScanner::new(separator),
            mapping,
            columns: None,
            plan: None,
            between: Between::Line,
            has_rows: false,
            told_extra_cells: false,
            told_nameless: false,
            told_end: false,
            notes: Vec::new(),
            tallies: Tallies::default(),
            findings: Vec::new(),
            place: (1, 0),
            reasons: None,
            refused: RefusedRows::default(),
            carriage_return: false,
            has_separator_line: false,
        }
    }

    pub(super) fn in_header(&self) -> bool {
        self.columns.is_none()
    }

    /// Returns the cells of the row that was read last, the columns, what was found in the row as a whole, and the
    /// counts of what becomes of its cells.
    pub(super) fn record(&mut self) -> Option<(&[Cell], &Columns, &[Finding], &mut Tallies)> {
        Some((self.scanner.cells(), self.columns.as_ref()?, &self.findings, &mut self.tallies))
    }

    /// Takes the first issue about the table.
    pub(super) fn take_note(&mut self) -> Option<Fault> {
        let (line, offset) = self.place;
        let notes = self.tallies.notes.drain(..);
        self.notes.extend(notes.map(|Finding { code, at, got, .. }| Fault {
            code,
            line,
            offset: offset + at as u64,
            got,
        }));
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
                    self.carriage_return = byte == b'\r';
                    self.between = if self.carriage_return { Between::CarriageReturn } else { Between::Line };
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

    /// Returns the plan by which rows are written fast, if there is one.
    pub(super) fn plan(&mut self) -> Option<&mut Plan> {
        let plan = self.plan.as_mut()?;
        (plan.told_booleans, plan.told_nameless) = (self.tallies.told_booleans(), self.told_nameless);
        Some(plan)
    }

    /// Goes on at the beginning of a line, behind rows that were written fast if there are any.
    pub(super) fn pass(&mut self, has_rows: bool) {
        self.has_rows |= has_rows;
        self.between = Between::Line;
        if let Some(plan) = &mut self.plan {
            plan.take_tallies(|column, numbers, texts| self.tallies.add(column, numbers, texts));
        }
    }

    fn set_columns(&mut self, columns: Columns) {
        // reasons and marks are taken off one by one
        self.plan = if self.reasons.is_some() { None } else { Plan::of(&columns, self.scanner.separator()) };
        self.columns = Some(columns);
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
        self.take_off_reasons(raw.as_bytes());
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
        let extra = cells.get(columns.names.len()..).unwrap_or_default();
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
        self.findings.clear();
        let mut find = |code| self.findings.push(Finding::of_record(code, raw));
        if cells.len() < columns.width {
            find(Code::CsvTooFewCells);
        }
        if self.scanner.lines() > 0 && columns.spans_rows(raw, self.scanner.separator()) {
            find(Code::CsvCellSpansRows);
        }
        self.place = place;
        let extra = cells.get(columns.names.len()).filter(|_| !std::mem::replace(&mut self.told_extra_cells, true));
        let mut nameless = columns.names.iter().zip(cells).filter(|(name, cell)| name.is_empty() && !cell.is_empty());
        let nameless = nameless.next().filter(|_| !std::mem::replace(&mut self.told_nameless, true));
        let at = extra.map(|cell| cell.start());
        let nameless = nameless.map(|(_, cell)| (cell.start(), cut(&cell.text(raw))));
        if let Some(at) = at {
            self.note(Code::CsvExtraCellsEmpty, place, at, String::new());
        }
        if let Some((at, got)) = nameless {
            self.note(Code::CsvColumnNameless, place, at, got);
        }
        Some(Row::Record)
    }

    /// Takes the reasons off a row in a table of refused rows.
    pub(super) fn take_off_reasons(&mut self, row: &[u8]) {
        if let Some(reasons) = self.reasons {
            reasons.take_off(row, self.scanner.cells_mut());
        }
    }

    /// Returns the row that was read last as it is written in a table of refused rows. With a `text` that is its first
    /// cell, since it has none that can be told apart.
    pub(super) fn refused_row(&self, row: &[u8], text: Option<&[u8]>) -> RefusedRow {
        let separator = self.scanner.separator();
        let refused = match text {
            Some(text) => self.refused.text(text, separator),
            None => self.refused.row(row, self.scanner.cells(), separator),
        };
        RefusedRow { carriage_return: self.carriage_return, has_separator_line: self.has_separator_line, ..refused }
    }

    /// Returns whether a line that is no row has a header in it, by which the rows below it are to be read.
    pub(super) fn has_header_inside(&self, line: &[u8]) -> bool {
        let Some(columns) = &self.columns else { return false };
        let is_same = line.ends_with(columns.text.as_bytes());
        !is_same && header::fields_among(&header::names(line, self.scanner.separator())) >= HEADER_FIELDS
    }

    /// Adds an issue about the table, `at` bytes behind this line and byte of the source.
    pub(super) fn note(&mut self, code: Code, (line, offset): (u64, u64), at: usize, got: String) {
        self.notes.push(Fault { code, line, offset: offset + at as u64, got });
    }

    /// Returns whether the row is a header: one that names all columns that events need, or, unless it must be `whole`,
    /// some fields, however they are written.
    fn is_header(&self, raw: &str, whole: bool) -> bool {
        let names = self.names(raw);
        let texts: Vec<&str> = names.iter().map(|name| &**name).collect();
        let names_columns = texts.iter().any(|name| self.mapping.uses(name) || FIELDS.contains(name));
        names_columns && self.mapping.bound(&names).is_ok_and(|mapping| mapping.missing().is_empty())
            || (!whole && header::fields_among(&texts) >= HEADER_FIELDS)
    }

    /// Returns the texts of the row's cells as names of a header.
    fn names<'r>(&self, raw: &'r str) -> Vec<Cow<'r, str>> {
        self.scanner.cells().iter().map(|cell| trimmed(cell.text(raw))).collect()
    }

    /// Reads the row as the header, of which there may have been one before.
    fn header(&mut self, raw: &str, place: (u64, u64)) -> Option<Row> {
        self.reasons = ReasonsColumn::take_off_header(raw.as_bytes(), self.scanner.cells_mut());
        if self.reasons.is_some() {
            self.plan = None;
        }
        self.refused = RefusedRows::new(raw.as_bytes(), self.scanner.cells(), self.scanner.separator());
        let names = self.names(raw);
        let mapping = match self.mapping.bound(&names) {
            Ok(mapping) => mapping,
            Err(Twice { column, name }) => {
                let at = self.scanner.cells().get(column).map_or(0, |cell| cell.start());
                return Some(Row::BadHeader { code: Code::CsvColumnTwice, at, got: name });
            }
        };
        let got = mapping.missing();
        if !got.is_empty() {
            return Some(Row::BadHeader { code: Code::CsvColumnsMissing, at: 0, got });
        }
        if let Some(before) = &self.columns {
            let (line, offset) = place;
            self.notes.push(Fault { code: Code::CsvHeaderAgain, line, offset, got: cut(raw) });
            if !before.names.iter().eq(names.iter()) {
                self.tell_mixed();
                self.tallies.restart();
                self.set_columns(Columns::new(&names, mapping, raw, place));
            }
            return None;
        }
        let mapped = self.mapping.mapped.iter().map(Path::first);
        let unused: Vec<&str> = mapped.filter(|name| names::find(name, &names) == Found::No).collect();
        if !unused.is_empty() {
            self.note(Code::CsvMapUnused, place, 0, cut(&join(&unused, ", ")));
        }
        self.set_columns(Columns::new(&names, mapping, raw, place));
        None
    }

    /// Reports each column in which some cells became numbers and others stayed text.
    fn tell_mixed(&mut self) {
        let Some(columns) = &self.columns else { return };
        let (line, offset) = columns.place;
        let mixed = columns.mixed(&self.tallies).into_iter();
        let notes = mixed.map(|got| Fault { code: Code::CsvColumnMixed, line, offset, got: cut(&got) });
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
