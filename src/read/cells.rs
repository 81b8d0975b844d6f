//! How a cell of a table becomes JSON.

use std::borrow::Cow;

use super::columns::Kind;
use crate::decimal::{Decimal, is_json_number};
use crate::host::Host;
use crate::json;
use crate::rules::{NumberText, number_text};
use crate::text::is_white_space;

/// Writes the JSON of a cell in a field's column. Names and keys are text, whatever they look like.
pub(super) fn write_field(name: &str, cell: &str, json: &mut String) {
    if matches!(name, "timestamp" | "value") && is_json_number(cell) {
        json.push_str(cell);
    } else {
        json::write_quoted(cell, json);
    }
}

/// What a cell in a property's column is.
pub(super) enum Value<'c> {
    Boolean(&'static str),
    Number(Cow<'c, str>),
    Text,
    /// No number, though the user says that the column has numbers.
    NotNumber,
}

/// Reads a cell in a column of this kind.
pub(super) fn property<'c>(cell: &'c str, kind: Kind, host: &dyn Host) -> Value<'c> {
    match kind {
        Kind::Text => Value::Text,
        Kind::Number => match number_text(cell.trim_matches(is_white_space), host) {
            NumberText::Finite(number) => Value::Number(Cow::Owned(number)),
            NumberText::TooLarge | NumberText::Not => Value::NotNumber,
        },
        Kind::Told => match cell {
            "true" | "TRUE" | "True" => Value::Boolean("true"),
            "false" | "FALSE" | "False" => Value::Boolean("false"),
            number if is_as_written(number, host) => Value::Number(Cow::Borrowed(number)),
            _ => Value::Text,
        },
    }
}

/// Returns the members of a cell that is a JSON object.
pub(super) fn members(cell: &str) -> Option<&str> {
    let value = json::parse(cell.trim_matches(is_white_space)).ok()?;
    let inner = value.raw.strip_prefix('{')?.strip_suffix('}')?;
    Some(inner.trim())
}

/// Most digits of decimal numbers that a double always keeps apart.
const EXACT_DIGITS: usize = 15;

/// Returns whether JavaScript writes the number that this text is as the same text, so that a number loses no digit of
/// it. Whole numbers of more than fifteen digits stay text: they are ids, and a double keeps only some of them.
fn is_as_written(text: &str, host: &dyn Host) -> bool {
    let Some(number) = Decimal::parse(text).filter(Decimal::is_json) else { return false };
    let (whole, fraction) = (number.whole(), number.fraction());
    let is_written = || host.number_text(text) == text;
    if number.has_exponent() {
        return is_written();
    }
    if number.is_whole() {
        return whole.len() <= EXACT_DIGITS && text != "-0";
    }
    // a number below a millionth has an exponent
    let is_exact = whole.len() + fraction.len() <= EXACT_DIGITS && !(whole == "0" && fraction.starts_with("000000"));
    !fraction.ends_with('0') && (is_exact || is_written())
}
