//! Proves one event clean byte for byte, and remembers what lies between its values.

use std::ops::Range;

use super::values::{self, Names, Notes, Signs, Text};
use crate::bytes::{Padded, Window};
use crate::event::FIELDS;
use crate::keys::KnownKeys;
use crate::limits::{EVENT_TYPE_SURE, KEY_MAX, PROPERTIES_MAX, PROPERTY_STRING_MAX};
use crate::rules::{Rules, keeps_environment_name, keeps_event_type, name_bit};
use crate::text::is_white_space;
use crate::time::Unit;

/// What a value of an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    EventTypeId,
    TrafficTypeName,
    Key,
    Timestamp,
    Value,
    /// `null` in place of an object.
    Properties,
    EnvironmentName,
    /// The value of a property.
    Property,
    /// None: the event is over.
    End,
}

const SLOTS: [Slot; FIELDS.len()] = [
    Slot::EventTypeId,
    Slot::TrafficTypeName,
    Slot::Key,
    Slot::Timestamp,
    Slot::Value,
    Slot::Properties,
    Slot::EnvironmentName,
];

const REQUIRED: u32 = 0b1111;
const VALUE: u32 = 1 << 4;

/// The bytes before a value, the line breaks in them, and what that value is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub start: usize,
    pub end: usize,
    pub lines: u32,
    pub slot: Slot,
}

/// A field of an event: its number, where its name stands with its quotes, and where its value stands.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub field: usize,
    pub name: Range<usize>,
    pub value: Range<usize>,
    /// Whether the value is sent as it is.
    pub is_sure: bool,
}

/// What is remembered of an event while it is proved.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// The first byte of its key, without quotes, and the byte behind it.
    pub key: (usize, usize),
    /// The same of its traffic type.
    pub traffic_type: (usize, usize),
    /// Whether its key is known to be of no shape, without capitals, and not [doubtful](crate::rules::doubt).
    pub plain_key: bool,
    /// What is to be counted of it.
    pub notes: Notes,
}

#[derive(Debug, Default)]
pub(super) struct Scanner {
    pub gaps: Vec<Gap>,
    /// The fields of an event that has a value that is not sure.
    pub members: Vec<Member>,
    /// Where the names of the event's properties stand.
    names: Vec<(usize, usize)>,
    signs: Signs,
    event_types: Names,
    traffic_types: Names,
    environments: Names,
}

/// The rules, and what they say of keys and timestamps in short.
pub(super) struct Limits<'r> {
    pub rules: &'r Rules,
    takes_milliseconds: bool,
    takes_all_keys: bool,
    oldest: u64,
    newest: u64,
    /// A timestamp of thirteen digits is neither old nor ahead if its first eight are from the first to before the
    /// second.
    recent: (u64, u64),
}

impl<'r> Limits<'r> {
    pub fn of(rules: &'r Rules) -> Self {
        let takes_milliseconds = matches!(rules.timestamp_unit, None | Some(Unit::Milliseconds));
        let (oldest, newest) = (rules.oldest(), rules.newest());
        let recent = (oldest / 100_000 + 1, newest / 100_000);
        Limits { rules, takes_milliseconds, takes_all_keys: rules.known_keys.is_none(), oldest, newest, recent }
    }

    /// Returns whether a timestamp of thirteen digits that begins with these eight is surely neither old nor ahead.
    #[inline(always)]
    fn recent(&self, digits: u64) -> bool {
        self.recent.0 <= digits && digits < self.recent.1
    }

    #[inline(always)]
    fn notes(&self, millis: u64) -> Notes {
        Notes::OLD.when(millis < self.oldest) | Notes::AHEAD.when(millis > self.newest)
    }

    /// Returns whether the key is known, if known keys are given: one that is not is to be explained.
    #[inline(always)]
    fn takes_key(&self, bytes: Padded, start: usize, end: usize) -> bool {
        match &self.rules.known_keys {
            None => true,
            Some(known) => !cfg!(feature = "keys") || is_known(known, bytes.span(start, end)),
        }
    }
}

