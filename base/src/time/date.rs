//! Reads dates as standards, databases, spreadsheets and programming languages write them.

use super::calendar::{days_from_civil, days_in_month};
use super::format::Order;
use super::rest::Rest;
use crate::codes::Code;

/// A date and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    /// Milliseconds from 1970-01-01 00:00 of the clock that is read, whatever its zone.
    pub local: i64,
    /// Seconds east of UTC, if the text says it.
    pub offset: Option<i64>,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// From the day of the week of 1970-01-01 on.
const WEEKDAYS: [&str; 7] = ["thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday"];

/// Reads a date, mostly with a time and perhaps with a zone. A leap second is read as the second after it.
pub(super) fn date(text: &str, order: Order) -> Result<Date, Code> {
    let mut rest = Rest(text.as_bytes());
    let weekday = rest.name(&WEEKDAYS);
    if weekday.is_some() {
        rest.take(b",");
        rest.space();
    }
    let day = rest.day().ok_or(Code::TimestampUnreadable)?;
    let time = if rest.0.is_empty() { Some((0, None)) } else { rest.time(day.form) };
    let (millis, offset) = time.ok_or(Code::TimestampUnreadable)?;
    let (year, month, day) = day.ordered(order)?;
    let days = days_from_civil(year, month, day);
    if weekday.is_some_and(|weekday| weekday != days.rem_euclid(7)) {
        return Err(Code::TimestampUnreadable);
    }
    Ok(Date { local: days * 86_400_000 + millis, offset })
}

/// The three parts of a date as they stand in it.
struct Day {
    first: i64,
    second: i64,
    third: i64,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Year, month and day without anything between them.
    Compact,
    /// The year comes first.
    YearFirst,
    /// Day, month and year: the month has its name.
    Named,
    /// The year comes last, and all are numbers.
    YearLast,
    /// The year may have two digits.
    YearShort,
}

impl Day {
    /// Returns year, month and day if there is such a day.
    fn ordered(&self, order: Order) -> Result<(i64, i64, i64), Code> {
        let &Day { first, second, third, form } = self;
        let is_day = |year, month, day| (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        let day_first = is_day(third, second, first).then_some((third, second, first));
        let month_first = is_day(third, first, second).then_some((third, first, second));
        let told = match form {
            Form::YearShort => return Err(Code::TimestampYearShort),
            Form::Compact | Form::YearFirst => is_day(first, second, third).then_some((first, second, third)),
            Form::Named => day_first,
            Form::YearLast if first == second => day_first,
            Form::YearLast if day_first.or(month_first).is_none() => None,
            Form::YearLast => match order {
                Order::Dmy => return day_first.ok_or(Code::TimestampOrderOther),
                Order::Mdy => return month_first.ok_or(Code::TimestampOrderOther),
                Order::Auto => return Err(Code::TimestampOrderUnknown),
                Order::Iso | Order::Ymd | Order::Serial => return Err(Code::TimestampOrderOther),
            },
        };
        told.ok_or(Code::TimestampUnreadable)
    }
}

impl Rest<'_> {
    fn day(&mut self) -> Option<Day> {
        if let Some(month) = self.name(&MONTHS) {
            return self.month_first(month + 1);
        }
        let (first, digits) = self.digits(8)?;
        if digits == 8 {
            return Some(Day {
                first: first / 10_000,
                second: first / 100 % 100,
                third: first % 100,
                form: Form::Compact,
            });
        }
        let between = if self.space() { b' ' } else { self.take(b"-/.")? };
        let (second, is_named) = match self.name(&MONTHS) {
            Some(month) => (month + 1, true),
            None => (self.digits(2)?.0, false),
        };
        (if between == b' ' { self.space() } else { self.take(&[between]).is_some() }).then_some(())?;
        let (third, last_digits) = self.digits(4)?;
        let form = match (digits, last_digits) {
            (4, 1..=2) => Form::YearFirst,
            (1..=2, 4) if is_named => Form::Named,
            (1..=2, 4) if between != b' ' => Form::YearLast,
            (1..=2, 1..=2) => Form::YearShort,
            _ => return None,
        };
        Some(Day { first, second, third, form })
    }

    /// Takes the rest of a date that begins with its month: `20, 2026`, or `20` if the year stands at the end of the
    /// text.
    fn month_first(&mut self, month: i64) -> Option<Day> {
        self.space().then_some(())?;
        self.space();
        let (day, _) = self.digits(2)?;
        self.take(b",");
        self.space().then_some(())?;
        let mut ahead = *self;
        let is_time = ahead.digits(2).is_some() && ahead.take(b":").is_some();
        let year = if is_time {
            let (time, year) = self.0.split_last_chunk::<5>()?;
            let mut year = Rest(year);
            year.space().then_some(())?;
            self.0 = time;
            year.number(4)?
        } else {
            self.number(4)?
        };
        Some(Day { first: day, second: month, third: year, form: Form::Named })
    }

    /// Takes the time and the zone behind a date. Returns milliseconds from midnight, and seconds east of UTC.
    fn time(&mut self, form: Form) -> Option<(i64, Option<i64>)> {
        let is_extended = form != Form::Compact;
        let may_be_close = match form {
            Form::Compact => self.0.first()?.is_ascii_digit(),
            // `20/Nov/2026:14:30:15 +0100` in logs, `Nov 20 14:30:15 2026`
            Form::Named => self.take(b":").is_some() || self.0.first()?.is_ascii_digit(),
            _ => false,
        };
        if self.take(b"Tt").is_none() && !may_be_close {
            self.take(b",");
            self.space().then_some(())?;
            if self.word("at") {
                self.space();
            }
        }
        let (mut hour, digits) = self.digits(2)?;
        if is_extended {
            self.take(b":")?;
        } else if digits < 2 {
            return None;
        }
        let minute = self.number(2)?;
        let has_seconds =
            if is_extended { self.take(b":").is_some() } else { self.0.first().is_some_and(u8::is_ascii_digit) };
        let second = if has_seconds { self.number(2)? } else { 0 };
        let millis = if has_seconds && self.take(b".,").is_some() { self.fraction()? } else { 0 };
        if let Some(noon) = self.noon() {
            (1..=12).contains(&hour).then_some(())?;
            hour = hour % 12 + noon;
        }
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let offset = if self.0.is_empty() { None } else { Some(self.zone()?) };
        Some((((hour * 60 + minute) * 60 + second) * 1000 + millis, offset))
    }

    /// Takes the digits behind the point. Returns milliseconds.
    fn fraction(&mut self) -> Option<i64> {
        let (number, digits) = self.digits(3)?;
        self.digits(usize::MAX);
        Some(number * [100, 10, 1][digits - 1])
    }

    /// Takes `AM`, `PM`, `a.m.` or `p.m.`. Returns 0 or 12 hours; if there is neither, nothing is taken.
    fn noon(&mut self) -> Option<i64> {
        let mut rest = *self;
        rest.space();
        let hours = if rest.take(b"Pp").is_some() { 12 } else { rest.take(b"Aa").map(|_| 0)? };
        rest.take(b".");
        rest.take(b"Mm")?;
        rest.take(b".");
        *self = rest;
        Some(hours)
    }
}
