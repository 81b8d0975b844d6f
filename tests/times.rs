//! Times in every form, against jiff.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use proptest::prelude::*;
use split_events::map::{Mapping, Overlay};
use split_events::{
    Batcher, Caps, Code, DecimalSign, Format, Host, Intake, Native, Order, OrderProof, Recognise, Rules, Time,
    TimeFormat, Unit, Zone, read_time,
};

/// A host that knows all zones.
#[derive(Debug)]
struct Jiff;

impl Host for Jiff {
    fn number_text(&self, text: &str) -> String {
        Native.number_text(text)
    }

    fn lower_case(&self, text: &str) -> String {
        Native.lower_case(text)
    }

    fn offset(&self, zone: &str, at: i64) -> Option<i32> {
        let zone = TimeZone::get(zone).ok()?;
        Some(zone.to_offset(jiff::Timestamp::from_second(at).ok()?).seconds())
    }
}

fn format(order: Order, zone: &str) -> TimeFormat {
    TimeFormat { order, unit: None, zone: Zone::parse(zone), declared: true }
}

fn millis(text: &str, order: Order, zone: &str) -> Result<u64, Code> {
    read_time(text, &format(order, zone), &Jiff).map(Time::millis)
}

#[track_caller]
fn reads(order: Order, zone: &str, utc: &str, texts: &[&str]) {
    let expected = utc.parse::<jiff::Timestamp>().unwrap().as_millisecond();
    for text in texts {
        assert_eq!(millis(text, order, zone), Ok(expected as u64), "{text}");
    }
}

#[track_caller]
fn refuses(order: Order, zone: &str, code: Code, texts: &[&str]) {
    for text in texts {
        assert_eq!(millis(text, order, zone), Err(code), "{text}");
    }
}

#[test]
fn reads_dates_without_a_zone_in_the_given_one() {
    let texts = [
        "2026-11-20 14:30:15",
        "2026-11-20T14:30:15",
        "2026-11-20 14:30:15.000",
        "2026-11-20 14:30:15.000000",
        "2026/11/20 14:30:15",
        "2026.11.20 14:30:15",
        "20261120T143015",
        "20261120 143015",
        "2026-11-20, 2:30:15 PM",
        "20 Nov 2026 14:30:15",
        "20-NOV-2026 14:30:15",
        "20 November 2026 14:30:15",
        "20/Nov/2026:14:30:15",
        "Nov 20, 2026 2:30:15 PM",
        "Nov 20, 2026, 2:30:15\u{202f}PM",
        "November 20, 2026 at 2:30:15 p.m.",
        "Nov 20 2026 14:30:15",
        "Fri Nov 20 14:30:15 2026",
        "Fri, 20 Nov 2026 14:30:15",
        "Friday, November 20, 2026 2:30:15pm",
        "2026-Nov-20 14:30:15",
    ];
    reads(Order::Auto, "UTC", "2026-11-20T14:30:15Z", &texts);
    reads(Order::Iso, "Europe/Berlin", "2026-11-20T13:30:15Z", &texts);
    reads(Order::Dmy, "America/New_York", "2026-11-20T19:30:15Z", &texts);
    reads(Order::Mdy, "-03:30", "2026-11-20T18:00:15Z", &texts);
    refuses(Order::Auto, "", Code::TimestampZoneMissing, &texts);
}

#[test]
fn a_zone_in_the_text_wins() {
    let texts = [
        "2026-11-20 14:30:15 UTC",
        "2026-11-20T14:30:15Z",
        "2026-11-20 15:30:15+01",
        "2026-11-20 09:30:15 -0500",
        "Fri, 20 Nov 2026 14:30:15 GMT",
        "Fri, 20 Nov 2026 09:30:15 -0500 (EST)",
        "Fri Nov 20 2026 15:30:15 GMT+0100 (Central European Standard Time)",
        "Fri Nov 20 14:30:15 UTC 2026",
        "20/Nov/2026:15:30:15 +0100",
        "2026-11-20T15:30:15+01:00[Europe/Berlin]",
        "20261120143015Z",
    ];
    reads(Order::Auto, "Asia/Kolkata", "2026-11-20T14:30:15Z", &texts);
    reads(Order::Auto, "", "2026-11-20T14:30:15Z", &texts);
}

