//! The rule of `timestamp`.

use super::field::Field;
use super::rules::Rules;
use crate::codes::Code;
use crate::finding::Findings;
use crate::json::{Kind, Value};
use crate::text::is_white_space;
use crate::time::{self, Time, TimeFormat, Unit};

impl Rules {
    /// Checks that the timestamp is Unix time in whole milliseconds. Converts other units, strings and dates.
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
        let format = TimeFormat { unit: self.timestamp_unit, ..TimeFormat::default() };
        let (millis, unit) = match time::read(text, &format, self.host) {
            Ok(Time::Number { millis, unit }) => (millis, Some(unit)),
            Ok(Time::Date(millis)) => (millis, None),
            Err(code) => {
                found.at(code, value);
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
