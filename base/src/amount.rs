//! Amounts as people write them: `1.234,50 €`, `($1,234.50)`, `CHF 1'234.50`.

use crate::decimal::{DecimalSign, is_json_number};
use crate::text::is_white_space;

/// Reads an amount with this decimal sign, and perhaps with thousands separators and a currency. Returns the same number
/// as JSON writes it, digit for digit, or `None` if it is none.
///
/// Thousands separators are the other sign, apostrophes or spaces, one kind in an amount, between groups of three digits
/// or as in India.
pub fn read(text: &str, decimal: DecimalSign) -> Option<String> {
    let (sign, other) = match decimal {
        DecimalSign::Point => ('.', ','),
        DecimalSign::Comma => (',', '.'),
    };
    let first = text.find(|c: char| c.is_ascii_digit())?;
    let (before, number) = text.split_at_checked(first)?;
    let behind = number.trim_end_matches(|c: char| !c.is_ascii_digit()).len();
    let (number, behind) = number.split_at_checked(behind)?;
    let (before, has_whole) = before.strip_suffix(sign).map_or((before, true), |before| (before, false));

    let mut around = Around::default();
    around.read(before)?;
    around.read(behind)?;
    let mut json = String::new();
    if around.is_negative()? {
        json.push('-');
    }
    let (mantissa, exponent) = number.split_once(['e', 'E']).map_or((number, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = match mantissa.split_once(sign) {
        _ if !has_whole => ("0", Some(mantissa)),
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    write_whole(whole, other, &mut json)?;
    for (mark, digits) in [(".", fraction), ("e", exponent)] {
        if let Some(digits) = digits {
            json.extend([mark, digits]);
        }
    }
    is_json_number(&json).then_some(json)
}

/// Writes the digits before the decimal sign without their separators and without leading zeros.
fn write_whole(whole: &str, other: char, json: &mut String) -> Option<()> {
    let Some(separator) = whole.chars().find(|c| !c.is_ascii_digit()) else {
        let digits = whole.trim_start_matches('0');
        json.push_str(if digits.is_empty() { "0" } else { digits });
        return Some(());
    };
    let is_space = is_white_space(separator) && !separator.is_ascii_control();
    if separator != other && !matches!(separator, '\'' | '\u{2019}') && !is_space {
        return None;
    }
    let mut groups = whole.split(separator);
    let first = groups.next().filter(|first| matches!(first.len(), 1..=3) && !first.starts_with('0'))?;
    let last = groups.next_back().filter(|last| last.len() == 3)?;
    json.push_str(first);
    let (mut threes, mut twos) = (true, first.len() < 3);
    for group in groups {
        threes &= group.len() == 3;
        twos &= group.len() == 2;
        json.push_str(group);
    }
    json.push_str(last);
    (threes || twos).then_some(())
}

/// What stands before and behind the digits of an amount.
#[derive(Default)]
struct Around {
    signs: Vec<char>,
    symbols: usize,
    letters: usize,
}

impl Around {
    fn read(&mut self, text: &str) -> Option<()> {
        let mut last = ' ';
        for c in text.chars() {
            match c {
                '+' | '-' | '\u{2212}' | '(' | ')' => self.signs.push(c),
                'A'..='Z' if self.letters == 0 || last.is_ascii_uppercase() => self.letters += 1,
                _ if is_currency(c) => self.symbols += 1,
                _ if is_white_space(c) => {}
                _ => return None,
            }
            last = c;
        }
        Some(())
    }

    /// Returns `None` if these are not one sign at most, or one pair of parentheses, and one currency at most: a symbol
    /// with up to three letters before it, or a code of three letters.
    fn is_negative(&self) -> Option<bool> {
        let is_one_currency = matches!((self.symbols, self.letters), (0, 0 | 3) | (1, 0..=3));
        match self.signs[..] {
            _ if !is_one_currency => None,
            [] | ['+'] => Some(false),
            ['-' | '\u{2212}'] | ['(', ')'] => Some(true),
            _ => None,
        }
    }
}

/// Returns whether a character is the symbol of a currency. The cent is left out: it stands for a hundredth.
fn is_currency(c: char) -> bool {
    matches!(c, '$' | '\u{a3}'..='\u{a5}' | '\u{58f}' | '\u{60b}' | '\u{9f2}' | '\u{9f3}' | '\u{af1}' | '\u{bf9}' | '\u{e3f}'
        | '\u{17db}' | '\u{20a0}'..='\u{20cf}' | '\u{fdfc}' | '\u{fe69}' | '\u{ff04}' | '\u{ffe1}' | '\u{ffe5}' | '\u{ffe6}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DecimalSign, read};

    #[track_caller]
    fn reads(decimal: DecimalSign, cases: &[(&str, &str)]) {
        for (text, number) in cases {
            assert_eq!(read(text, decimal).as_deref(), Some(*number), "{text}");
        }
    }

    #[test]
    fn reads_amounts_with_a_decimal_point() {
        reads(
            DecimalSign::Point,
            &[
                ("1234.50", "1234.50"),
                ("$1,234.50", "1234.50"),
                ("($1,234.50)", "-1234.50"),
                ("$(1,234.50)", "-1234.50"),
                ("-$1,234.50", "-1234.50"),
                ("$-1,234.50", "-1234.50"),
                (" 1,234.50- ", "-1234.50"),
                ("\u{2212}7", "-7"),
                ("+7", "7"),
                ("CHF 1'234'567.05", "1234567.05"),
                ("1\u{2019}234.50", "1234.50"),
                ("1,00,000.00", "100000.00"),
                ("₹ 12,34,567", "1234567"),
                ("US$ 5", "5"),
                ("5 USD", "5"),
                ("12 345 678", "12345678"),
                (".5", "0.5"),
                ("-.5", "-0.5"),
                ("007.50", "7.50"),
                ("000", "0"),
                ("1.5E+3", "1.5e+3"),
                ("123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"),
            ],
        );
    }

    #[test]
    fn reads_amounts_with_a_decimal_comma() {
        reads(
            DecimalSign::Comma,
            &[
                ("1.234,50 €", "1234.50"),
                ("1 234,50", "1234.50"),
                ("1\u{a0}234,50\u{a0}€", "1234.50"),
                ("1\u{202f}234\u{202f}567,5", "1234567.5"),
                ("-1.234", "-1234"),
                ("R$ 1.234,50", "1234.50"),
                ("1234,5-", "-1234.5"),
                ("EUR 0,99", "0.99"),
                ("12,5", "12.5"),
            ],
        );
    }

    #[test]
    fn reads_no_amount_that_could_be_another_or_is_none() {
        for text in [
            "",
            "-",
            "€",
            "5 %",
            "5%",
            "50¢",
            "0,123",
            "1,23",
            "1,2345",
            "1,234,56",
            "1,23,45",
            "1234,567",
            "1,234 567",
            "1.2.3",
            "1,,234",
            "--5",
            "(-5)",
            "(5",
            "5)",
            ")5(",
            "5-(",
            "$5$",
            "$5 USD €",
            "USD 5 USD",
            "5 US",
            "5 kg",
            "5.",
            "5.-",
            "1.234,5",
            "1,234.5.6",
            "12,345,",
            "1 2",
            "U S D 5",
            "U5SD",
            "5e",
            "e5",
            "5 EUR 3",
            "123,00,000",
            "1\t234",
            "NaN",
            "½",
            "١٢",
            "1_000",
        ] {
            assert_eq!(read(text, DecimalSign::Point), None, "{text}");
        }
        assert_eq!(read("1.5", DecimalSign::Comma), None);
        assert_eq!(read("5,-", DecimalSign::Comma), None);
        assert_eq!(read("0.123", DecimalSign::Comma), None);
    }

    proptest! {
        #[test]
        fn reads_what_is_written_with_separators(
            whole in 0_u64..,
            fraction in "[0-9]{0,9}",
            comma: bool,
            separator in prop::sample::select(vec!["", "'", "\u{2019}", " ", "\u{a0}", "\u{202f}", "other"]),
            (before, behind) in prop::sample::select(vec![
                ("", ""), ("-", ""), ("", "-"), ("(", ")"), ("$", ""), ("-€", ""), ("", " €"), ("USD ", ""), ("-", " CHF"),
            ]),
        ) {
            let (decimal, sign, other) =
                if comma { (DecimalSign::Comma, ",", ".") } else { (DecimalSign::Point, ".", ",") };
            let separator = if separator == "other" { other } else { separator };
            let digits = whole.to_string();
            let mut written = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at) % 3 == 0 {
                    written.push_str(separator);
                }
                written.push(digit);
            }
            let has_fraction = !fraction.is_empty();
            let text = [before, &written, if has_fraction { sign } else { "" }, &fraction, behind].concat();
            let minus = if before.contains(['-', '(']) || behind == "-" { "-" } else { "" };
            let expected = [minus, &digits, if has_fraction { "." } else { "" }, &fraction].concat();
            prop_assert_eq!(read(&text, decimal), Some(expected));
        }

        #[test]
        fn any_text_is_a_number_of_json_or_none(text in ".*|[-+() 0-9.,'$€EUe]{0,12}", comma: bool) {
            let decimal = if comma { DecimalSign::Comma } else { DecimalSign::Point };
            if let Some(number) = read(&text, decimal) {
                prop_assert!(crate::decimal::is_json_number(&number), "{number}");
                let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
                let (written, read) = (digits(&text), digits(&number));
                prop_assert_eq!(written.trim_start_matches('0'), read.trim_start_matches('0'));
            }
        }
    }
}
