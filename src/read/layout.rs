//! Recognises how a table is written: what stands between its cells, and which line is its header row.

use super::frame::{Cursor, Step};
use super::header::{self, Known};
use super::json::{BOM, is_space};
use super::row::{RowScanner, line_end};
use crate::text::join;

/// What may stand between cells. The first counts of those that fit equally well.
pub(super) const SEPARATORS: [u8; 4] = *b"\t,;|";
/// The number of rows that are compared to tell the columns of a table without a known name.
const ROWS_COMPARED: usize = 20;
/// The number of rows that may stand above the header row of such a table.
pub(super) const ROWS_ABOVE: usize = 50;
/// Names of columns that have sums over many events.
const SUMS: [&str; 14] = [
    "Event count",
    "Total users",
    "Active users",
    "New users",
    "Returning users",
    "Users",
    "Sessions",
    "Engaged sessions",
    "Views",
    "Pageviews",
    "Total revenue",
    "Event count per user",
    "Conversions",
    "Key events",
];

/// Where the header row of a table begins, and what stands between the cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub separator: u8,
    /// The first byte of the header row, from the first of the table.
    pub at: usize,
}

/// Returns the line that begins with these bytes, or `None` if its end is not there and may come.
fn first_line(bytes: &[u8], complete: bool) -> Option<&[u8]> {
    line_end(bytes).map_or(complete.then_some(bytes), |end| bytes.get(..end))
}

/// Returns the separator that Excel's line `sep=;` tells.
pub(super) fn told_by_line(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix(BOM).unwrap_or(line);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] => {
            Some(*separator).filter(|&byte| byte.is_ascii() && !byte.is_ascii_alphanumeric() && byte != b'"')
        }
        _ => None,
    }
}

/// Returns which of the separators parts most known names in a line, if the line is a header row; `first` says that no
/// line was looked at before it.
pub(super) fn separator_of(line: &[u8], separators: &[u8], known: &Known, first: bool) -> Option<u8> {
    let mut best = None;
    let mut most = 0;
    for &separator in separators {
        let count = known.count(&header::names(line, separator), first);
        if count > most {
            (best, most) = (Some(separator), count);
        }
    }
    best
}

/// Looks for a header row by its names, in the lines from `looked` on. `looked` is then the line to go on with, if more
/// bytes come. `complete` says that no others are looked at.
pub(super) fn by_names(
    table: &[u8],
    complete: bool,
    separators: &[u8],
    known: &Known,
    looked: &mut usize,
) -> Option<Layout> {
    while *looked < table.len() {
        let line = first_line(&table[*looked..], complete)?;
        if let Some(separator) = separator_of(line, separators, known, false) {
            return Some(Layout { separator, at: *looked });
        }
        *looked += line.len() + 1;
    }
    None
}

/// A table whose header row has no known name.
pub(super) struct Guess {
    pub layout: Layout,
    /// Of the next rows, more have as many cells than have not.
    pub has_rows: bool,
    /// The names of the columns.
    pub names: Vec<String>,
}

impl Guess {
    /// Returns whether the columns are sums over many events: there are such names, and none of an id.
    pub(super) fn is_of_sums(&self) -> bool {
        let is_sum = |name: &String| SUMS.iter().any(|sum| crate::names::alike(sum, name));
        let is_id = |name: &String| {
            let letters: Vec<u8> =
                name.bytes().filter(u8::is_ascii_alphabetic).map(|b| b.to_ascii_lowercase()).collect();
            [&b"id"[..], b"key", b"email"].iter().any(|end| letters.ends_with(end))
        };
        self.names.iter().any(is_sum) && !self.names.iter().any(is_id)
    }

    /// Returns the names of the columns, as a text.
    pub(super) fn columns(&self) -> String {
        join(&self.names, ", ")
    }
}

/// Tells the header row of a table without a known name: the first row that has as many cells as most of those behind
/// it. Returns `None` if no separator parts a row into several cells, unless there is only one that may. The header row
/// is among the first `above` rows.
pub(super) fn by_rows(table: &[u8], separators: &[u8], above: usize) -> Option<Guess> {
    let mut best: Option<((isize, usize), Layout)> = None;
    for &separator in separators {
        let rows = rows(table, separator);
        for (number, &(at, width)) in rows.iter().enumerate().take(above) {
            let next = rows[number + 1..].iter().take(ROWS_COMPARED);
            let score = (next.map(|row| if row.1 == width { 1 } else { -1 }).sum(), width);
            let is_better = best.is_none_or(|(before, _)| score > before);
            if is_better && (width > 1 || separators.len() == 1) {
                best = Some((score, Layout { separator, at }));
            }
        }
    }
    let ((rows, _), layout) = best?;
    let has_rows = rows > 0;
    let line = first_line(&table[layout.at..], true).unwrap_or_default();
    let names = header::names(line, layout.separator).into_iter().map(str::to_owned).collect();
    Some(Guess { layout, has_rows, names })
}

/// Returns where the first rows begin, and how many cells each has; empty lines and comments are left out.
fn rows(table: &[u8], separator: u8) -> Vec<(usize, usize)> {
    let mut rows = Vec::new();
    let mut scanner = RowScanner::new(separator);
    let mut cursor = Cursor { at: 0, line: 0, record: None, behind: None };
    while cursor.at < table.len() && rows.len() < ROWS_ABOVE + ROWS_COMPARED {
        let start = cursor.at;
        let line = first_line(&table[start..], true).unwrap_or_default();
        cursor.at += line.len();
        if line.iter().all(|&byte| is_space(byte)) || is_comment(line, separator) {
            cursor.at += 1;
            continue;
        }
        cursor.at = start;
        scanner.begin();
        match scanner.scan(table, start, &mut cursor, true) {
            Step::Record(_) => rows.push((start, scanner.cells().len())),
            Step::Damaged { end, .. } => cursor.at = end,
            _ => break,
        }
        cursor.at += 1;
    }
    rows
}

fn is_comment(line: &[u8], separator: u8) -> bool {
    matches!(line, [b'#', next, ..] if *next != separator) || line == b"#"
}

#[cfg(test)]
mod tests {
    use super::{SEPARATORS, by_rows, told_by_line};

    #[test]
    fn excels_line_tells_the_separator() {
        for (line, separator) in
            [("sep=;", Some(b';')), ("SEP=\t", Some(b'\t')), ("\"sep=|\"", Some(b'|')), ("sep=a", None), ("sep=", None)]
        {
            assert_eq!(told_by_line(line.as_bytes()), separator, "{line}");
        }
    }

    #[test]
    fn the_header_is_the_first_row_of_as_many_cells_as_those_behind_it() {
        let table = b"Report, all\n# a,b,c\n\nname;price\nAva;1,31\nBen;2,50\n";
        let guess = by_rows(table, &SEPARATORS, 50).unwrap();
        assert_eq!((guess.layout.separator, guess.layout.at, guess.has_rows), (b';', 21, true));
        assert_eq!(guess.columns(), "name, price");
    }
}
