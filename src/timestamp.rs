//! Reads times as people write them, as whole Unix milliseconds.
//!
//! Seconds, milliseconds, microseconds and nanoseconds of any time between 1973 and 5138 lie three
//! digits apart, so that the magnitude tells the unit. The arithmetic is on decimal digits: no unit
//! loses precision in a double.

use crate::codes::Code;
use crate::decimal::Decimal;
use crate::host::Host;

/// The unit of a time that is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// From 1e8, below 1e11.
    Seconds,
    /// From 1e11, below 1e14.
    Milliseconds,
    /// From 1e14, below 1e17.
    Microseconds,
    /// From 1e17, below 1e20.
    Nanoseconds,
}

/// How a source writes its times.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeFormat {
    /// The form of dates.
    pub order: Order,
    /// The unit of numbers; if it is not given, their magnitude tells.
    pub unit: Option<Unit>,
    /// The zone of times that are written without one; if it is not given, such times are refused.
    pub zone: Option<Zone>,
    /// The user or a preset says that times are written so: then it is no repair to read them.
    pub declared: bool,
}

/// The form of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The one that each time shows.
    #[default]
    Auto,
    /// As RFC 3339 and databases write them: year, month, day, with the time behind.
    Iso,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
    /// Days since 1899-12-30, as spreadsheets count them.
    Serial,
}

impl Order {
    /// Every form and its word.
    pub const WORDS: [(Order, &str); 6] = [
        (Order::Auto, "auto"),
        (Order::Iso, "iso"),
        (Order::Dmy, "dmy"),
        (Order::Mdy, "mdy"),
        (Order::Ymd, "ymd"),
        (Order::Serial, "serial"),
    ];
}

/// The zone of local times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zone {
    /// A fixed difference from UTC, in minutes: positive east of Greenwich.
    Offset(i32),
    /// A name of the IANA's data base, such as `Europe/Berlin`.
    Named(String),
}

impl Zone {
    /// Reads `UTC`, `Z`, `+02:00`, `+0200`, `+02`, or a name. Whether there is such a name, the host tells.
    pub fn parse(text: &str) -> Option<Zone> {
        if let Some(offset) = Rest(text.as_bytes()).zone() {
            return Some(Zone::Offset(offset as i32));
        }
        text.starts_with(|first: char| first.is_ascii_alphabetic()).then(|| Zone::Named(text.to_owned()))
    }
}

/// The result of reading a text as a time.
#[derive(Debug, PartialEq, Eq)]
pub enum Reading {
    /// A number; fractions of a millisecond are cut off.
    Number {
        /// Unix milliseconds, positive.
        millis: u64,
        /// The unit of the number.
        unit: Unit,
    },
    /// A date with its zone, in Unix milliseconds, positive.
    Date(u64),
    /// Zero, negative, or a date not after 1970-01-01T00:00:00Z.
    NotPositive,
    /// A number that is a time in no unit, or not in the expected one.
    OutOfRange,
    /// A number with an exponent whose last digit is worth more than a second: others were rounded away.
    Rounded {
        /// The unit of the number.
        unit: Unit,
    },
    /// Neither a number nor a date.
    Unreadable,
}

/// Reads a time: a decimal number in the expected unit, or in the unit that its magnitude tells, or a date with its
/// time and zone.
pub fn read(text: &str, expected: Option<Unit>) -> Reading {
    if let Some(reading) = whole(text).or_else(|| Decimal::parse(text).map(reading)) {
        return match reading {
            // no number is a time between 1973 and 5138 in two units
            Reading::Number { unit, .. } | Reading::Rounded { unit }
                if expected.is_some_and(|expected| expected != unit) =>
            {
                Reading::OutOfRange
            }
            reading => reading,
        };
    }
    match date(text) {
        None => Reading::Unreadable,
        Some(millis) => match u64::try_from(millis) {
            Ok(millis) if millis > 0 => Reading::Date(millis),
            _ => Reading::NotPositive,
        },
    }
}

/// Reads a time in a form that the user or a preset tells, as Unix milliseconds. The error is what is wrong with it.
pub fn read_as(text: &str, format: &TimeFormat, _host: &dyn Host) -> Result<u64, Code> {
    match read(text, format.unit) {
        Reading::Number { millis, .. } | Reading::Date(millis) => Ok(millis),
        Reading::NotPositive => Err(Code::TimestampNotPositive),
        Reading::OutOfRange => Err(Code::TimestampOutOfRange),
        Reading::Rounded { .. } => Err(Code::TimestampRounded),
        Reading::Unreadable => Err(Code::TimestampUnreadable),
    }
}

