//! Tells the cells of one row of a table from each other, as RFC 4180 reads them.
//!
//! A quote opens a cell only as its first byte, a quote inside of a quoted cell is written twice, and behind the quote
//! that closes a cell stands a separator, a line end or the end. A cell in which that does not hold is damaged: only
//! the line on which it begins is lost, since what seems to be its text may be the rows behind it.

use super::frame::{Cursor, Step};
use crate::codes::Code;
use crate::limits::RECORD_BYTES_MAX;
use crate::map::{Cell, Quotes};
use crate::text::line_ends;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first byte of a cell.
    Before,
    Unquoted,
    Quoted,
    /// Behind a quote of a quoted cell: the next byte tells whether it closes the cell.
    Quote,
    /// In a damaged cell: the line on which it begins is read to its end.
    Damaged,
    /// In a row that is too long: only its line end matters.
    TooLong,
}

/// Reads one row, from chunks cut anywhere.
#[derive(Debug)]
pub(super) struct RowScanner {
    separator: u8,
    cells: Vec<Cell>,
    state: State,
    /// The first byte of the cell that is being read, from the row's first.
    start: usize,
    /// A quote stands in it that is written twice.
    doubled: bool,
    /// The end of the line on which it begins, from the row's first byte, if that is inside of the cell.
    line_end: Option<usize>,
    /// A cell of the row has a line end inside.
    spans_lines: bool,
    /// How many lines end inside of the row.
    lines: usize,
}

impl RowScanner {
    pub(super) fn new(separator: u8) -> Self {
        RowScanner {
            separator,
            cells: Vec::new(),
            state: State::Before,
            start: 0,
            doubled: false,
            line_end: None,
            spans_lines: false,
            lines: 0,
        }
    }

    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(super) fn cells_mut(&mut self) -> &mut Vec<Cell> {
        &mut self.cells
    }

    /// Returns how many lines end inside of the row that was read.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    pub(super) fn separator(&self) -> u8 {
        self.separator
    }

    /// Cuts the row off at this byte, counted from its first.
    pub(super) fn cut(&mut self, at: usize) {
        self.cells.retain(|cell| cell.start() < at);
        if let Some(last) = self.cells.last_mut() {
            last.cut(at);
        }
    }

    /// Returns the first cell with a line end inside, and where that line ends.
    pub(super) fn first_over_lines(&self, row: &[u8]) -> Option<(usize, usize)> {
        self.cells.iter().find_map(|cell| {
            let length = line_end(&row[cell.start()..cell.end()])?;
            Some((cell.start(), cell.start() + length))
        })
    }

    /// Begins the next row.
    pub(super) fn begin(&mut self) {
        self.cells.clear();
        (self.spans_lines, self.lines) = (false, 0);
        self.begin_cell(0);
    }

    fn begin_cell(&mut self, start: usize) {
        (self.state, self.start, self.doubled, self.line_end) = (State::Before, start, false, None);
    }

    /// Reads on from `cursor.at` in the row that begins at `start`. Nothing behind the limit of a record is looked at,
    /// but for the line end of a row that is too long: so it makes no difference how the bytes came.
    pub(super) fn scan(&mut self, bytes: &[u8], start: usize, cursor: &mut Cursor, ended: bool) -> Step {
        let limit = start + RECORD_BYTES_MAX + 1;
        let within = &bytes[..bytes.len().min(limit)];
        loop {
            let rest = within.get(cursor.at..).unwrap_or_default();
            let all_read = ended || cursor.at >= limit;
            match self.state {
                State::Before if rest.first() == Some(&b'"') => {
                    cursor.at += 1;
                    self.state = State::Quoted;
                }
                State::Before if rest.is_empty() && !all_read => return Step::NeedMore,
                State::Before => self.state = State::Unquoted,
                State::Unquoted => {
                    let length = memchr::memchr3(self.separator, b'\r', b'\n', rest);
                    cursor.at += length.unwrap_or(rest.len());
                    if length.is_some() || (ended && cursor.at < limit) {
                        if let Some(row) = self.end_cell(within, start, cursor, Quotes::None) {
                            return row;
                        }
                    } else if cursor.at < limit {
                        return Step::NeedMore;
                    } else {
                        self.lines = line_ends(&within[start..]);
                        self.state = State::TooLong;
                    }
                }
                State::Quoted => {
                    let length = memchr::memchr(b'"', rest);
                    let text = &rest[..length.unwrap_or(rest.len())];
                    if self.line_end.is_none() {
                        self.line_end = line_end(text).map(|length| cursor.at + length - start);
                    }
                    cursor.at += text.len();
                    if length.is_some() {
                        cursor.at += 1;
                        self.state = State::Quote;
                    } else if ended || cursor.at >= limit {
                        self.state = State::Damaged;
                    } else {
                        return Step::NeedMore;
                    }
                }
                State::Quote => match rest.first() {
                    Some(b'"') => {
                        cursor.at += 1;
                        self.doubled = true;
                        self.state = State::Quoted;
                    }
                    Some(&byte) if byte != self.separator && !is_line_end(byte) => self.state = State::Damaged,
                    None if !all_read => return Step::NeedMore,
                    None if cursor.at >= limit => self.state = State::Damaged,
                    _ => {
                        let quotes = if self.doubled { Quotes::Doubled } else { Quotes::Around };
                        if let Some(row) = self.end_cell(within, start, cursor, quotes) {
                            return row;
                        }
                    }
                },
                State::Damaged => {
                    if self.line_end.is_none() {
                        self.line_end = line_end(rest).map(|length| cursor.at + length - start);
                        cursor.at += rest.len();
                    }
                    if self.line_end.is_none() && cursor.at >= limit {
                        self.lines = line_ends(&within[start..]);
                        self.state = State::TooLong;
                    } else if self.line_end.is_some() || ended {
                        return self.damaged(within, start);
                    } else {
                        return Step::NeedMore;
                    }
                }
                State::TooLong => {
                    let rest = &bytes[cursor.at..];
                    let length = line_end(rest);
                    cursor.at += length.unwrap_or(rest.len());
                    return if length.is_some() || ended { Step::Record(cursor.at) } else { Step::NeedMore };
                }
            }
        }
    }

    /// Ends the cell at the cursor; returns the row if that ends there, too.
    fn end_cell(&mut self, bytes: &[u8], start: usize, cursor: &mut Cursor, quotes: Quotes) -> Option<Step> {
        self.spans_lines |= self.line_end.is_some();
        self.cells.push(Cell::new(self.start, cursor.at - start, quotes));
        if bytes.get(cursor.at) != Some(&self.separator) {
            self.lines = if self.spans_lines { line_ends(&bytes[start..cursor.at]) } else { 0 };
            return Some(Step::Record(cursor.at));
        }
        cursor.at += 1;
        self.begin_cell(cursor.at - start);
        None
    }

    fn damaged(&self, bytes: &[u8], start: usize) -> Step {
        let end = self.line_end.map_or(bytes.len(), |length| start + length);
        Step::Damaged { code: damage(&bytes[start + self.start..end]), at: self.start, end }
    }
}

/// Returns what is wrong with a cell that begins with a quote and is damaged, by its text up to the end of the line.
pub(super) fn damage(cell: &[u8]) -> Code {
    // a quote alone was never closed
    let others = memchr::memchr_iter(b'"', cell).count() > 1;
    if others { Code::CsvQuoteNotDoubled } else { Code::CsvQuoteNotClosed }
}

pub(super) fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Returns where the first line end stands.
pub(super) fn line_end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2(b'\r', b'\n', bytes)
}