impl Scanner {
    /// Reads the event that begins here, and leaves its gaps in [`Scanner::gaps`]. If it `MENDS`, it skips values that
    /// are not sure, and leaves the fields in [`Scanner::members`]. Returns the byte behind it and the line breaks
    /// in it. Fails with the byte at which it stopped.
    pub fn event<const MENDS: bool>(
        &mut self,
        bytes: Padded,
        start: usize,
        limits: &Limits,
        seen: &mut Seen,
    ) -> Result<(usize, u32), usize> {
        self.gaps.clear();
        if MENDS {
            self.members.clear();
        }
        let mut gap = Gap { start, end: start, lines: 0, slot: Slot::End };
        let mut lines = 0;
        let mut fields = 0_u32;
        let mut at = values::space(bytes, start + 1, &mut gap.lines);
        loop {
            let open = at;
            let (name, colon) = name(bytes, at, &mut gap.lines, &self.signs)?;
            let field = FIELDS.iter().position(|field| field.as_bytes() == name).ok_or(colon)?;
            if fields & 1 << field != 0 {
                return Err(colon);
            }
            fields |= 1 << field;
            at = values::space(bytes, colon + 1, &mut gap.lines);
            let (value, before) = (at, seen.notes);
            let end = if SLOTS[field] == Slot::Properties && bytes.byte(at) == b'{' {
                self.properties(bytes, at, &mut gap, &mut lines, seen)
            } else {
                gap.slot = SLOTS[field];
                self.close_gap(bytes, at, &mut gap, &mut lines, limits, seen)
            };
            if MENDS {
                let name = open..open + name.len() + 2;
                let is_sure = end.is_ok();
                at = end.or_else(|_| values::skip(bytes, at, &self.signs))?;
                self.members.push(Member { field, name, value: value..at, is_sure });
                if !is_sure {
                    seen.notes = before;
                }
            } else {
                at = end?;
            }
            at = values::space(bytes, at, &mut gap.lines);
            match bytes.byte(at) {
                b',' => at = values::space(bytes, at + 1, &mut gap.lines),
                b'}' => break,
                _ => return Err(at),
            }
        }
        if fields & REQUIRED != REQUIRED {
            return Err(at);
        }
        seen.notes |= Notes::VALUE_MISSING.when(fields & VALUE == 0);
        self.gaps.push(Gap { end: at + 1, slot: Slot::End, ..gap });
        Ok((at + 1, lines + gap.lines))
    }

    #[inline(always)]
    fn properties(
        &mut self,
        bytes: Padded,
        start: usize,
        gap: &mut Gap,
        lines: &mut u32,
        seen: &mut Seen,
    ) -> Result<usize, usize> {
        self.names.clear();
        let mut hashes = 0_u64;
        let mut at = values::space(bytes, start + 1, &mut gap.lines);
        if bytes.byte(at) == b'}' {
            return Ok(at + 1);
        }
        loop {
            let open = at;
            let (name, colon) = name(bytes, at, &mut gap.lines, &self.signs)?;
            let bit = name_bit(name);
            if hashes & bit != 0 && self.names.iter().any(|&(start, end)| bytes.span(start, end) == name) {
                return Err(colon);
            }
            hashes |= bit;
            self.names.push((open + 1, open + 1 + name.len()));
            if self.names.len() > PROPERTIES_MAX {
                return Err(at);
            }
            at = values::space(bytes, colon + 1, &mut gap.lines);
            gap.slot = Slot::Property;
            self.gaps.push(Gap { end: at, ..*gap });
            *lines += gap.lines;
            at = self.property(bytes, at, seen)?;
            *gap = Gap { start: at, end: at, lines: 0, slot: Slot::End };
            at = values::space(bytes, at, &mut gap.lines);
            match bytes.byte(at) {
                b',' => at = values::space(bytes, at + 1, &mut gap.lines),
                b'}' => return Ok(at + 1),
                _ => return Err(at),
            }
        }
    }

    /// Ends the gap at `at`, reads the value there, and begins the next gap behind it.
    #[inline(always)]
    fn close_gap(
        &mut self,
        bytes: Padded,
        at: usize,
        gap: &mut Gap,
        lines: &mut u32,
        limits: &Limits,
        seen: &mut Seen,
    ) -> Result<usize, usize> {
        self.gaps.push(Gap { end: at, ..*gap });
        *lines += gap.lines;
        let quick = bytes.window(at).and_then(|window| self.quick_value(gap.slot, bytes, window, at, limits, seen));
        let end = match quick {
            Some(end) => end,
            None => self.any_value(gap.slot, bytes, at, limits, seen)?,
        };
        *gap = Gap { start: end, end, lines: 0, slot: Slot::End };
        Ok(end)
    }