/// Reads a time that is digits alone, as most are.
fn whole(text: &str) -> Option<Reading> {
    if text.len() >= 20 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = text.parse().ok()?;
    let Some(digits) = number.checked_ilog10() else { return Some(Reading::NotPositive) };
    let Some((unit, shift)) = unit(i64::from(digits) + 1) else { return Some(Reading::OutOfRange) };
    let power = 10_u64.pow(shift.unsigned_abs());
    Some(Reading::Number { millis: if shift < 0 { number / power } else { number * power }, unit })
}

/// Returns the unit in which a number is a time if it has this number of digits before the point, and the power of ten
/// by which that unit differs from milliseconds.
fn unit(digits: i64) -> Option<(Unit, i32)> {
    match digits {
        9..=11 => Some((Unit::Seconds, 3)),
        12..=14 => Some((Unit::Milliseconds, 0)),
        15..=17 => Some((Unit::Microseconds, -3)),
        18..=20 => Some((Unit::Nanoseconds, -6)),
        _ => None,
    }
}

fn reading(number: Decimal) -> Reading {
    let digits = number.digits().count();
    if number.is_negative() || digits == 0 {
        return Reading::NotPositive;
    }
    let point = number.point();
    let Some((unit, shift)) = unit(point) else { return Reading::OutOfRange };
    // the last digit is worth ten to this power, in milliseconds; only an exponent makes it more than a second
    if point - digits as i64 + i64::from(shift) > 3 {
        return Reading::Rounded { unit };
    }
    let digits = number.digits().map(|digit| u64::from(digit - b'0')).chain(std::iter::repeat(0));
    let length = usize::try_from(point + i64::from(shift)).unwrap_or(0);
    Reading::Number { millis: digits.take(length).fold(0, |millis, digit| millis * 10 + digit), unit }
}

/// Reads a date and a time with their zone, in Unix milliseconds, as RFC 3339, databases and programming languages
/// write them. A leap second is read as the second after it.
fn date(text: &str) -> Option<i64> {
    let mut rest = Rest(text.as_bytes());
    let year = rest.number(4)?;
    let extended = rest.take(b"-").is_some();
    let month = rest.number(2)?;
    if extended {
        rest.take(b"-")?;
    }
    let day = rest.number(2)?;
    rest.take(b"Tt ")?;
    let hour = rest.number(2)?;
    if extended {
        rest.take(b":")?;
    }
    let minute = rest.number(2)?;
    let has_seconds = if extended { rest.take(b":").is_some() } else { rest.0.first()?.is_ascii_digit() };
    let second = if has_seconds { rest.number(2)? } else { 0 };
    let millis = if has_seconds && rest.take(b".,").is_some() { rest.fraction()? } else { 0 };
    let offset = rest.zone()?;
    if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second;
    Some(seconds * 1000 + millis)
}

/// The part of a date that is not read yet.
struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    /// Takes the next byte if it is one of these.
    fn take(&mut self, any: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        any.contains(&first).then(|| {
            self.0 = rest;
            first
        })
    }

    /// Takes a number of this many digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        (0..digits).try_fold(0, |number, _| Some(number * 10 + i64::from(self.take(b"0123456789")? - b'0')))
    }

    /// Takes the digits behind the point. Returns milliseconds.
    fn fraction(&mut self) -> Option<i64> {
        let mut millis = self.number(1)? * 100;
        for worth in [10, 1].into_iter().chain(std::iter::repeat(0)) {
            let Some(digit) = self.number(1) else { break };
            millis += digit * worth;
        }
        Some(millis)
    }

    /// Takes the zone at the end of the text: `Z`, `UTC`, `+01`, `+0100` or `+01:00`, the last three also with the
    /// zone's name behind them. Returns minutes east of UTC.
    fn zone(&mut self) -> Option<i64> {
        self.take(b" ");
        if matches!(self.0, b"Z" | b"z" | b"UTC" | b"GMT") {
            return Some(0);
        }
        let sign = if self.take(b"+-")? == b'+' { 1 } else { -1 };
        let hours = self.number(2)?;
        let minutes = if self.take(b":").is_some() || self.0.first().is_some_and(u8::is_ascii_digit) {
            self.number(2)?
        } else {
            0
        };
        let offset = sign * (hours * 60 + minutes);
        let named = match self.0 {
            [] => true,
            b" UTC" | b" GMT" => offset == 0,
            [b' ', name @ ..] => matches!(name.len(), 3..=5) && name.iter().all(u8::is_ascii_uppercase),
            _ => false,
        };
        (named && hours <= 23 && minutes <= 59).then_some(offset)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts the days from 1970-01-01 to a date of the Gregorian calendar.
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let leap_days = |year: i64| year / 4 - year / 100 + year / 400;
    let before_year = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969);
    before_year + (1..month).map(|month| days_in_month(year, month)).sum::<i64>() + day - 1
}
