//! The rule of `key`.

use super::field::{Field, replace_if};
use super::key_doubt::doubt;
use super::rules::Rules;
use crate::codes::Code;
use crate::decimal::{Decimal, is_finite};
use crate::finding::Findings;
use crate::json::{self, Kind, Value};
use crate::limits::KEY_MAX;
use crate::text::{is_white_space, utf16_len};

/// The whole number from which on a double cannot hold every digit: 2^53.
const DOUBLE_WHOLE: &[u8] = b"9007199254740992";

impl Rules {
    /// Checks that the key is one that `getTreatment()` takes: up to 250 UTF-16 units, without white space around it.
    pub fn key(&self, value: Option<&Value>, found: &mut Findings) -> Field {
        let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
            found.missing(Code::KeyMissing, value);
            return Field::Keep;
        };
        let text = match &value.kind {
            Kind::Number(text) if is_finite(text) => return self.number_key(text, value, found),
            Kind::String(text) => text,
            _ => {
                found.at(Code::KeyNotString, value);
                return Field::Keep;
            }
        };
        let trimmed = text.trim_matches(is_white_space);
        if trimmed.is_empty() {
            found.at(Code::KeyEmpty, value);
            return Field::Keep;
        }
        if utf16_len(trimmed) > KEY_MAX {
            found.at(Code::KeyTooLong, value);
            return Field::Keep;
        }
        if let Some(doubt) = doubt(trimmed.as_bytes()) {
            found.at(doubt, value);
        }
        self.known_key(trimmed, value, found);
        let changed = (trimmed.len() < text.len()).then(|| trimmed.to_owned());
        replace_if(changed, Code::KeyTrimmed, value, found)
    }

    /// Writes a finite number as the SDK's `toString` does, so that it equals the key that `getTreatment()` got: `-0`
    /// keeps its sign. A whole number keeps its digits, even if JavaScript would change them.
    fn number_key(&self, text: &str, value: &Value, found: &mut Findings) -> Field {
        let Some(number) = Decimal::parse(text) else { return Field::Keep };
        let key = if number.is_whole() { text.to_owned() } else { self.host.number_text(text) };
        if key.len() > KEY_MAX {
            found.at(Code::KeyTooLong, value);
            return Field::Keep;
        }
        found.at(Code::KeyNumber, value);
        if Decimal::parse(&key).is_some_and(|key| key.reaches(DOUBLE_WHOLE)) {
            found.at(Code::KeyIntegerLarge, value);
        } else if number.exponent() > number.fraction().len() as i64 {
            // the exponent leaves out the last digits of a whole number
            found.at(Code::KeyRewritten, value);
        }
        self.known_key(&key, value, found);
        Field::Replace(json::quoted(&key))
    }

    /// Notes a key that is not known: no event with it can be connected with a treatment.
    fn known_key(&self, key: &str, value: &Value, found: &mut Findings) {
        if cfg!(feature = "keys") && self.known_keys.as_ref().is_some_and(|known| !known.contains(key.as_bytes())) {
            found.at(Code::KeyNotKnown, value);
        }
    }
}
