//! Reads a time in any form.

use super::date::{Date, date};
use super::format::{Order, TimeFormat};
use super::number::{Unit, is_in_range, number};
use super::serial::serial;
use crate::codes::Code;
use crate::host::Host;

/// A time that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// A number; fractions of a millisecond are cut off.
    Number {
        /// Unix milliseconds, positive.
        millis: u64,
        /// The unit of the number.
        unit: Unit,
    },
    /// A date, in Unix milliseconds.
    Date(u64),
}

impl Time {
    /// Returns Unix milliseconds, positive.
    pub fn millis(self) -> u64 {
        let (Time::Number { millis, .. } | Time::Date(millis)) = self;
        millis
    }
}

/// Reads a time without white space around it. Fails with the code that says why it cannot be read.
pub fn read(text: &str, format: &TimeFormat, host: &dyn Host) -> Result<Time, Code> {
    let Date { local, offset } = match parse(text, format)? {
        Parsed::Number(millis, unit) => return Ok(Time::Number { millis, unit }),
        Parsed::Date(date) => date,
    };
    let millis = match (offset, &format.zone) {
        (Some(offset), _) => local - offset * 1000,
        (None, Some(zone)) => zone.utc(local.div_euclid(1000), host)? * 1000 + local.rem_euclid(1000),
        (None, None) => return Err(Code::TimestampZoneMissing),
    };
    match u64::try_from(millis) {
        Ok(millis) if is_in_range(millis) => Ok(Time::Date(millis)),
        Ok(1..) => Err(Code::TimestampOutOfRange),
        _ => Err(Code::TimestampNotPositive),
    }
}

/// Returns whether a text is a time as tables have them, perhaps one of which more has to be known: digits or a date.
pub fn is_time(text: &str) -> bool {
    match parse(text, &TimeFormat::default()) {
        Ok(Parsed::Number(..)) => text.starts_with(|first: char| first.is_ascii_digit()) && !text.contains(['e', 'E']),
        Ok(Parsed::Date(_)) | Err(Code::TimestampOrderUnknown | Code::TimestampYearShort) => true,
        Err(_) => false,
    }
}

/// Returns whether a text is a date whose day and month cannot be told apart.
pub fn needs_order(text: &str) -> bool {
    matches!(parse(text, &TimeFormat::default()), Err(Code::TimestampOrderUnknown))
}

enum Parsed {
    Number(u64, Unit),
    Date(Date),
}

fn parse(text: &str, format: &TimeFormat) -> Result<Parsed, Code> {
    let order = format.order;
    let told = match order {
        Order::Serial => serial(text),
        Order::Iso | Order::Ymd if matches!(text.len(), 8 | 14) => date(text, order).ok().map(Ok),
        _ => None,
    };
    match (told, number(text, format.unit)) {
        (Some(date), _) => date.map(Parsed::Date),
        (None, Some(number)) => number.map(|(millis, unit)| Parsed::Number(millis, unit)),
        (None, None) => date(text, order).map(Parsed::Date),
    }
}
