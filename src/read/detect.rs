//! Tells the format from the first bytes.

use super::columns::ColumnMap;
use super::json::{BOM, SEPARATOR, is_space};
use crate::rules::RECORD_BYTES_MAX;

/// How events are written in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Told from the first bytes.
    #[default]
    Auto,
    /// An array of events, or one or more objects with white space between them.
    Json,
    /// One event per line.
    Ndjson,
    /// A table whose first row names the columns, with commas between the cells.
    Csv,
    /// The same with tabs.
    Tsv,
}

impl Format {
    /// By the name that users give.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Format::Auto),
            "json" => Some(Format::Json),
            "ndjson" => Some(Format::Ndjson),
            "csv" => Some(Format::Csv),
            "tsv" => Some(Format::Tsv),
            _ => None,
        }
    }
}

/// What the first bytes say, white space before them left out.
pub(super) enum Detected {
    NeedMore,
    Format(Format),
    NotEvents,
}

/// The length of a byte order mark; nothing in UTF-16.
pub(super) fn skip_mark(bytes: &[u8]) -> Option<usize> {
    let marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    if marked || matches!(bytes, [0, _, ..] | [_, 0, ..]) {
        return None;
    }
    Some(if bytes.starts_with(BOM) { BOM.len() } else { 0 })
}

/// `line` is the first line from its beginning, and what follows it; `piece_ended` says that the bytes end where a text
/// does that is one of many.
pub(super) fn detect(bytes: &[u8], line: &[u8], columns: &ColumnMap, ended: bool, piece_ended: bool) -> Detected {
    match bytes[0] {
        b'[' | SEPARATOR => Detected::Format(Format::Json),
        b'{' => {
            let beginning = &bytes[..bytes.len().min(RECORD_BYTES_MAX)];
            let over = ended || bytes.len() > RECORD_BYTES_MAX;
            match one_object_per_line(beginning, over || piece_ended) {
                Some(true) => Detected::Format(Format::Ndjson),
                Some(false) => Detected::Format(Format::Json),
                None if over => Detected::Format(Format::Ndjson),
                None => Detected::NeedMore,
            }
        }
        _ => {
            let end = line.iter().position(|&byte| matches!(byte, b'\n' | b'\r'));
            if end.is_none() && !ended && line.len() <= RECORD_BYTES_MAX {
                return Detected::NeedMore;
            }
            let header = &line[..end.unwrap_or(line.len())];
            match [(b'\t', Format::Tsv), (b',', Format::Csv)].iter().find(|(sep, _)| is_header(header, *sep, columns)) {
                Some(&(_, format)) => Detected::Format(format),
                None => Detected::NotEvents,
            }
        }
    }
}

/// Whether the line has two cells or more, and one of them is the name of a column that events have.
fn is_header(line: &[u8], separator: u8, columns: &ColumnMap) -> bool {
    let mut in_quotes = false;
    let cells = line.split(|&byte| {
        in_quotes ^= byte == b'"';
        byte == separator && !in_quotes
    });
    let (mut count, mut known) = (0, false);
    for cell in cells {
        let name = std::str::from_utf8(cell).unwrap_or_default().trim();
        let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
        count += 1;
        known |= columns.knows(name.trim());
    }
    count > 1 && known
}

/// Whether the first line holds an object of its own, or only the beginning of one that goes on, or several of them.
/// `over` says that nothing follows, or nothing that belongs to it.
///
/// A first line that is cut off is NDJSON with a broken record, not an object over all lines: where
/// the next line begins with `{` and no value may stand there, it is an event of its own.
fn one_object_per_line(bytes: &[u8], over: bool) -> Option<bool> {
    let mut open = Vec::new();
    let (mut in_string, mut escaped) = (false, false);
    let mut before = b'{';
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' if in_string => return Some(true),
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'\n' => {
                let next = *bytes[at..].iter().find(|&&byte| !is_space(byte))?;
                let may_be_value = matches!(before, b':' | b'[') || (before == b',' && open.last() == Some(&b'['));
                return Some(next == b'{' && !may_be_value);
            }
            b'{' | b'[' => open.push(byte),
            b'}' | b']' => {
                open.pop();
                if open.is_empty() {
                    return stands_alone(&bytes[at + 1..]).or(over.then_some(true));
                }
            }
            _ => {}
        }
        if !is_space(byte) {
            before = byte;
        }
    }
    None
}

/// Whether the object before these bytes is alone on its line, and no comma joins it to another one.
fn stands_alone(behind: &[u8]) -> Option<bool> {
    let at = behind.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r'))?;
    match behind[at] {
        b',' => behind[at + 1..].iter().find(|&&byte| !is_space(byte)).map(|&byte| byte != b'{'),
        byte => Some(byte != b'{' && byte != SEPARATOR),
    }
}