    /// Reads the value that begins here if it is as most are; returns the byte behind it.
    #[inline(always)]
    pub fn quick_value(
        &self,
        slot: Slot,
        bytes: Padded,
        window: Window,
        at: usize,
        limits: &Limits,
        seen: &mut Seen,
    ) -> Option<usize> {
        let first = window.byte(0);
        match slot {
            Slot::Property if first == b'"' => {
                let end = values::quick_text(bytes, window, at, &self.signs)?;
                (end - at - 1 <= PROPERTY_STRING_MAX).then_some(end + 1)
            }
            Slot::Property if first >= b'a' => {
                let (end, is_null) = values::quick_word(window, at)?;
                seen.notes |= Notes::NULL.when(is_null);
                Some(end)
            }
            Slot::Property | Slot::Value if first == b'-' => values::quick_number::<1>(window, at, &self.signs),
            Slot::Property | Slot::Value => values::quick_number::<0>(window, at, &self.signs),
            Slot::Timestamp => {
                let end = values::quick_milliseconds(window, at, &self.signs)?;
                (limits.takes_milliseconds & limits.recent(values::number8(window.word()))).then_some(end)
            }
            Slot::Key if first == b'"' => {
                let (end, plain) = values::quick_key(bytes, window, at, &self.signs)?;
                seen.key = (at + 1, end);
                seen.plain_key = plain;
                limits.takes_all_keys.then_some(end + 1)
            }
            Slot::EventTypeId if first == b'"' => {
                let (end, notes) = self.event_types.known(window, at, &self.signs)?;
                seen.notes |= notes;
                Some(end + 1)
            }
            Slot::TrafficTypeName if first == b'"' => {
                let (end, _) = self.traffic_types.known(window, at, &self.signs)?;
                seen.traffic_type = (at + 1, end);
                Some(end + 1)
            }
            Slot::EnvironmentName if first == b'"' => Some(self.environments.known(window, at, &self.signs)?.0 + 1),
            _ => None,
        }
    }

    /// Reads the value that begins here; returns the byte behind it. Fails with the byte at which it stopped.
    #[inline(never)]
    pub fn any_value(
        &mut self,
        slot: Slot,
        bytes: Padded,
        at: usize,
        limits: &Limits,
        seen: &mut Seen,
    ) -> Result<usize, usize> {
        let rules = limits.rules;
        match slot {
            Slot::Property => self.property(bytes, at, seen),
            Slot::Timestamp => {
                let (end, millis) = values::milliseconds(bytes, at, &self.signs)?;
                if !limits.takes_milliseconds {
                    return Err(at);
                }
                seen.notes |= limits.notes(millis);
                Ok(end)
            }
            Slot::Key => {
                if !limits.takes_all_keys
                    && bytes.byte(at) == b'"'
                    && let Some(window) = bytes.window(at)
                    && let Some((end, plain)) = values::quick_key(bytes, window, at, &self.signs)
                    && limits.takes_key(bytes, at + 1, end)
                {
                    (seen.key, seen.plain_key) = ((at + 1, end), plain);
                    return Ok(end + 1);
                }
                let end = key(bytes, at, limits, &self.signs)?;
                seen.key = (at + 1, end - 1);
                seen.plain_key = false;
                Ok(end)
            }
            Slot::Value if bytes.byte(at) == b'n' => {
                seen.notes |= Notes::VALUE_MISSING;
                null(bytes, at, seen)
            }
            Slot::Value => values::number(bytes, at, &self.signs),
            Slot::EventTypeId => {
                let judge = |name: &str| keeps_event_type(name).then(|| notes_of_event_type(name));
                let (end, notes) = meet(&mut self.event_types, bytes, at, &self.signs, judge)?;
                seen.notes |= notes;
                Ok(end)
            }
            Slot::TrafficTypeName => {
                let judge = |name: &str| rules.keeps_traffic_type_name(name).then(Notes::default);
                let (end, _) = meet(&mut self.traffic_types, bytes, at, &self.signs, judge)?;
                seen.traffic_type = (at + 1, end - 1);
                Ok(end)
            }
            Slot::EnvironmentName if bytes.byte(at) == b'"' => {
                let judge = |name: &str| keeps_environment_name(name).then(Notes::default);
                Ok(meet(&mut self.environments, bytes, at, &self.signs, judge)?.0)
            }
            Slot::EnvironmentName | Slot::Properties => null(bytes, at, seen),
            Slot::End => Err(at),
        }
    }

