//! Names in header rows: which are those of fields, and how many a line has.

use super::row::line_end;
use crate::event::FIELDS;
use crate::limits::RECORD_BYTES_MAX;
use crate::map::{Mapping, PROPERTY};
use crate::names::{self, Found};
use crate::text::{is_white_space, join};
use crate::undelivered::REASONS;

/// The longest name, in bytes, that may be that of a field.
const NAME_MAX: usize = 40;

/// Returns the first line without its end; `None` until all of it is there.
pub(super) fn line(bytes: &[u8], ended: bool) -> Option<&[u8]> {
    match line_end(bytes) {
        Some(end) => bytes.get(..end),
        None => (ended || bytes.len() > RECORD_BYTES_MAX).then_some(bytes),
    }
}

/// The names of columns by which a line is told to be a header row: those of fields, and those that the mapping uses.
pub(super) struct Known<'k>(pub &'k Mapping);

impl Known<'_> {
    /// Returns how many known names a line has; 0 if it is no header row. The first line is one with any known name,
    /// any other with two. `first` says which the line is.
    pub(super) fn count(&self, names: &[&str], first: bool) -> usize {
        if names.len() < 2 {
            return 0;
        }
        if names.contains(&REASONS) {
            return names.len();
        }
        let exact = names.iter().filter(|name| self.has(name)).count();
        let alike = fields_among(names);
        let tells = alike_fields(names).any(|(_, field)| matches!(field, "eventTypeId" | "trafficTypeName"));
        let least = if first { 1 } else { 2 };
        if exact >= least || (tells && alike >= least) { exact.max(alike) } else { 0 }
    }

    /// Returns whether a column with this name shows that a table holds events.
    fn has(&self, name: &str) -> bool {
        FIELDS.contains(&name) || name.starts_with(PROPERTY) || self.0.uses(name)
    }
}

/// Returns whether a line is the header row of a table of refused rows.
pub(super) fn has_reasons(line: &[u8]) -> bool {
    line.windows(REASONS.len()).any(|part| part == REASONS.as_bytes())
}

/// Returns the word for cells that are separated by this byte.
pub(super) fn separator_word(separator: u8) -> &'static str {
    match separator {
        b',' => "commas",
        b'\t' => "tabs",
        b';' => "semicolons",
        b'|' => "bars",
        _ => "other signs",
    }
}

/// Says which of these names are fields, though they are written otherwise; `None` if there are none.
pub(super) fn otherwise(names: &[&str]) -> Option<String> {
    let found =
        alike_fields(names).filter(|(name, field)| names::find(field, names) == Found::At(position(names, name)));
    let told: Vec<String> =
        found.filter(|(name, field)| name != field).map(|(name, field)| [name, " is ", field].concat()).collect();
    (!told.is_empty()).then(|| join(&told, ", "))
}

fn position(names: &[&str], wanted: &str) -> usize {
    names.iter().position(|name| *name == wanted).unwrap_or_default()
}

/// Returns how many fields the names are, however they are written.
pub(super) fn fields_among(names: &[&str]) -> usize {
    FIELDS.iter().filter(|field| alike_fields(names).any(|(_, of)| of == **field)).count()
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
        let name = std::str::from_utf8(cell).unwrap_or_default().trim_matches(is_white_space);
        let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
        name.trim_matches(is_white_space)
    };
    cells.map(name).collect()
}

/// Returns the names that are those of fields, however they are written, with the fields.
fn alike_fields<'a>(names: &[&'a str]) -> impl Iterator<Item = (&'a str, &'static str)> {
    let field = |name: &&'a str| Some((*name, *FIELDS.iter().find(|field| names::alike(name, field))?));
    names.iter().filter(|name| name.len() <= NAME_MAX).filter_map(field)
}
