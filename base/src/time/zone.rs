//! Zones of times that are written without one.

use std::sync::{Arc, Mutex, PoisonError};

use super::rest::Rest;
use crate::codes::Code;
use crate::host::Host;

const DAY: i64 = 86_400;
/// How many days a zone remembers.
const DAYS: usize = 1024;

/// A zone: an offset from UTC, or a name. What a host was asked about it is remembered, by all copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(Offsets);

#[derive(Debug, Clone)]
enum Offsets {
    /// Seconds east of UTC.
    Fixed(i64),
    Named(Arc<Named>),
}

impl Eq for Offsets {}

impl PartialEq for Offsets {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Offsets::Fixed(one), Offsets::Fixed(other)) => one == other,
            (Offsets::Named(one), Offsets::Named(other)) => one.name == other.name,
            _ => false,
        }
    }
}

#[derive(Debug)]
struct Named {
    name: String,
    /// Days, each at its number modulo [`DAYS`]; empty before the first.
    days: Mutex<Vec<Day>>,
}

/// The offsets of a zone around one local day. No zone changes its offset twice in three days.
#[derive(Debug, Clone, Copy)]
struct Day {
    number: i64,
    /// Seconds east of UTC, before the change and from it on.
    before: i32,
    after: i32,
    /// The Unix second of the change; the largest one if there is none.
    change: i64,
}

impl Zone {
    /// Reads `UTC`, an offset such as `+02:00`, or a name that begins with a letter.
    pub fn parse(text: &str) -> Option<Zone> {
        if let Some(offset) = Rest(text.as_bytes()).zone().filter(|_| !text.contains(' ')) {
            return Some(Zone(Offsets::Fixed(offset)));
        }
        let named = || Named { name: text.to_owned(), days: Mutex::default() };
        text.starts_with(|first: char| first.is_ascii_alphabetic()).then(|| Zone(Offsets::Named(Arc::new(named()))))
    }

    /// Returns whether the host knows this zone. In one that it does not know no time can be read.
    pub fn exists(&self, host: &dyn Host) -> bool {
        match &self.0 {
            Offsets::Fixed(_) => true,
            Offsets::Named(zone) => host.offset(&zone.name, 0).is_some(),
        }
    }

    /// Returns the Unix second at which the zone's clocks show this one, counted from 1970-01-01 00:00 of these clocks.
    /// Fails if they show it twice or never.
    pub fn utc(&self, local: i64, host: &dyn Host) -> Result<i64, Code> {
        let day = match &self.0 {
            Offsets::Fixed(offset) => return Ok(local - offset),
            Offsets::Named(zone) => zone.day(local.div_euclid(DAY), host).ok_or(Code::TimestampZoneMissing)?,
        };
        let (first, second) = (local - i64::from(day.before), local - i64::from(day.after));
        match (first < day.change, second >= day.change) {
            (true, false) => Ok(first),
            (false, true) => Ok(second),
            (true, true) => Err(Code::TimestampLocalTwice),
            (false, false) => Err(Code::TimestampLocalNever),
        }
    }
}

impl Named {
    /// Returns a local day, or `None` if the host does not know the zone.
    fn day(&self, number: i64, host: &dyn Host) -> Option<Day> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        if days.is_empty() {
            days.resize(DAYS, Day { number: i64::MIN, before: 0, after: 0, change: 0 });
        }
        let day = days.get_mut(number.rem_euclid(DAYS as i64) as usize)?;
        if day.number != number {
            *day = self.ask(number, host)?;
        }
        Some(*day)
    }

    /// Asks for a local day, which lies within three days of UTC.
    fn ask(&self, number: i64, host: &dyn Host) -> Option<Day> {
        let offset = |at| host.offset(&self.name, at);
        let (mut from, mut until) = ((number - 1) * DAY, (number + 2) * DAY);
        let (before, after) = (offset(from)?, offset(until)?);
        if before == after {
            return Some(Day { number, before, after, change: i64::MAX });
        }
        while until - from > 1 {
            let middle = i64::midpoint(from, until);
            if offset(middle)? == before { from = middle } else { until = middle }
        }
        Some(Day { number, before, after, change: until })
    }
}
