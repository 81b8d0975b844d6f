//! How a cell of a table becomes JSON.

use std::borrow::Cow;

use super::mapping::Kind;
use crate::decimal::Decimal;
use crate::host::Host;
use crate::rules::{NumberText, number_text};
use crate::text::is_white_space;

/// What a cell in a property's column is.
pub enum Value<'c> {
    Boolean(&'static str),
    Number(Cow<'c, str>),
    Text,
    /// No number, though the user says that the column has numbers.
    NotNumber,
}

/// Reads a cell in a column of this kind; without one each cell tells whether it is a number, a boolean or text.
pub fn property<'c>(cell: &'c str, kind: Option<Kind>, host: &dyn Host) -> Value<'c> {
    match kind {
        Some(Kind::Text) => Value::Text,
        Some(Kind::Number) => match number_text(cell.trim_matches(is_white_space), host) {
            NumberText::Finite(number) => Value::Number(Cow::Owned(number)),
            NumberText::TooLarge | NumberText::Not => Value::NotNumber,
        },
        None => match cell {
            "true" | "TRUE" | "True" => Value::Boolean("true"),
            "false" | "FALSE" | "False" => Value::Boolean("false"),
            number if is_as_written(number, host) => Value::Number(Cow::Borrowed(number)),
            _ => Value::Text,
        },
    }
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