#[test]
fn reads_american_and_european_dates_as_told() {
    reads(
        Order::Mdy,
        "UTC",
        "2026-11-20T14:05:00Z",
        &["11/20/2026 2:05 PM", "11/20/2026 14:05", "11-20-2026 14:05:00"],
    );
    reads(
        Order::Dmy,
        "UTC",
        "2026-11-20T14:05:00Z",
        &["20.11.2026 14:05", "20/11/2026, 14:05:00", "20-11-2026 02:05 pm"],
    );
    reads(Order::Mdy, "UTC", "2026-03-04T00:05:00Z", &["3/4/2026 12:05 AM", "03/04/2026 00:05"]);
    reads(Order::Dmy, "UTC", "2026-03-04T12:05:00Z", &["4/3/2026 12:05 PM", "04.03.2026 12:05"]);
    reads(Order::Auto, "UTC", "2026-03-03T12:05:00Z", &["3/3/2026 12:05", "03.03.2026 12:05:00"]);
    for order in [Order::Auto, Order::Iso, Order::Dmy, Order::Mdy, Order::Ymd, Order::Serial] {
        reads(order, "UTC", "2026-11-20T06:55:00Z", &["2026/11/20 06:55", "2026-11-20 6:55", "2026/11/20 06:55"]);
    }
}

#[test]
fn reads_bare_dates_as_their_first_moment() {
    reads(
        Order::Auto,
        "Europe/Berlin",
        "2026-11-19T23:00:00Z",
        &["2026-11-20", "20 Nov 2026", "2026/11/20", "Nov 20, 2026"],
    );
    reads(Order::Dmy, "UTC", "2026-11-20T00:00:00Z", &["20.11.2026"]);
    reads(Order::Ymd, "UTC", "2026-11-20T00:00:00Z", &["20261120", "20261120000000"]);
    assert_eq!(millis("20261120143015", Order::Auto, "UTC"), Ok(20_261_120_143_015));
    assert_eq!(millis("20261120", Order::Auto, "UTC"), Err(Code::TimestampOutOfRange));
}

#[test]
fn refuses_dates_whose_order_is_not_told_or_another() {
    let texts = ["11/12/2026 14:05", "20/11/2026 14:05Z", "11/20/2026", "1.2.2026 1:05 AM", "11-12-2026 14:05"];
    refuses(Order::Auto, "UTC", Code::TimestampOrderUnknown, &texts);
    refuses(Order::Auto, "", Code::TimestampOrderUnknown, &texts);
    refuses(Order::Iso, "UTC", Code::TimestampOrderOther, &texts);
    refuses(Order::Dmy, "UTC", Code::TimestampOrderOther, &["11/20/2026 14:05", "2.28.2026"]);
    refuses(Order::Mdy, "UTC", Code::TimestampOrderOther, &["20/11/2026 14:05", "28.2.2026"]);
}

#[test]
fn refuses_years_of_two_digits() {
    let texts = ["11/20/26 14:05", "20.11.26", "26-11-20 14:05:00", "Friday, 20-Nov-26 14:30:15 GMT", "20-NOV-26"];
    for order in [Order::Auto, Order::Dmy, Order::Mdy, Order::Ymd] {
        refuses(order, "UTC", Code::TimestampYearShort, &texts);
    }
}

