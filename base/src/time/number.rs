//! Unix time in any unit.
//!
//! Seconds, milliseconds, microseconds and nanoseconds of any time between 1973 and 5138 lie three
//! digits apart, so that the magnitude tells the unit. The arithmetic is on decimal digits: no unit
//! loses precision in a double.

use crate::codes::Code;
use crate::decimal::Decimal;

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

/// Unix milliseconds, and the unit of the number that they were read from.
type Number = Result<(u64, Unit), Code>;

/// Returns whether Unix milliseconds are between 1973 and 5138. Others are read back in another unit, so no event has them.
pub(super) fn is_in_range(millis: u64) -> bool {
    (100_000_000_000..100_000_000_000_000).contains(&millis)
}

/// Reads a decimal number in the expected unit, or in the unit that its magnitude tells; cuts off fractions of a
/// millisecond. Returns `None` if it is no number.
pub(super) fn number(text: &str, expected: Option<Unit>) -> Option<Number> {
    whole(text, expected).or_else(|| Some(decimal(Decimal::parse(text)?, expected)))
}

/// Reads a number that is digits alone, as most are.
fn whole(text: &str, expected: Option<Unit>) -> Option<Number> {
    if text.len() >= 20 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = text.parse().ok()?;
    let Some(digits) = number.checked_ilog10() else { return Some(Err(Code::TimestampNotPositive)) };
    Some(unit(i64::from(digits) + 1, expected).map(|(unit, shift)| {
        let power = 10_u64.pow(shift.unsigned_abs());
        (if shift < 0 { number / power } else { number * power }, unit)
    }))
}

/// Returns the unit in which a number is a time if it has this number of digits before the point, and the power of ten
/// by which that unit differs from milliseconds. No number is a time between 1973 and 5138 in two units.
fn unit(digits: i64, expected: Option<Unit>) -> Result<(Unit, i32), Code> {
    let (unit, shift) = match digits {
        9..=11 => (Unit::Seconds, 3),
        12..=14 => (Unit::Milliseconds, 0),
        15..=17 => (Unit::Microseconds, -3),
        18..=20 => (Unit::Nanoseconds, -6),
        _ => return Err(Code::TimestampOutOfRange),
    };
    if expected.is_none_or(|expected| expected == unit) { Ok((unit, shift)) } else { Err(Code::TimestampOutOfRange) }
}

fn decimal(number: Decimal, expected: Option<Unit>) -> Number {
    let digits = number.digits().count();
    if number.is_negative() || digits == 0 {
        return Err(Code::TimestampNotPositive);
    }
    let point = number.point();
    let (unit, shift) = unit(point, expected)?;
    // the last digit is worth ten to this power, in milliseconds; only an exponent makes it more than a second
    if point - digits as i64 + i64::from(shift) > 3 {
        return Err(Code::TimestampRounded);
    }
    let digits = number.digits().map(|digit| u64::from(digit - b'0')).chain(std::iter::repeat(0));
    let length = usize::try_from(point + i64::from(shift)).unwrap_or(0);
    Ok((digits.take(length).fold(0, |millis, digit| millis * 10 + digit), unit))
}
