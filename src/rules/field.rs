//! What becomes of a field, and what several fields' rules share.

use super::kept::is_blank;
use crate::codes::Code;
use crate::finding::Findings;
use crate::json::{self, Kind, Value};

/// What becomes of a field that was not refused.
#[derive(Debug, PartialEq)]
pub enum Field {
    /// It is sent as it came.
    Keep,
    /// This JSON text is sent in its place.
    Replace(String),
    /// It is left out.
    Remove,
}

/// Returns the text of a field that must be a string. Notes `missing` or `not_string`, and returns `None`, for
/// everything else.
pub(super) fn string<'v>(
    value: Option<&'v Value<'v>>,
    missing: Code,
    not_string: Code,
    found: &mut Findings,
) -> Option<(&'v Value<'v>, &'v str)> {
    let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
        found.missing(missing, value);
        return None;
    };
    if let Kind::String(text) = &value.kind {
        return Some((value, text));
    }
    found.at(not_string, value);
    None
}

/// Notes the repair if there is a replacement, and says what becomes of the field.
pub(super) fn replace_if(replacement: Option<String>, code: Code, value: &Value, found: &mut Findings) -> Field {
    let Some(text) = replacement else { return Field::Keep };
    found.at(code, value);
    Field::Replace(json::quoted(&text))
}

/// Trims a traffic type or an environment of what cannot be seen.
pub fn trim_name(name: &str) -> &str {
    name.trim_matches(is_blank)
}
