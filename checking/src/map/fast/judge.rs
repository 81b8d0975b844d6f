//! The rules that rows are written by, in short.

use super::op::What;
use crate::bytes::Window;
use crate::codes::Code;
use crate::decimal::{self, Decimal};
use crate::host::Host;
use crate::keys::KnownKeys;
use crate::limits::{EVENT_TYPE_SURE, KEY_MAX, PROPERTY_STRING_MAX};
use crate::rules::{Rules, doubt, keeps_environment_name, keeps_event_type};
use crate::text::is_white_space;
use crate::time::{self, Iso, Time, TimeFormat, Unit, Zone};

/// What is counted of an event that is written, as bits in this order.
pub const COUNTED: [Code; 14] = [
    Code::ValueMissing,
    Code::EventTypeIdLong,
    Code::EventTypeIdColon,
    Code::TimestampOld,
    Code::TimestampAhead,
    Code::TimestampRfc3339,
    Code::TimestampSeconds,
    Code::TimestampMicroseconds,
    Code::TimestampNanoseconds,
    Code::TrafficTypeNameLowercased,
    Code::CsvCellTrimmed,
    Code::PropertyNotScalar,
    Code::KeyNumber,
    Code::KeyTrimmed,
];

pub(super) const VALUE_MISSING: u32 = 1;
pub(super) const LONG: u32 = 1 << 1;
pub(super) const COLON: u32 = 1 << 2;
const OLD: u32 = 1 << 3;
const AHEAD: u32 = 1 << 4;
pub(super) const DATE: u32 = 1 << 5;
const SECONDS: u32 = 1 << 6;
const MICROSECONDS: u32 = 1 << 7;
const NANOSECONDS: u32 = 1 << 8;
pub(super) const LOWERED: u32 = 1 << 9;
pub(super) const TRIMMED: u32 = 1 << 10;
pub(super) const NOT_SCALAR: u32 = 1 << 11;
pub(super) const KEY_NUMBER: u32 = 1 << 12;
pub(super) const KEY_TRIMMED: u32 = 1 << 13;
/// Of these the event is warned of.
pub(super) const WARNS: u32 = OLD | AHEAD;
/// By these the event is repaired.
pub(super) const REPAIRS: u32 =
    DATE | SECONDS | MICROSECONDS | NANOSECONDS | LOWERED | TRIMMED | NOT_SCALAR | KEY_NUMBER | KEY_TRIMMED;

/// The numbers that are times in milliseconds by their magnitude.
const MILLISECONDS: std::ops::Range<u64> = 100_000_000_000..100_000_000_000_000;

/// The rules, and what was reported so often that it is only counted.
#[derive(Debug)]
pub struct Judge<'r> {
    rules: &'r Rules,
    /// What need not be explained, as bits in the order of [`COUNTED`].
    pub(super) settled: u32,
    pub(super) takes_milliseconds: bool,
    pub(super) takes_all_keys: bool,
    pub(super) takes_all_traffic_types: bool,
    oldest: u64,
    newest: u64,
    /// A timestamp of thirteen digits is neither old nor ahead if its first eight are from the first to before the
    /// second.
    recent: (u64, u64),
}

impl<'r> Judge<'r> {
    /// `settled` tells whether an issue of this code is counted and not kept.
    pub fn new(rules: &'r Rules, settled: impl Fn(Code) -> bool) -> Self {
        let (oldest, newest) = (rules.oldest(), rules.newest());
        Judge {
            rules,
            settled: COUNTED.iter().rev().fold(0, |bits, &code| bits << 1 | u32::from(settled(code))),
            takes_milliseconds: matches!(rules.timestamp_unit, None | Some(Unit::Milliseconds)),
            takes_all_keys: rules.known_keys.is_none(),
            takes_all_traffic_types: rules.traffic_types.is_none(),
            oldest,
            newest,
            recent: (oldest / 100_000 + 1, newest / 100_000),
        }
    }

    /// Returns whether a timestamp of thirteen digits that begins with these eight is surely neither old nor ahead.
    #[inline(always)]
    pub fn is_recent(&self, digits: u64) -> bool {
        self.recent.0 <= digits && digits < self.recent.1
    }