#[test]
fn refuses_what_is_no_date() {
    let texts = [
        "",
        "a",
        "now",
        "2026",
        "2026-11",
        "2026-11-31",
        "2026-02-29",
        "31/02/2026",
        "40/40/2026",
        "0/0/2026",
        "2026-11/20",
        "11/20-2026",
        "2026-11-20 25:00",
        "2026-11-20 14:60",
        "2026-11-20 14:05:61",
        "2026-11-20 13:05 PM",
        "2026-11-20 0:05 AM",
        "2026-11-20 14",
        "2026-11-20T",
        "2026-11-20 14:05 XM",
        "2026-11-20 14:05 CET",
        "Sat Nov 20 14:30:15 2026",
        "Nov 31, 2026",
        "Nox 20, 2026",
        "No 20, 2026",
        "20 2026",
        "Nov",
        "Nov 20",
        "20 Nov",
        "2026-11-20 14:05:00 +2",
        "2026-11-20 14:05:00Z+01",
        "1/2/20261",
        "2026-11-20 14:05:00.",
        "１２",
        "12:30:00",
        "-",
        "/",
        "1/",
        "1//2026",
        "T",
        "Z",
        "2026-11-20Z",
    ];
    for order in [Order::Auto, Order::Iso, Order::Dmy, Order::Mdy, Order::Ymd, Order::Serial] {
        for text in texts {
            let code = millis(text, order, "UTC").unwrap_err();
            let is_number = matches!(code, Code::TimestampOutOfRange | Code::TimestampNotPositive);
            assert!(
                code == Code::TimestampUnreadable || is_number && text.starts_with(|c: char| c.is_ascii_digit()),
                "{text}"
            );
        }
    }
}

#[test]
fn a_local_time_that_exists_twice_or_never_is_refused() {
    for (zone, twice, never) in [
        ("Europe/Berlin", "2026-10-25 02:30:00", "2026-03-29 02:30:00"),
        ("America/New_York", "2026-11-01 01:30:00", "2026-03-08 02:30:00"),
        ("Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-10-04 02:15:00"),
        ("Africa/Casablanca", "2026-02-15 02:30:00", "2026-03-22 02:30:00"),
        ("America/New_York", "1975-10-26 01:30:00", "1975-02-23 02:30:00"),
        ("Europe/Berlin", "2037-10-25 02:59:59", "2037-03-29 02:00:00"),
    ] {
        refuses(Order::Auto, zone, Code::TimestampLocalTwice, &[twice]);
        refuses(Order::Auto, zone, Code::TimestampLocalNever, &[never]);
    }
    refuses(Order::Auto, "Pacific/Apia", Code::TimestampLocalNever, &["2011-12-30 00:00:00", "2011-12-30 23:59:59"]);
    reads(Order::Auto, "Pacific/Apia", "2011-12-30T10:00:00Z", &["2011-12-31 00:00:00"]);
    reads(Order::Auto, "Australia/Lord_Howe", "2026-04-04T14:29:59Z", &["2026-04-05 01:29:59"]);
    reads(Order::Auto, "Europe/Berlin", "2026-10-25T00:00:00Z", &["2026-10-25T02:00:00+02:00"]);
}

#[test]
fn the_host_of_tests_knows_two_zones_as_jiff_does() {
    for zone in ["Europe/Berlin", "America/New_York", "UTC"] {
        for hour in 0..20 * 8766 {
            let at = 1_199_145_600 + hour * 3600;
            assert_eq!(Native.offset(zone, at), Jiff.offset(zone, at), "{zone} {at}");
        }
    }
}

#[test]
fn a_zone_that_does_not_exist_is_told() {
    for zone in ["Europe/Berlin", "UTC", "+02:00", "-0930", "GMT"] {
        assert!(Zone::parse(zone).unwrap().exists(&Jiff), "{zone}");
    }
    for zone in ["", "+2", "+25:00", "2", "é", " UTC", "UTC "] {
        assert_eq!(Zone::parse(zone).filter(|zone| zone.exists(&Jiff)), None, "{zone}");
    }
    let nowhere = Zone::parse("Europe/Nowhere").unwrap();
    assert!(!nowhere.exists(&Jiff));
    refuses(Order::Auto, "Europe/Nowhere", Code::TimestampZoneMissing, &["2026-11-20 14:30:15"]);
}

