//! Reads the dates that most programs write, eight bytes at a time.
#![expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]

/// A date that was read at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Iso {
    /// Unix milliseconds; without a zone, milliseconds from 1970-01-01 00:00 of the clock that is read.
    pub millis: u64,
    /// Whether the text says that its zone is UTC. Otherwise it has no zone.
    pub is_utc: bool,
}

/// Reads `2026-11-20T14:30:15` of the years 1974 to 5137, or the same with a space in place of the `T`, with up to nine digits behind the second,
/// and with `Z`, ` UTC` or an offset of zero. `text` begins with the date; `length` is the date's length. What lies
/// behind does not matter, unless it is a digit. Returns `None` for all that the careful reader has to read.
#[inline(always)]
pub fn iso(text: &[u8; 64], length: usize) -> Option<Iso> {
    const DATE: Form = Form::of(*b"0000-00-");
    const TIME: Form = Form::of(*b"00T00:00");
    const SECOND: Form = Form::of(*b":00\0\0\0\0\0");
    const FRACTION: Form = Form::of(*b"00000000");
    let space = u64::from(text[10] == b' ') * (u64::from(b' ' ^ b'T') << 16);
    let date = DATE.values(word(text, 0));
    let time = TIME.values(word(text, 8) ^ space);
    let second = SECOND.values(word(text, 16) & 0xff_ffff);
    let fraction = FRACTION.values(word(text, 20));
    if (DATE.errors(date) | TIME.errors(time) | SECOND.errors(second)) != 0 {
        return None;
    }
    let digits = (FRACTION.errors(fraction).trailing_zeros() / 8) as usize;
    let has_fraction = (text[19] == b'.') & (digits > 0);
    let digits = if has_fraction { digits + usize::from((digits == 8) & text[28].is_ascii_digit()) } else { 0 };
    let end = 19 + usize::from(has_fraction) + digits;
    let is_utc = match (length.checked_sub(end)?, word(text, end)) {
        (0, _) => false,
        (1, zone) => (zone as u8 == b'Z').then_some(true)?,
        (3, zone) => (zone & 0xff_ffff == zone_word(b"+00")).then_some(true)?,
        (4, zone) => (zone as u32 == zone_word(b" UTC") as u32).then_some(true)?,
        (5, zone) => (zone & 0xff_ffff_ffff == zone_word(b"+0000")).then_some(true)?,
        (6, zone) => (zone & 0xffff_ffff_ffff == zone_word(b"+00:00")).then_some(true)?,
        _ => return None,
    };

    let (date, time, second) = (pairs(date), pairs(time), pairs(second));
    let year = pair(date, 0) * 100 + pair(date, 2);
    let (month, day) = (pair(date, 5), pair(time, 0));
    let (hour, minute, second) = (pair(time, 3), pair(time, 6), pair(second, 1));
    let is_leap = year.is_multiple_of(4) & (!year.is_multiple_of(100) | year.is_multiple_of(400));
    let long = MONTH_LENGTHS >> (2 * (month % 16)) & 3;
    let last = 28 + long + u64::from((month == 2) & is_leap);
    let is_date =
        (year.wrapping_sub(1974) <= 5137 - 1974) & (month.wrapping_sub(1) < 12) & (day.wrapping_sub(1) < last);
    if !(is_date & (hour < 24) & (minute < 60) & (second < 60)) {
        return None;
    }
    // years that begin in March, so that the leap day is the last one
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = years * 365 + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 719_469;
    let fraction = if has_fraction { fraction & FRACTIONS[digits] } else { 0 };
    let millis = (fraction & 0xff) * 100 + (fraction >> 8 & 0xff) * 10 + (fraction >> 16 & 0xff);
    Some(Iso { millis: ((days * 24 + hour) * 3600 + minute * 60 + second) * 1000 + millis, is_utc })
}

/// How many days over 28 a month has, February without its leap day: two bits for each.
const MONTH_LENGTHS: u64 = {
    let lengths = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (mut bits, mut month) = (0, 1);
    while month <= 12 {
        bits |= (lengths[month] - 28) << (2 * month);
        month += 1;
    }
    bits
};

/// Masks of the digits that count, by the number of digits behind the second.
const FRACTIONS: [u64; 10] =
    [0, 0xff, 0xffff, 0xff_ffff, 0xff_ffff, 0xff_ffff, 0xff_ffff, 0xff_ffff, 0xff_ffff, 0xff_ffff];

/// What eight bytes are to be. `0` stands for any digit.
struct Form {
    bytes: u64,
    /// What is to be added to a digit's value so that a larger one reaches 0x80; to what another byte differs by, so
    /// that any difference does.
    reach: u64,
}

