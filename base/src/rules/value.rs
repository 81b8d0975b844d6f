//! The rule of `value`.

use super::field::Field;
use super::rules::Rules;
use crate::codes::Code;
use crate::decimal::{Decimal, is_finite};
use crate::finding::Findings;
use crate::host::Host;
use crate::json::{Kind, Value};
use crate::text::is_white_space;

impl Rules {
    /// Checks that the value is a finite number or missing.
    pub fn value(&self, value: Option<&Value>, found: &mut Findings) -> Field {
        let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
            found.missing(Code::ValueMissing, value);
            return Field::Keep;
        };
        match &value.kind {
            Kind::Number(text) if is_finite(text) => Field::Keep,
            Kind::Number(_) => {
                found.at(Code::ValueNotFinite, value);
                Field::Keep
            }
            Kind::String(text) => match number_text(text.trim_matches(is_white_space), self.host) {
                NumberText::Finite(number) => {
                    found.at(Code::ValueString, value);
                    Field::Replace(number)
                }
                NumberText::TooLarge => {
                    found.at(Code::ValueNotFinite, value);
                    Field::Keep
                }
                NumberText::Not => {
                    found.at(Code::ValueNotNumber, value);
                    Field::Keep
                }
            },
            _ => {
                found.at(Code::ValueNotNumber, value);
                Field::Keep
            }
        }
    }
}

/// The result of reading a text as a number.
pub enum NumberText {
    /// The number as JSON writes it.
    Finite(String),
    /// A number too large for a double.
    TooLarge,
    /// No number.
    Not,
}

/// Reads decimal notation as JavaScript's `Number()` reads it.
pub fn number_text(text: &str, host: &dyn Host) -> NumberText {
    match Decimal::parse(text) {
        None => NumberText::Not,
        Some(number) if !number.is_finite() => NumberText::TooLarge,
        Some(number) if number.is_json() => NumberText::Finite(text.to_owned()),
        Some(_) => NumberText::Finite(host.number_text(text)),
    }
}
