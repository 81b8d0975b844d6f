//! Numbers in decimal notation: `12`, `-1.50`, `1e3`.

use std::cmp::Ordering;

use crate::host::Host;

/// What stands before the decimals of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalSign {
    /// `.`
    Point,
    /// `,`
    Comma,
}

/// A number as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Decimal<'t> {
    sign: Option<u8>,
    whole: &'t str,
    /// The digits behind the point, if there is a point.
    fraction: Option<&'t str>,
    exponent: Option<&'t str>,
}

/// The smallest whole number that rounds to infinity as a double: half a step above the largest one.
const INFINITE: &[u8; 309] =
    b"1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872070963\
3028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447573027\
0069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497792";

impl<'t> Decimal<'t> {
    /// Reads what JavaScript's `Number()` takes for a decimal number: a sign, digits with a point before, among or
    /// behind them, an exponent. Returns `None` for every other text.
    pub fn parse(text: &'t str) -> Option<Self> {
        let sign = text.bytes().next().filter(|first| matches!(first, b'-' | b'+'));
        let unsigned = text.get(sign.iter().len()..)?;
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let number = Decimal { sign, whole, fraction, exponent };
        let has_digits = whole.len() + number.fraction().len() > 0 && is_digits(whole) && is_digits(number.fraction());
        let is_exponent = |text: &str| {
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            !digits.is_empty() && is_digits(digits)
        };
        (has_digits && exponent.is_none_or(is_exponent)).then_some(number)
    }

    /// Returns true if it begins with a minus.
    pub fn is_negative(&self) -> bool {
        self.sign == Some(b'-')
    }

    /// Returns true if it is only digits, perhaps with a sign.
    pub fn is_whole(&self) -> bool {
        self.fraction.is_none() && self.exponent.is_none()
    }

    /// Returns true if it has an exponent.
    pub fn has_exponent(&self) -> bool {
        self.exponent.is_some()
    }

    /// Returns true if it is written as JSON writes numbers.
    pub fn is_json(&self) -> bool {
        let is_minimal = self.whole == "0" || !(self.whole.is_empty() || self.whole.starts_with('0'));
        self.sign != Some(b'+') && is_minimal && self.fraction.is_none_or(|digits| !digits.is_empty())
    }

    /// Returns the digits before the point.
    pub fn whole(&self) -> &'t str {
        self.whole
    }

    /// Returns the digits behind the point.
    pub fn fraction(&self) -> &'t str {
        self.fraction.unwrap_or_default()
    }

    /// Returns the exponent, from -10^9 to 10^9: beyond that it makes no difference.
    pub fn exponent(&self) -> i64 {
        let text = self.exponent.unwrap_or("0");
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let size = digits.parse::<i64>().unwrap_or(i64::MAX).min(1_000_000_000);
        if text.starts_with('-') { -size } else { size }
    }

    /// Returns all digits without leading zeros; none for a zero.
    pub fn digits(&self) -> impl Iterator<Item = u8> + Clone + 't {
        self.whole.bytes().chain(self.fraction().bytes()).skip_while(|&digit| digit == b'0')
    }

    /// Returns the place of the decimal point among the [digits](Decimal::digits) once the exponent is applied: the
    /// number is at least 10^(point - 1) and below 10^point.
    pub fn point(&self) -> i64 {
        let zeros = self.whole.len() + self.fraction().len() - self.digits().count();
        self.whole.len() as i64 - zeros as i64 + self.exponent()
    }

    /// Returns true if it is, without its sign, at least the whole number with these digits.
    pub fn reaches(&self, whole: &[u8]) -> bool {
        if self.digits().next().is_none() {
            return false;
        }
        match self.point().cmp(&(whole.len() as i64)) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => {
                let digits = self.digits().chain(std::iter::repeat(b'0')).take(whole.len());
                digits.ge(whole.iter().copied())
            }
        }
    }

    /// Returns true if it is finite once it is rounded to a double.
    pub fn is_finite(&self) -> bool {
        let is_short = self.exponent.is_none() && self.whole.len() < INFINITE.len();
        is_short || !self.reaches(INFINITE)
    }
}