impl Form {
    const fn of(form: [u8; 8]) -> Form {
        let mut reach = [0x7f; 8];
        let mut at = 0;
        while at < 8 {
            if form[at] == b'0' {
                reach[at] = 0x76;
            }
            at += 1;
        }
        Form { bytes: u64::from_le_bytes(form), reach: u64::from_le_bytes(reach) }
    }

    /// Returns the values of the digits, and 0 for each other byte that is as it should be.
    #[inline(always)]
    fn values(&self, word: u64) -> u64 {
        word ^ self.bytes
    }

    /// Returns the highest bit of each byte that is not as it should be. Bytes behind the first of them may be wrong.
    #[inline(always)]
    fn errors(&self, values: u64) -> u64 {
        (values.wrapping_add(self.reach) | values) & 0x8080_8080_8080_8080
    }
}

#[inline(always)]
fn word(text: &[u8; 64], at: usize) -> u64 {
    text[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Returns each byte times ten plus the next one.
#[inline(always)]
fn pairs(values: u64) -> u64 {
    values * 10 + (values >> 8)
}

#[inline(always)]
fn pair(pairs: u64, at: usize) -> u64 {
    pairs >> (8 * at) & 0xff
}

const fn zone_word(zone: &[u8]) -> u64 {
    let (mut word, mut at) = (0, zone.len());
    while at > 0 {
        at -= 1;
        word = word << 8 | zone[at] as u64;
    }
    word
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::iso;
    use crate::native::Native;
    use crate::time::format::TimeFormat;
    use crate::time::read::{Time, read};
    use crate::time::zone::Zone;

    fn window(text: &str, behind: u8) -> [u8; 64] {
        std::array::from_fn(|at| text.as_bytes().get(at).copied().unwrap_or(behind))
    }

    #[track_caller]
    fn agrees(text: &str, behind: u8) -> bool {
        let Some(quick) = iso(&window(text, behind), text.len()) else { return false };
        let zone = Zone::parse("UTC");
        let careful = read(text, &TimeFormat { zone, ..TimeFormat::default() }, &Native);
        assert_eq!(careful, Ok(Time::Date(quick.millis)), "{text}");
        assert_eq!(quick.is_utc, read(text, &TimeFormat::default(), &Native).is_ok(), "{text}");
        true
    }

    #[test]
    fn reads_what_most_programs_write() {
        for date in ["2026-11-20T14:30:15", "2024-02-29 00:00:00", "1974-01-01T00:00:00", "5137-12-31T23:59:59"] {
            for fraction in ["", ".1", ".12", ".123", ".123456", ".12345678", ".123456789"] {
                for zone in ["", "Z", "+00", "+0000", "+00:00", " UTC"] {
                    let text = [date, fraction, zone].concat();
                    assert!([0, b'"', b',', b'Z', 0xff].into_iter().all(|behind| agrees(&text, behind)), "{text}");
                }
            }
        }
    }

    #[test]
    fn leaves_what_is_unusual_to_the_careful_reader() {
        for text in [
            "",
            "2026-11-20",
            "2026-11-20T14:30",
            "2026-11-20T14:30:60Z",
            "2026-02-29T14:30:15Z",
            "1970-01-01T00:00:00Z",
            "2026-13-20T14:30:15Z",
            "2026-00-20T14:30:15Z",
            "2026-11-00T14:30:15Z",
            "2026-11-31T14:30:15Z",
            "2026-11-20T24:30:15Z",
            "2026-11-20T14:60:15Z",
            "2026-11-20T14:30:15.Z",
            "2026-11-20T14:30:15.1234567890Z",
            "2026-11-20T14:30:15+01",
            "2026-11-20T14:30:15-00",
            "2026-11-20 14:30:15 Z",
            "2026-11-20t14:30:15Z",
            "2026/11/20 14:30:15",
            "2026-11-20T14:30:1:Z",
            "2026-11-20T14:30:15.123z",
            "202A-11-20T14:30:15Z",
            "1973-12-31T23:59:59.999",
        ] {
            assert_eq!(iso(&window(text, 0), text.len()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_date_is_read_as_the_careful_reader_reads_it(
            text in "[1235][019][0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?(Z| UTC|[+-]0[01]:?(00)?|)",
            behind: u8,
            at in 0_usize..30,
            byte in prop::option::weighted(0.2, any::<u8>()),
        ) {
            let mut bytes = text.into_bytes();
            if let (Some(byte), Some(place)) = (byte, bytes.get_mut(at)) {
                *place = byte;
            }
            if let Ok(text) = String::from_utf8(bytes) {
                agrees(&text, behind);
            }
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(text in prop::array::uniform32(any::<u8>()), length in 0_usize..70) {
            let mut window = [0; 64];
            window[..32].copy_from_slice(&text);
            iso(&window, length);
        }
    }
}