#[test]
fn reads_serial_dates_only_where_told() {
    reads(
        Order::Serial,
        "UTC",
        "2026-11-20T14:05:00Z",
        &["46346.58681", "46346,58681", "46346.5868056", "46346.586805555555"],
    );
    reads(Order::Serial, "UTC", "2026-11-20T00:00:00Z", &["46346", "46346.0", "4.6346E4"]);
    reads(Order::Serial, "UTC", "2026-11-20T12:00:00.250Z", &["46346.5000028935", "46346.50000289352"]);
    reads(Order::Serial, "Europe/Berlin", "2026-11-20T13:05:00Z", &["46346.58681"]);
    reads(Order::Serial, "UTC", "5138-11-13T23:59:59Z", &["1182973.99999"]);
    refuses(Order::Serial, "UTC", Code::TimestampNotPositive, &["0", "-1", "25569", "60", "0.5", "-0"]);
    refuses(Order::Serial, "UTC", Code::TimestampOutOfRange, &["26000", "2958466", "9999999", "1645557824000", "1e30"]);
    refuses(Order::Serial, "", Code::TimestampZoneMissing, &["46346.58681"]);
    refuses(Order::Auto, "UTC", Code::TimestampOutOfRange, &["46346.58681"]);
    refuses(Order::Auto, "UTC", Code::TimestampUnreadable, &["46346,58681"]);
}

#[test]
fn numbers_are_unix_time_under_every_order_but_serial() {
    for order in [Order::Auto, Order::Iso, Order::Dmy, Order::Mdy, Order::Ymd] {
        assert_eq!(millis("1645557824000", order, "Europe/Berlin"), Ok(1_645_557_824_000));
        assert_eq!(millis("1645557824.25", order, ""), Ok(1_645_557_824_250));
    }
    let seconds = TimeFormat { unit: Some(Unit::Seconds), ..TimeFormat::default() };
    assert_eq!(read_time("1645557824000", &seconds, &Jiff), Err(Code::TimestampOutOfRange));
}

#[test]
fn the_order_is_proven_by_numbers_over_twelve() {
    let order = |texts: &[&str]| {
        let mut proof = OrderProof::default();
        for text in texts {
            proof.see(text);
        }
        proof.order()
    };
    assert_eq!(order(&["1/2/2026", "20/11/2026 14:05", "3/4/2026"]), Some(Order::Dmy));
    assert_eq!(order(&["1/2/2026 ", " 11/20/2026 2:05 PM"]), Some(Order::Mdy));
    assert_eq!(order(&["20.11.2026"]), Some(Order::Dmy));
    assert_eq!(order(&["20/11/2026", "11/20/2026"]), None);
    let none =
        ["11/12/2026", "", "13", "13/13/2026", "32/1/2026", "20/11/26", "2026/11/20", "20/11-2026", "20/11/20261", "x"];
    assert_eq!(order(&none), None);
}

/// The forms of a date and time, with the order that reads it.
const FORMS: [(&str, Order); 18] = [
    ("%Y-%m-%dT%H:%M:%S%.3f", Order::Auto),
    ("%Y-%m-%d %H:%M:%S%.6f", Order::Iso),
    ("%Y-%m-%d %-H:%M:%S%.9f", Order::Dmy),
    ("%Y%m%dT%H%M%S%.3f", Order::Auto),
    ("%Y%m%d %H%M%S,%3f", Order::Auto),
    ("%Y/%m/%d %H:%M:%S%.3f", Order::Ymd),
    ("%Y.%-m.%-d %H:%M:%S%.3f", Order::Ymd),
    ("%m/%d/%Y %-I:%M:%S%.3f %p", Order::Mdy),
    ("%-m/%-d/%Y, %H:%M:%S%.3f", Order::Mdy),
    ("%d/%m/%Y %H:%M:%S%.3f", Order::Dmy),
    ("%-d.%-m.%Y %-H:%M:%S%.3f", Order::Dmy),
    ("%d-%m-%Y %I:%M:%S%.3f%P", Order::Dmy),
    ("%-d %b %Y %H:%M:%S%.3f", Order::Auto),
    ("%d-%b-%Y %H:%M:%S%.3f", Order::Auto),
    ("%b %-d, %Y %-I:%M:%S%.3f %p", Order::Auto),
    ("%A, %B %-d, %Y at %-I:%M:%S%.3f\u{202f}%p", Order::Auto),
    ("%a, %d %b %Y %H:%M:%S%.3f", Order::Auto),
    ("%a %b %e %H:%M:%S%.3f %Y", Order::Auto),
];

