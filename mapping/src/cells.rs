//! How a cell of a table becomes JSON.

use std::borrow::Cow;

use crate::mapping::Kind;
use split_events_base::decimal::is_as_written;
use split_events_base::host::Host;
use split_events_base::rules::{NumberText, number_text};
use split_events_base::text::is_white_space;

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