    #[inline(always)]
    fn property(&self, bytes: Padded, at: usize, seen: &mut Seen) -> Result<usize, usize> {
        match bytes.byte(at) {
            b'"' => {
                let text = values::string(bytes, at, &self.signs)?;
                if text.end - text.start > PROPERTY_STRING_MAX { Err(at) } else { Ok(text.end + 1) }
            }
            b't' | b'f' => values::word(bytes, at),
            b'n' => null(bytes, at, seen),
            _ => values::number(bytes, at, &self.signs),
        }
    }
}

#[inline(always)]
fn null(bytes: Padded, at: usize, seen: &mut Seen) -> Result<usize, usize> {
    seen.notes |= Notes::NULL;
    if bytes.byte(at) == b'n' { values::word(bytes, at) } else { Err(at) }
}

#[inline(never)]
fn is_known(keys: &KnownKeys, key: &[u8]) -> bool {
    keys.contains(key)
}

/// Reads a name that is not known, and remembers it if its rule keeps it: `judge` then returns what is to be noted.
/// Returns the byte behind it, and the notes.
fn meet(
    names: &mut Names,
    bytes: Padded,
    at: usize,
    signs: &Signs,
    judge: impl FnOnce(&str) -> Option<Notes>,
) -> Result<(usize, Notes), usize> {
    let text = quoted(bytes, at, signs)?;
    let name = std::str::from_utf8(bytes.span(text.start, text.end)).map_err(|_| at)?;
    let notes = judge(name).ok_or(at)?;
    names.learn(bytes, at, notes, signs);
    Ok((text.end + 1, notes))
}

fn notes_of_event_type(name: &str) -> Notes {
    Notes::LONG_NAME.when(name.len() > EVENT_TYPE_SURE) | Notes::COLON.when(name.as_bytes().contains(&b':'))
}

/// Reads the name of a member without escapes; returns its text and the byte of the colon behind it.
#[inline(always)]
fn name<'b>(bytes: Padded<'b>, at: usize, lines: &mut u32, signs: &Signs) -> Result<(&'b [u8], usize), usize> {
    let text = quoted(bytes, at, signs)?;
    let colon = values::space(bytes, text.end + 1, lines);
    if bytes.byte(colon) != b':' {
        return Err(colon);
    }
    Ok((bytes.span(text.start, text.end), colon))
}

/// Reads a string without escapes.
#[inline(always)]
fn quoted(bytes: Padded, at: usize, signs: &Signs) -> Result<Text, usize> {
    if bytes.byte(at) != b'"' {
        return Err(at);
    }
    let text = values::string(bytes, at, signs)?;
    if text.escaped { Err(at) } else { Ok(text) }
}

/// Reads a key that needs no explanation; returns the byte behind it.
fn key(bytes: Padded, at: usize, limits: &Limits, signs: &Signs) -> Result<usize, usize> {
    let text = quoted(bytes, at, signs)?;
    let (start, end) = (text.start, text.end);
    if start == end || end - start > KEY_MAX || bytes.byte(start) == b' ' || bytes.byte(end - 1) == b' ' {
        return Err(at);
    }
    // the first bytes of ECMAScript's white space, and what may be its last
    if matches!(bytes.byte(start), 0xC2 | 0xE1..=0xE3 | 0xEF) || bytes.byte(end - 1) >= 0x80 {
        let text = std::str::from_utf8(bytes.span(start, end)).map_err(|_| at)?;
        if text.starts_with(is_white_space) || text.ends_with(is_white_space) {
            return Err(at);
        }
    }
    if !limits.takes_key(bytes, start, end) {
        return Err(at);
    }
    Ok(end + 1)
}
