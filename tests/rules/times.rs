//! Times that are rounded, and dates as databases and languages write them.

use split_events::{Code, Rules, Unit};

use super::{refused, refused_under, repaired, repaired_under};

#[test]
fn a_timestamp_whose_last_digit_is_worth_more_than_a_second_is_refused() {
    for number in [
        "1.79574E+12",
        "1.79574136E+12",
        "1.7957E12",
        "2e12",
        "179574e7",
        "1.64555782e9",
        "1.6455578e9",
        "1.64555782e18",
        "0.00164555e15",
    ] {
        refused("timestamp", number, Code::TimestampRounded);
        refused("timestamp", &format!("\"{number}\""), Code::TimestampRounded);
        refused("timestamp", &format!("\" {} \"", number.replace('e', "E")), Code::TimestampRounded);
    }
}

#[test]
fn a_timestamp_with_an_exponent_and_enough_digits_is_read() {
    use Code::{TimestampMicroseconds, TimestampNanoseconds, TimestampNotInteger, TimestampSeconds, TimestampString};
    let not_integer = [TimestampNotInteger];
    repaired("timestamp", "1645557824e3", "1645557824000", &not_integer);
    repaired("timestamp", "1645557824000e0", "1645557824000", &not_integer);
    repaired("timestamp", "1.795741360000E+12", "1795741360000", &not_integer);
    repaired("timestamp", "1.795741360E+12", "1795741360000", &not_integer);
    repaired("timestamp", "16455578240000e-1", "1645557824000", &not_integer);
    repaired("timestamp", "1.645557824e9", "1645557824000", &[TimestampSeconds]);
    repaired("timestamp", "1645557824e6", "1645557824000", &[TimestampMicroseconds]);
    repaired("timestamp", "1.645557824E18", "1645557824000", &[TimestampNanoseconds]);
    repaired("timestamp", r#""1645557824e3""#, "1645557824000", &[TimestampString, TimestampNotInteger]);
}

#[test]
fn the_given_unit_decides_which_digits_are_rounded_away() {
    let seconds = Rules { timestamp_unit: Some(Unit::Seconds), ..Rules::default() };
    repaired_under(&seconds, "timestamp", "1.645557824e9", "1645557824000", &[Code::TimestampSeconds]);
    refused_under(&seconds, "timestamp", "1.64555782e9", Code::TimestampRounded);
    let milliseconds = Rules { timestamp_unit: Some(Unit::Milliseconds), ..Rules::default() };
    refused_under(&milliseconds, "timestamp", "1.64555782e9", Code::TimestampOutOfRange);
}

#[test]
fn zero_and_numbers_out_of_range_are_reported_also_with_an_exponent() {
    refused("timestamp", "0e12", Code::TimestampNotPositive);
    refused("timestamp", "-2e12", Code::TimestampNotPositive);
    refused("timestamp", "2e3", Code::TimestampOutOfRange);
    refused("timestamp", "2e30", Code::TimestampOutOfRange);
}

#[test]
fn a_date_is_read_as_databases_and_languages_write_it() {
    for text in [
        "2026-11-26 14:05:00 UTC",
        "2026-11-26 14:05:00UTC",
        "2026-11-26 14:05:00 GMT",
        "2026-11-26 14:05:00 Z",
        "2026-11-26 14:05:00+00",
        "2026-11-26 14:05:00-00",
        "2026-11-26 14:05:00.000 +0000",
        "2026-11-26T14:05:00.000+0000",
        "2026-11-26T15:05:00+01",
        "2026-11-26 09:05:00-05",
        "2026-11-26 19:35:00+0530",
        "2026-11-26 19:35:00 +05:30",
        "20261126T140500Z",
        "20261126T1405Z",
        "20261126T140500.000Z",
        "20261126 150500+0100",
        "2026-11-26T14:05Z",
        "2026-11-26 14:05+00",
        "2026-11-26 14:05:00 +0000 UTC",
        "2026-11-26 14:05:00.000000000 +0000 UTC",
        "2026-11-26 09:05:00 -0500 EST",
        "2026-11-26 15:05:00 +0100 CET",
        "2026-11-26 14:05:00,000Z",
    ] {
        repaired("timestamp", &format!("\"{text}\""), "1795701900000", &[Code::TimestampRfc3339]);
    }
    let rfc3339 = [Code::TimestampRfc3339];
    repaired("timestamp", r#""2026-11-20 14:30:15.123456+00""#, "1795185015123", &rfc3339);
    repaired("timestamp", r#""2026-11-20 09:30:15-05""#, "1795185015000", &rfc3339);
    repaired("timestamp", r#""2026-11-20T14:30:15.123456789+0000""#, "1795185015123", &rfc3339);
    repaired("timestamp", r#""2026-11-20T14:30:15.1Z""#, "1795185015100", &rfc3339);
}

#[test]
fn a_date_is_refused_with_what_is_to_be_said_of_it() {
    for (text, code) in [
        ("2026-11-26 14:05:00", Code::TimestampZoneMissing),
        ("2026-11-26 14:05", Code::TimestampZoneMissing),
        ("20261126T140500", Code::TimestampZoneMissing),
        ("2026-11-26", Code::TimestampZoneMissing),
        ("26/11/2026 14:05:00Z", Code::TimestampOrderUnknown),
        ("11/12/2026 14:05", Code::TimestampOrderUnknown),
        ("26-11-26 14:05:00Z", Code::TimestampYearShort),
    ] {
        refused("timestamp", &format!("\"{text}\""), code);
    }
}

#[test]
fn a_date_that_could_be_read_in_two_ways_is_not_read() {
    for text in [
        "2026-11-26Z",
        "2026-11-26T14Z",
        "2026-11-26T1405Z",
        "20261126T14:05Z",
        "2026-1126T14:05Z",
        "2026-11-26T14:05:00.Z",
        "2026-11-26T14:05.5Z",
        "2026-11-26 14:05:00 CET",
        "2026-11-26 14:05:00 +0100 UTC",
        "2026-11-26 14:05:00 +0100 Berlin",
        "2026-11-26 14:05:00 +0000  UTC",
        "2026-11-26 14:05:00 +1",
        "2026-11-26 14:05:00+01:",
        "2026-11-26 14:05:00+2400",
        "2026-11-26 14:05:00+0060",
        "2026-11-26 14:05:00  +01",
        "2026-11-26  14:05:00Z",
        "2026-11-26 24:05:00Z",
        "2026-11-31 14:05:00Z",
        "2026-11-26T14:05:00+01é",
    ] {
        refused("timestamp", &format!("\"{text}\""), Code::TimestampUnreadable);
    }
}
