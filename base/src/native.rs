//! The functions of a host in Rust.

use crate::host::Host;
use crate::time::days_from_civil;

/// The same functions in Rust, for what runs outside of JavaScript. The module never uses it, and so does not contain
/// it.
#[derive(Debug)]
pub struct Native;

impl Host for Native {
    fn number_text(&self, text: &str) -> String {
        match text.parse::<f64>() {
            Ok(number) if number == 0.0 && number.is_sign_negative() => "-0".to_owned(),
            Ok(number) => ryu_js::Buffer::new().format_finite(number).to_owned(),
            Err(_) => text.to_owned(),
        }
    }

    fn lower_case(&self, text: &str) -> String {
        text.to_lowercase()
    }

    /// Knows `UTC`, `Europe/Berlin` and `America/New_York` by the rules that hold since 1996 and 2007.
    fn offset(&self, zone: &str, at: i64) -> Option<i32> {
        let (standard, begin, end) = match zone {
            "UTC" => return Some(0),
            "Europe/Berlin" => (1, (3, 31, 1), (10, 31, 1)),
            "America/New_York" => (-5, (3, 14, 7), (11, 7, 6)),
            _ => return None,
        };
        let year = 1970 + at.div_euclid(31_556_952);
        // the last Sunday up to this day of the year that the second lies in, at an hour of UTC
        let sunday = |(month, day, hour)| {
            let days = days_from_civil(year, month, day);
            ((days - (days + 4).rem_euclid(7)) * 24 + hour) * 3600
        };
        let is_summer = (sunday(begin)..sunday(end)).contains(&at);
        Some((standard + i32::from(is_summer)) * 3600)
    }
}