/// Returns true if a text is finite once it is rounded to a double, or no number.
pub fn is_finite(text: &str) -> bool {
    let is_short = text.len() < INFINITE.len() && !text.bytes().any(|byte| matches!(byte, b'e' | b'E'));
    is_short || Decimal::parse(text).is_none_or(|number| number.is_finite())
}

/// Returns true if a text is a number by the grammar of JSON.
pub fn is_json_number(text: &str) -> bool {
    Decimal::parse(text).is_some_and(|number| number.is_json())
}

/// Most digits of decimal numbers that a double always keeps apart.
const EXACT_DIGITS: usize = 15;

/// Returns whether JavaScript writes the number that this text is as the same text, so that a number loses no digit of
/// it. Whole numbers of more than fifteen digits stay text: they are ids, and a double keeps only some of them.
pub fn is_as_written(text: &str, host: &dyn Host) -> bool {
    let Some(number) = Decimal::parse(text).filter(Decimal::is_json) else { return false };
    let (whole, fraction) = (number.whole(), number.fraction());
    let is_written = || host.number_text(text) == text;
    if number.has_exponent() {
        return is_written();
    }
    if number.is_whole() {
        return whole.len() <= EXACT_DIGITS && text != "-0";
    }
    // a number below a millionth has an exponent
    let is_exact = whole.len() + fraction.len() <= EXACT_DIGITS && !(whole == "0" && fraction.starts_with("000000"));
    !fraction.ends_with('0') && (is_exact || is_written())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Decimal, is_finite, is_json_number};

    #[test]
    fn reads_decimal_notation_and_nothing_else() {
        for text in ["0", "-0", "+1", ".5", "5.", "1e3", "1E-3", "1e+3", "00.10"] {
            assert!(Decimal::parse(text).is_some(), "{text}");
        }
        for text in ["", "-", ".", "e1", "1e", "1e+", "1.2.3", "0x1", "1_0", " 1", "1 ", "--1", "1,5", "Infinity"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_point_stands_behind_the_digits_of_the_whole_part() {
        for (text, point) in [("1", 1), ("12.5", 2), ("0.05", -1), ("1e3", 4), ("0.001e3", 1), ("120e-1", 2)] {
            assert_eq!(Decimal::parse(text).map(|number| number.point()), Some(point), "{text}");
        }
    }

    #[test]
    fn an_exponent_without_bounds_is_none_of_its_digits() {
        assert!(!is_finite("1e99999999999999999999") && is_finite("1e-99999999999999999999"));
        assert!(is_finite("0e99999999999999999999"));
    }

    proptest! {
        #[test]
        fn is_finite_where_rust_reads_a_finite_number(text in "-?[0-9]{1,3}(\\.[0-9]{1,20})?(e[-+]?[0-9]{1,3})?") {
            prop_assert_eq!(is_finite(&text), text.parse::<f64>().is_ok_and(f64::is_finite));
        }

        #[test]
        fn is_a_number_of_json_where_serde_json_says_so(text in "[-+]?[0-9]{0,2}\\.?[0-9]{0,2}([eE][-+]?[0-9]{0,2})?") {
            let read: Result<serde_json::Value, _> = serde_json::from_str(&text);
            prop_assert_eq!(is_json_number(&text), read.is_ok());
        }

        #[test]
        fn reaches_what_is_not_above_it(number in 0_u64.., limit in 1_u64..) {
            let text = number.to_string();
            let limit_digits = limit.to_string();
            let reaches = Decimal::parse(&text).is_some_and(|text| text.reaches(limit_digits.as_bytes()));
            prop_assert_eq!(reaches, number >= limit);
        }
    }
}