proptest! {
    #[test]
    fn a_date_of_any_form_is_read_as_jiff_wrote_it(ms in 100_000_000_000_i64..100_000_000_000_000, form in 0_usize..FORMS.len()) {
        let date = jiff::Timestamp::from_millisecond(ms).unwrap().to_zoned(TimeZone::UTC);
        let (form, order) = FORMS[form];
        let text = date.strftime(form).to_string();
        prop_assert_eq!(millis(&text, order, "UTC"), Ok(ms as u64), "{}", text);
        prop_assert_eq!(millis(&text, order, ""), Err(Code::TimestampZoneMissing), "{}", text);
    }

    #[test]
    fn a_local_time_is_that_of_jiff_in_every_zone(
        seconds in prop_oneof![100_086_400_i64..4_102_444_800, 1_600_000_000_i64..1_900_000_000],
        zone in prop::sample::select(jiff::tz::db().available().map(|name| name.to_string()).collect::<Vec<_>>()),
    ) {
        let local: DateTime = jiff::Timestamp::from_second(seconds).unwrap().to_zoned(TimeZone::UTC).datetime();
        let text = local.strftime("%Y-%m-%d %H:%M:%S").to_string();
        let expected = match TimeZone::get(&zone).unwrap().to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => Ok((seconds - i64::from(offset.seconds())) as u64 * 1000),
            AmbiguousOffset::Fold { .. } => Err(Code::TimestampLocalTwice),
            AmbiguousOffset::Gap { .. } => Err(Code::TimestampLocalNever),
        };
        prop_assert_eq!(millis(&text, Order::Auto, &zone), expected, "{} {}", text, zone);
    }

    #[test]
    fn times_around_each_change_are_those_of_jiff(
        zone in prop::sample::select(jiff::tz::db().available().map(|name| name.to_string()).collect::<Vec<_>>()),
        year in 1970_i16..2038,
        number in 0_usize..3,
        shift in -7200_i64..7200,
    ) {
        let zone_of_jiff = TimeZone::get(&zone).unwrap();
        let begin = DateTime::constant(year, 1, 2, 0, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let Some(change) = zone_of_jiff.following(begin).nth(number) else { return Ok(()) };
        let seconds = change.timestamp().as_second() + shift + i64::from(change.offset().seconds());
        prop_assume!((100_086_400..4_102_444_800).contains(&seconds));
        let local: DateTime = jiff::Timestamp::from_second(seconds).unwrap().to_zoned(TimeZone::UTC).datetime();
        let text = local.strftime("%Y-%m-%d %H:%M:%S").to_string();
        let expected = match zone_of_jiff.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => Ok((seconds - i64::from(offset.seconds())) as u64 * 1000),
            AmbiguousOffset::Fold { .. } => Err(Code::TimestampLocalTwice),
            AmbiguousOffset::Gap { .. } => Err(Code::TimestampLocalNever),
        };
        prop_assert_eq!(millis(&text, Order::Auto, &zone), expected, "{} {}", text, zone);
    }

    #[test]
    fn a_serial_date_of_eleven_decimals_is_exact_to_the_millisecond(ms in 100_000_000_000_u64..100_000_000_000_000) {
        let (days, rest) = (25_569 + ms / 86_400_000, ms % 86_400_000);
        let fraction = (u128::from(rest) * 100_000_000_000 + 43_200_000) / 86_400_000;
        prop_assert_eq!(millis(&format!("{days}.{fraction:011}"), Order::Serial, "UTC"), Ok(ms));
    }

    #[test]
    fn a_serial_date_of_five_decimals_is_exact_to_the_second(second in 100_000_000_u64..100_000_000_000) {
        let (days, rest) = (25_569 + second / 86_400, second % 86_400);
        let fraction = (rest * 100_000 + 43_200) / 86_400;
        prop_assert_eq!(millis(&format!("{days}.{fraction:05}"), Order::Serial, "UTC"), Ok(second * 1000));
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(
        text in ".*|[0-9/.:T, +-]{0,30}|[A-Za-z]{0,4}[ ,]{0,2}[0-9]{0,4}[-/. ][A-Za-z0-9]{0,5}[-/. ][0-9]{0,5}[ T:,]?[0-9:]{0,9}[ APM.Z+0-9()\\[\\]]{0,9}",
        order in prop::sample::select(Order::WORDS.to_vec()),
        zone in prop::sample::select(vec!["", "UTC", "Europe/Berlin"]),
    ) {
        let _ = millis(&text, order.0, zone);
        OrderProof::default().see(&text);
    }
}

