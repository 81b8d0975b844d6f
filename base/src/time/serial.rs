//! Dates as spreadsheets count them: days since 1899-12-30, with the time as a fraction of a day.

use super::date::Date;
use crate::codes::Code;
use crate::decimal::Decimal;
use crate::text::replace;

/// The serial date of 1970-01-01.
const UNIX_EPOCH: u64 = 25_569;
const DAY: u64 = 86_400_000;

/// Reads a serial date with a decimal point or comma. Returns `None` if it is no number.
///
/// It is the whole second that is written with these digits, if there is one: five digits behind the point, as
/// spreadsheets show them, stand for times that are almost a second apart.
pub(super) fn serial(text: &str) -> Option<Result<Date, Code>> {
    let text = replace(text, ",", ".");
    let number = Decimal::parse(&text)?;
    let (point, digits) = (number.point(), number.digits());
    if number.is_negative() || point < 1 {
        return Some(Err(Code::TimestampNotPositive));
    }
    if point > 7 {
        return Some(Err(Code::TimestampOutOfRange));
    }
    let point = point as usize;
    let behind = digits.clone().count().saturating_sub(point).min(11);
    let value = digits.chain(std::iter::repeat(b'0')).take(point + behind);
    let (mut days, mut fraction) = (0, 0);
    for (at, digit) in value.enumerate() {
        let part = if at < point { &mut days } else { &mut fraction };
        *part = *part * 10 + u64::from(digit - b'0');
    }
    let scale = 10_u64.pow(behind as u32);
    let millis = (fraction * DAY + scale / 2) / scale;
    let second = (millis + 500) / 1000 * 1000;
    let is_second = (fraction * DAY).abs_diff(second * scale) <= DAY / 2;
    let millis = if is_second { second } else { millis };
    let local = (days * DAY + millis) as i64 - (UNIX_EPOCH * DAY) as i64;
    Some(Ok(Date { local, offset: None }))
}
