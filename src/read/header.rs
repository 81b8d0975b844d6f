//! Header rows: whether a line is one, and which fields its names are.

use super::frame::Unfit;
use crate::codes::Code;
use crate::event::FIELDS;
use crate::limits::RECORD_BYTES_MAX;
use crate::map::{Mapping, PROPERTY};
use crate::text::join;

/// The longest name, in bytes, that may be that of a field.
const NAME_MAX: usize = 40;

/// Returns the first line without its end; `None` until all of it is there.
pub(super) fn line(bytes: &[u8], ended: bool) -> Option<&[u8]> {
    match bytes.iter().position(|&byte| matches!(byte, b'\n' | b'\r')) {
        Some(end) => bytes.get(..end),
        None => (ended || bytes.len() > RECORD_BYTES_MAX).then_some(bytes),
    }
}

/// Says how the cells of a header row are separated; `None` if by one of the expected separators, or in no known way.
pub(super) fn separated_otherwise(header: &[u8], expected: &[u8], mapping: &Mapping) -> Option<Unfit> {
    let is_header = |separator| {
        let names = names(header, separator);
        has_known(&names, mapping) || (names.len() > 1 && !likenesses(&names).is_empty())
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

/// Says which of these names are probably fields, though they are written otherwise; `None` if there are none.
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

/// Says why a first line is the header row of no table.
pub(super) fn why_no_header(header: &[u8], mapping: &Mapping) -> Unfit {
    if let Some(unfit) = separated_otherwise(header, b",\t", mapping) {
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

/// Returns whether there are two names or more, and one of them is that of a column that events have.
pub(super) fn has_known(names: &[&str], mapping: &Mapping) -> bool {
    names.len() > 1 && names.iter().any(|name| is_column(name, mapping))
}

/// Returns the names that are those of fields but for capitals and signs, with the fields; none if neither the event
/// type nor the traffic type is among them.
fn likenesses<'a>(names: &[&'a str]) -> Vec<(&'a str, &'static str)> {
    let found = alike(names);
    let tells = found.iter().any(|(_, field)| matches!(*field, "eventTypeId" | "trafficTypeName"));
    if tells { found } else { Vec::new() }
}

/// Returns the names that are those of fields but for capitals and signs, with the fields.
fn alike<'a>(names: &[&'a str]) -> Vec<(&'a str, &'static str)> {
    let like = |name: &str, field: &str| {
        let letters = name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
        letters.eq(field.bytes().map(|byte| byte.to_ascii_lowercase()))
    };
    let alike = |&name: &&'a str| Some((name, *FIELDS.iter().find(|field| like(name, field))?));
    names.iter().filter(|name| name.len() <= NAME_MAX).filter_map(alike).collect()
}

/// Returns whether a column with this name shows that a table holds events.
fn is_column(name: &str, mapping: &Mapping) -> bool {
    FIELDS.contains(&name) || name.starts_with(PROPERTY) || mapping.uses(name)
}