/// Checks an input under a mapping in its own names; returns the body that is sent and the codes that were found.
fn checked(input: &str, mapping: impl FnOnce(&mut Mapping)) -> (String, Vec<&'static str>) {
    let mut own = Mapping::own();
    mapping(&mut own);
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    intake.map(own);
    intake.begin(None, Format::Auto);
    intake.push(input.as_bytes());
    intake.end();
    assert_eq!(intake.next_batch(), None);
    let body = intake.last_batch().map(|batch| String::from_utf8(batch.body).unwrap()).unwrap_or_default();
    (body, intake.report().issues.iter().map(|issue| issue.code).collect())
}

const HEADER: &str = "eventTypeId,trafficTypeName,key,timestamp,value";

#[test]
fn a_declared_time_and_amount_are_read_without_a_repair() {
    let berlin = Zone::parse("Europe/Berlin");
    let table = format!("{HEADER}\na,user,Ava,20.11.2026 14:30:15,\"1.234,50 €\"\na,user,Ava,25.10.2026 02:30,x\n");
    let (body, codes) = checked(&table, |mapping| {
        mapping.set_time(Some(Order::Dmy), None, berlin.as_ref());
        mapping.set_decimal(DecimalSign::Comma);
    });
    assert!(body.contains(r#""timestamp":1795181415000,"value":1234.50}"#), "{body}");
    assert_eq!(codes, ["timestamp_local_twice", "value_not_number"]);

    let json =
        r#"{"eventTypeId":"a","trafficTypeName":"user","key":"Ava","timestamp":"2026-11-20 14:30:15","value":"1,5"}"#;
    let (body, codes) = checked(json, |mapping| {
        mapping.set_time(None, None, berlin.as_ref());
        mapping.set_decimal(DecimalSign::Comma);
    });
    assert!(body.contains(r#""timestamp":1795181415000,"value":1.5}"#), "{body}");
    assert_eq!(codes, [""; 0]);
    let (_, codes) = checked(json, |_| ());
    assert_eq!(codes, ["timestamp_zone_missing", "value_not_number"]);
}

/// Checks an input whose dates are in the zone UTC in chunks of this size, as `check` does; returns the timestamps that
/// are sent and the codes.
fn proven(input: &str, size: usize) -> (Vec<u64>, Vec<&'static str>) {
    proven_by(Mapping::own(), Recognise::Use, input, size)
}

fn proven_by(mapping: Mapping, recognise: Recognise, input: &str, size: usize) -> (Vec<u64>, Vec<&'static str>) {
    let mut overlay = Overlay::default();
    overlay.set_time(None, None, Zone::parse("UTC"));
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    intake.map_by(mapping, overlay, recognise);
    intake.begin(None, Format::Auto);
    let mut bodies = Vec::new();
    for chunk in input.as_bytes().chunks(size) {
        intake.push(chunk);
        bodies.extend(std::iter::from_fn(|| intake.next_batch()));
    }
    intake.end();
    bodies.extend(std::iter::from_fn(|| intake.next_batch()));
    bodies.extend(intake.last_batch());
    let times = |body: &[u8]| -> Vec<u64> {
        let events: Vec<serde_json::Value> = serde_json::from_slice(body).unwrap();
        events.iter().map(|event| event["timestamp"].as_u64().unwrap()).collect()
    };
    let codes = intake.report().issues.iter().map(|issue| issue.code).filter(|code| code.starts_with("timestamp"));
    (bodies.iter().flat_map(|batch| times(&batch.body)).collect(), codes.collect())
}

#[test]
fn the_first_megabyte_proves_which_of_day_and_month_comes_first() {
    let table = |dates: &[&str]| {
        let rows = dates.iter().map(|date| ["a,user,Ava,", date, ",1\n"].concat()).collect::<Vec<_>>().concat();
        format!("{HEADER}\n{rows}")
    };
    let ndjson = |dates: &[&str]| -> String {
        let event = |date| {
            format!(
                "{{\"eventTypeId\":\"a\",\"trafficTypeName\":\"user\",\"key\":\"Ava\",\"timestamp\":\"{date}\",\"value\":1}}\n"
            )
        };
        dates.iter().map(event).collect()
    };
    let (third, fourth, twentieth) = (1_772_668_800_000, 1_775_088_000_000, 1_795_132_800_000);
    for size in [7, 1000, 1 << 20] {
        for input in [table, ndjson as fn(&[&str]) -> String].map(|make| make(&["3/5/2026", "4/2/2026", "11/20/2026"]))
        {
            assert_eq!(
                proven(&input, size),
                (vec![third, fourth, twentieth], vec!["timestamp_order_proven"]),
                "{size}"
            );
        }
        let (sent, codes) = proven(&table(&["5/3/2026", "20/11/2026", "11.20.2026", "2026-11-20"]), size);
        assert_eq!((sent, codes), (vec![twentieth], vec!["timestamp_order_unknown"; 3]), "{size}");
        let (sent, codes) = proven(&table(&["5/3/2026", "2026-11-20"]), size);
        assert_eq!((sent, codes), (vec![twentieth], vec!["timestamp_order_unknown"]), "{size}");
    }
    let mut dates = vec!["3/5/2026"; 50_000];
    dates.extend(["11/20/2026"]);
    let (sent, codes) = proven(&table(&dates), 1 << 16);
    assert_eq!((sent, codes.len()), (vec![], 100));
    dates[7] = "11/20/2026";
    dates.extend(["20/11/2026", "2026-11-20"]);
    let (sent, codes) = proven(&table(&dates), 1 << 16);
    assert_eq!((sent.len(), codes), (50_002, vec!["timestamp_order_proven", "timestamp_order_other"]));
}

#[test]
fn the_order_is_proven_under_a_mapping_that_was_given_too() {
    let mapping = r#"{"events":[{"eventTypeId":{"from":"event"},"trafficTypeName":{"value":"user"},"key":{"from":"id"},
        "timestamp":{"from":"at"},"value":{"value":1}}]}"#;
    let table = "event,id,at\na,Ava,3/5/2026\na,Ava,11/20/2026\n";
    let json =
        "{\"event\":\"a\",\"id\":\"b\",\"at\":\"3/5/2026\"}\n{\"event\":\"a\",\"id\":\"b\",\"at\":\"11/20/2026\"}\n";
    for input in [table, json] {
        for size in [7, 1000] {
            let taken = proven_by(Mapping::parse(mapping).unwrap(), Recognise::Off, input, size);
            assert_eq!(taken, (vec![1_772_668_800_000, 1_795_132_800_000], vec!["timestamp_order_proven"]), "{size}");
        }
    }
}

#[test]
fn events_in_their_own_shape_are_checked_as_they_come() {
    let event = "{\"eventTypeId\":\"a\",\"trafficTypeName\":\"user\",\"key\":\"Ava\",\"timestamp\":1795132800000}\n";
    for size in [7, 40, event.len()] {
        let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
        intake.map_by(Mapping::own(), Overlay::default(), Recognise::Use);
        intake.begin(None, Format::Auto);
        for events in 1..=3 {
            for chunk in event.as_bytes().chunks(size) {
                intake.push(chunk);
                assert_eq!(intake.next_batch(), None);
            }
            assert_eq!(intake.report().events, events, "{size}");
        }
    }
}