    /// Returns the functions that write as JavaScript does.
    pub fn host(&self) -> &'static dyn Host {
        self.rules.host
    }

    /// Returns whether the rules keep the constants of a mapping, and nothing is to be counted of them.
    pub fn keeps_constants(&self, texts: &[(What, String)]) -> bool {
        texts.iter().all(|(what, text)| match what {
            What::EventType => keeps_event_type(text) && text.len() <= EVENT_TYPE_SURE && !text.contains(':'),
            What::TrafficType => self.rules.keeps_traffic_type_name(text),
            What::Environment => keeps_environment_name(text),
            _ => true,
        })
    }

    /// Returns whether a text that the mapping has changed is sent as it is, and needs no escapes.
    pub fn keeps_changed(&self, what: What, text: &str) -> bool {
        let is_plain = text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
        is_plain
            && match what {
                What::EventType => keeps_event_type(text),
                What::TrafficType => self.rules.keeps_traffic_type_name(text),
                What::Key => text.len() <= KEY_MAX && self.keeps_key(text.as_bytes()),
                What::Environment => keeps_environment_name(text),
                _ => text.len() <= PROPERTY_STRING_MAX,
            }
    }

    /// Reads a time of this length in any form; returns Unix milliseconds and what is to be counted.
    #[inline(never)]
    pub fn time(&self, window: Window, cell: &[u8]) -> Option<(u64, u32)> {
        if let Some(millis) = self.date(window, cell.len(), None) {
            return Some((millis, DATE | self.age(millis)));
        }
        let text = std::str::from_utf8(cell).ok()?;
        let is_whole = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
        let format = TimeFormat { unit: self.rules.timestamp_unit, ..TimeFormat::default() };
        let (millis, notes) = match time::read(text, &format, self.rules.host) {
            Ok(Time::Date(millis)) => (millis, DATE),
            Ok(Time::Number { millis, unit }) if is_whole => match unit {
                Unit::Seconds => (millis, SECONDS),
                Unit::Milliseconds => (millis, 0),
                Unit::Microseconds => (millis, MICROSECONDS),
                Unit::Nanoseconds => (millis, NANOSECONDS),
            },
            _ => return None,
        };
        Some((millis, notes | self.age(millis)))
    }

    /// Reads a time that is written as the mapping says.
    #[inline(never)]
    pub fn declared(&self, window: Window, cell: &[u8], format: &TimeFormat) -> Option<(u64, u32)> {
        if !self.takes_milliseconds {
            return None;
        }
        let millis = match self.date(window, cell.len(), format.zone.as_ref()) {
            Some(millis) => millis,
            None => time::read(std::str::from_utf8(cell).ok()?, format, self.rules.host).ok()?.millis(),
        };
        // the rule takes a number of fewer or more digits for a time in another unit
        MILLISECONDS.contains(&millis).then(|| (millis, self.age(millis)))
    }

    /// Reads a date as most programs write it.
    #[inline(always)]
    fn date(&self, window: Window, length: usize, zone: Option<&Zone>) -> Option<u64> {
        let Iso { millis, is_utc } = time::iso(window.bytes(), length)?;
        let millis = if is_utc {
            millis
        } else {
            zone?.utc((millis / 1000) as i64, self.rules.host).ok()?.unsigned_abs() * 1000 + millis % 1000
        };
        MILLISECONDS.contains(&millis).then_some(millis)
    }

    /// Notes whether a time is old or ahead.
    #[inline(always)]
    pub fn age(&self, millis: u64) -> u32 {
        let old = if millis < self.oldest { OLD } else { 0 };
        let ahead = if millis > self.newest { AHEAD } else { 0 };
        old | ahead
    }

    /// Returns whether a key that is UTF-8 and has an odd byte or length needs no explanation.
    #[inline(never)]
    pub fn keeps_key(&self, key: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(key) else { return false };
        let is_trimmed = !text.starts_with(is_white_space) && !text.ends_with(is_white_space);
        let is_known = |keys: &KnownKeys| keys.contains(key);
        is_trimmed && doubt(key).is_none() && self.rules.known_keys.as_deref().is_none_or(is_known)
    }

    /// Returns whether a traffic type is among those that the user lists.
    #[inline(never)]
    pub fn keeps_traffic_type(&self, name: &[u8]) -> bool {
        std::str::from_utf8(name).is_ok_and(|name| self.rules.keeps_traffic_type_name(name))
    }

    /// Returns whether an event type is sent as it is.
    pub fn keeps_event_type(&self, name: &str) -> bool {
        keeps_event_type(name)
    }

    /// Returns whether an environment is sent as it is.
    pub fn keeps_environment(&self, name: &str) -> bool {
        keeps_environment_name(name)
    }

    /// Returns whether a property's cell, which begins as numbers do, is written by JavaScript in the same way.
    #[inline(never)]
    pub fn is_as_written(&self, cell: &[u8]) -> bool {
        std::str::from_utf8(cell).is_ok_and(|cell| decimal::is_as_written(cell, self.rules.host))
    }
}

/// Returns whether a cell is a finite number as JSON writes it.
#[inline(never)]
pub(super) fn is_finite_number(cell: &[u8]) -> bool {
    let number = std::str::from_utf8(cell).ok().and_then(Decimal::parse);
    number.is_some_and(|number| number.is_json() && number.is_finite())
}
