//! The result of a rule, and the code that several rules share.

use super::kept::is_blank;
use crate::codes::Code;
use crate::finding::Findings;
use crate::json::{self, Kind, Value};

/// What to do with a field that was not refused.
#[derive(Debug, PartialEq)]
pub enum Field {
    /// Send it as it came.
    Keep,
    /// Send this JSON text in its place.
    Replace(String),
    /// Leave it out.
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

/// Notes the repair if there is a replacement, and returns what to do with the field.
pub(super) fn replace_if(replacement: Option<String>, code: Code, value: &Value, found: &mut Findings) -> Field {
    let Some(text) = replacement else { return Field::Keep };
    found.at(code, value);
    Field::Replace(json::quoted(&text))
}

/// Trims invisible characters from a traffic type or an environment.
pub fn trim_name(name: &str) -> &str {
    name.trim_matches(is_blank)
}
