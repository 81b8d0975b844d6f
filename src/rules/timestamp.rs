//! The rule of `timestamp`.

use super::field::Field;
use super::rules::Rules;
use crate::codes::Code;
use crate::finding::Findings;
use crate::json::{Kind, Value};
use crate::text::is_white_space;
use crate::timestamp::{self, Reading, Unit};

impl Rules {
    /// Checks that the timestamp is Unix time in whole milliseconds. Converts other units, strings and RFC 3339.
    pub fn timestamp(&self, value: Option<&Value>, found: &mut Findings) -> Field {
        let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
            found.missing(Code::TimestampMissing, value);
            return Field::Keep;
        };
        let (text, is_string) = match &value.kind {
            Kind::Number(text) => (*text, false),
            Kind::String(text) => (text.trim_matches(is_white_space), true),
            _ => ("", true),
        };
        let (millis, unit) = match timestamp::read(text, self.timestamp_unit) {
            Reading::Number { millis, unit } => (millis, Some(unit)),
            Reading::Date(millis) => (millis, None),
            Reading::NotPositive => {
                found.at(Code::TimestampNotPositive, value);
                return Field::Keep;
            }
            Reading::OutOfRange => {
                found.at(Code::TimestampOutOfRange, value);
                return Field::Keep;
            }
            Reading::Rounded { .. } => {
                found.at(Code::TimestampRounded, value);
                return Field::Keep;
            }
            Reading::Unreadable => {
                found.at(Code::TimestampUnreadable, value);
                return Field::Keep;
            }
        };
        if is_string && unit.is_some() {
            found.at(Code::TimestampString, value);
        }
        let is_whole = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
        match unit {
            Some(Unit::Seconds) => found.at(Code::TimestampSeconds, value),
            Some(Unit::Milliseconds) if is_whole => {}
            Some(Unit::Milliseconds) => found.at(Code::TimestampNotInteger, value),
            Some(Unit::Microseconds) => found.at(Code::TimestampMicroseconds, value),
            Some(Unit::Nanoseconds) => found.at(Code::TimestampNanoseconds, value),
            None => found.at(Code::TimestampRfc3339, value),
        }
        if millis < self.oldest() {
            found.at(Code::TimestampOld, value);
        }
        if millis > self.newest() {
            found.at(Code::TimestampAhead, value);
        }
        let is_kept = !is_string && is_whole && unit == Some(Unit::Milliseconds);
        if is_kept { Field::Keep } else { Field::Replace(millis.to_string()) }
    }
}
