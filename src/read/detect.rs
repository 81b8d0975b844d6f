//! Tells the format from the first bytes.

use super::columns::ColumnMap;
use super::json::{BOM, SEPARATOR, is_space};
use crate::codes::Code;
use crate::event::FIELDS;
use crate::limits::RECORD_BYTES_MAX;
use crate::text::join;

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

    /// What stands between the cells, where it is a table.
    pub(super) fn separator(self) -> Option<u8> {
        match self {
            Format::Csv => Some(b','),
            Format::Tsv => Some(b'\t'),
            _ => None,
        }
    }
}

/// What the first bytes say, white space before them left out.
pub(super) enum Detected {
    NeedMore,
    Format(Format),
    NotEvents(Unfit),
}

/// A longer name is not that of a field, however it is written.
const NAME_MAX: usize = 40;

/// Why an input cannot be read.
pub(super) struct Unfit {
    pub(super) code: Code,
    /// What to show in place of the text there.
    pub(super) got: Option<String>,
}

impl From<Code> for Unfit {
    fn from(code: Code) -> Self {
        Unfit { code, got: None }
    }
}

/// Returns the length of the byte order mark; `None` in UTF-16, which has one of its own or a zero at every second byte.
pub(super) fn skip_mark(bytes: &[u8]) -> Option<usize> {
    let marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let is_text = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let zeros = match *bytes {
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] => is_text(a) && is_text(b),
        [a, 0] | [0, a] => is_text(a),
        _ => false,
    };
    if marked || zeros {
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
        _ => match header(line, ended) {
            None => Detected::NeedMore,
            Some(header) => {
                let by = |&&(separator, _): &&(u8, Format)| has_known(&names(header, separator), columns);
                match [(b'\t', Format::Tsv), (b',', Format::Csv)].iter().find(by) {
                    Some(_) if header.contains(&0) => Detected::NotEvents(Code::InputBinary.into()),
                    Some(&(_, format)) => Detected::Format(format),
                    None => Detected::NotEvents(why_no_header(header, columns)),
                }
            }
        },
    }
}

/// The first line without its end; `None` until all of it is there.
pub(super) fn header(line: &[u8], ended: bool) -> Option<&[u8]> {
    match line.iter().position(|&byte| matches!(byte, b'\n' | b'\r')) {
        Some(end) => line.get(..end),
        None => (ended || line.len() > RECORD_BYTES_MAX).then_some(line),
    }
}

/// Says why a header row is of no table with one of these separators, where the cells are separated otherwise.
pub(super) fn separated_otherwise(header: &[u8], expected: &[u8], columns: &ColumnMap) -> Option<Unfit> {
    let is_header = |separator| {
        let names = names(header, separator);
        has_known(&names, columns) || (names.len() > 1 && !likenesses(&names).is_empty())
    };
    if expected.iter().any(|&separator| is_header(separator)) {
        return None;
    }
    let signs = [(b',', "commas"), (b'\t', "tabs"), (b';', "semicolons"), (b'|', "bars")];
    let (_, found) =
        signs.into_iter().find(|&(separator, _)| !expected.contains(&separator) && is_header(separator))?;
    Some(Unfit { code: Code::InputSeparator, got: Some(found.to_owned()) })
}

/// Says which names are probably which fields.
fn told(likenesses: &[(&str, &'static str)]) -> String {
    let told: Vec<String> = likenesses.iter().map(|(name, field)| [name, " is probably ", field].concat()).collect();
    join(&told, ", ")
}

/// Says which of these names are probably fields that they are not called like; `None` where there are none.
pub(super) fn probably(names: &[&str]) -> Option<String> {
    let mut found = alike(names);
    found.retain(|(name, field)| name != field);
    (!found.is_empty()).then(|| told(&found))
}

/// Returns how many fields the names are, however they are written.
pub(super) fn fields_among(names: &[&str]) -> usize {
    let found = alike(names);
    FIELDS.iter().filter(|field| found.iter().any(|(_, of)| of == *field)).count()
}

fn why_no_header(header: &[u8], columns: &ColumnMap) -> Unfit {
    if let Some(unfit) = separated_otherwise(header, b",\t", columns) {
        return unfit;
    }
    let found = [b',', b'\t'].map(|by| likenesses(&names(header, by)));
    match found.iter().find(|likenesses| likenesses.iter().any(|(name, field)| name != field)) {
        Some(likenesses) => Unfit { code: Code::InputNamesOtherwise, got: Some(told(likenesses)) },
        None => Code::InputNotEvents.into(),
    }
}

/// Returns the names in a header row. A quote opens a cell only as its first byte.
pub(super) fn names(header: &[u8], separator: u8) -> Vec<&str> {
    let (mut begins, mut quoted, mut in_quotes) = (true, false, false);
    let cells = header.split(|&byte| {
        quoted = if begins { byte == b'"' } else { quoted };
        in_quotes ^= quoted && byte == b'"';
        begins = byte == separator && !in_quotes;
        begins
    });
    let name = |cell| {
        let name = std::str::from_utf8(cell).unwrap_or_default().trim();
        name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name).trim()
    };
    cells.map(name).collect()
}

/// Whether there are two names or more, and one of them is that of a column that events have.
fn has_known(names: &[&str], columns: &ColumnMap) -> bool {
    names.len() > 1 && names.iter().any(|name| columns.knows(name))
}

/// The names that are those of fields, but for capitals and signs; none where neither the event's name nor its
/// traffic type is among them.
fn likenesses<'a>(names: &[&'a str]) -> Vec<(&'a str, &'static str)> {
    let found = alike(names);
    let tells = found.iter().any(|(_, field)| matches!(*field, "eventTypeId" | "trafficTypeName"));
    if tells { found } else { Vec::new() }
}

/// The names that are those of fields, but for capitals and signs.
fn alike<'a>(names: &[&'a str]) -> Vec<(&'a str, &'static str)> {
    let like = |name: &str, field: &str| {
        let letters = name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
        letters.eq(field.bytes().map(|byte| byte.to_ascii_lowercase()))
    };
    let alike = |&name: &&'a str| Some((name, *FIELDS.iter().find(|field| like(name, field))?));
    names.iter().filter(|name| name.len() <= NAME_MAX).filter_map(alike).collect()
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
