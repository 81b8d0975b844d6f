//! Proves one event clean, byte for byte, and remembers what lies between its values.

use super::Notes;
use super::token::{self, Literal, Text};
use crate::ecma;
use crate::event::FIELDS;
use crate::issue::{Code, Findings};
use crate::json::{Kind, Value};
use crate::read::Padded;
use crate::rules::{Field, KEY_MAX, PROPERTIES_MAX, PROPERTY_STRING_MAX, Rules, name_hash};

/// What stands in a place of an event.
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
    /// Nothing: the event is over.
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

/// The bytes before a value, and what that value is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub start: usize,
    pub end: usize,
    pub lines: u32,
    pub slot: Slot,
}

#[derive(Debug, Default)]
pub(super) struct Scanner {
    pub gaps: Vec<Gap>,
    pub notes: Notes,
    /// Where the last event's key and traffic type stand, without their quotes.
    pub key: (usize, usize),
    pub traffic_type: (usize, usize),
    /// Where the last proof broke off.
    pub stopped_at: usize,
    names: Vec<(usize, usize)>,
    event_types: Known,
    traffic_types: Known,
}

impl Scanner {
    /// Gives the byte behind the event, and the line breaks in it.
    pub fn event(&mut self, bytes: Padded, start: usize, rules: &Rules) -> Option<(usize, u32)> {
        self.gaps.clear();
        match self.object(bytes, start, rules) {
            Ok(proved) => Some(proved),
            Err(at) => {
                self.stopped_at = at;
                None
            }
        }
    }

    fn object(&mut self, bytes: Padded, start: usize, rules: &Rules) -> Result<(usize, u32), usize> {
        let mut gap = Gap { start, end: start, lines: 0, slot: Slot::End };
        let mut lines = 0;
        let mut seen = 0_u32;
        let mut at = token::space(bytes, start + 1, &mut gap.lines);
        loop {
            let (name, colon) = name(bytes, at, &mut gap.lines)?;
            let field = FIELDS.iter().position(|field| field.as_bytes() == name).ok_or(colon)?;
            if seen & 1 << field != 0 {
                return Err(colon);
            }
            seen |= 1 << field;
            at = token::space(bytes, colon + 1, &mut gap.lines);
            if SLOTS[field] == Slot::Properties && bytes.byte(at) == b'{' {
                at = self.properties(bytes, at, &mut gap, &mut lines)?;
            } else {
                gap.slot = SLOTS[field];
                at = self.close_gap(bytes, at, &mut gap, &mut lines, rules)?;
            }
            at = token::space(bytes, at, &mut gap.lines);
            match bytes.byte(at) {
                b',' => at = token::space(bytes, at + 1, &mut gap.lines),
                b'}' => break,
                _ => return Err(at),
            }
        }
        if seen & REQUIRED != REQUIRED {
            return Err(at);
        }
        self.notes.value_missing |= seen & VALUE == 0;
        self.gaps.push(Gap { end: at + 1, slot: Slot::End, ..gap });
        Ok((at + 1, lines + gap.lines))
    }

    fn properties(&mut self, bytes: Padded, start: usize, gap: &mut Gap, lines: &mut u32) -> Result<usize, usize> {
        self.names.clear();
        let mut hashes = 0_u64;
        let mut at = token::space(bytes, start + 1, &mut gap.lines);
        if bytes.byte(at) == b'}' {
            return Ok(at + 1);
        }
        loop {
            let open = at;
            let (name, colon) = name(bytes, at, &mut gap.lines)?;
            let bit = 1_u64 << (name_hash(name) & 63);
            if hashes & bit != 0 && self.names.iter().any(|&(start, end)| bytes.span(start, end) == name) {
                return Err(colon);
            }
            hashes |= bit;
            self.names.push((open + 1, open + 1 + name.len()));
            if self.names.len() > PROPERTIES_MAX {
                return Err(at);
            }
            at = token::space(bytes, colon + 1, &mut gap.lines);
            gap.slot = Slot::Property;
            self.gaps.push(Gap { end: at, ..*gap });
            *lines += gap.lines;
            at = property(bytes, at)?;
            *gap = Gap { start: at, end: at, lines: 0, slot: Slot::End };
            at = token::space(bytes, at, &mut gap.lines);
            match bytes.byte(at) {
                b',' => at = token::space(bytes, at + 1, &mut gap.lines),
                b'}' => return Ok(at + 1),
                _ => return Err(at),
            }
        }
    }

    /// The gap ends at `at`; reads the value, and begins the next gap behind it.
    fn close_gap(
        &mut self,
        bytes: Padded,
        at: usize,
        gap: &mut Gap,
        lines: &mut u32,
        rules: &Rules,
    ) -> Result<usize, usize> {
        self.gaps.push(Gap { end: at, ..*gap });
        *lines += gap.lines;
        let end = self.value(gap.slot, bytes, at, rules)?;
        *gap = Gap { start: end, end, lines: 0, slot: Slot::End };
        Ok(end)
    }

    /// The value of a field that begins here; gives the byte behind it.
    #[inline(always)]
    pub fn value(&mut self, slot: Slot, bytes: Padded, at: usize, rules: &Rules) -> Result<usize, usize> {
        match slot {
            Slot::Property => property(bytes, at),
            Slot::Timestamp => {
                let (end, number) = token::milliseconds(bytes, at)?;
                if !rules.takes_milliseconds() {
                    return Err(at);
                }
                self.notes.old |= rules.is_old(number);
                self.notes.ahead |= rules.is_ahead(number);
                Ok(end)
            }
            Slot::Key => {
                let end = key(bytes, at, rules)?;
                self.key = (at + 1, end - 1);
                Ok(end)
            }
            Slot::Value if bytes.byte(at) == b'n' => {
                self.notes.value_missing = true;
                null(bytes, at)
            }
            Slot::Value => token::number(bytes, at),
            Slot::EventTypeId => {
                let rule = |value: &Value, found: &mut Findings| rules.event_type_id(Some(value), found);
                let (end, notes) = self.event_types.name(bytes, at, &rule)?;
                self.notes.long_name |= notes.long_name;
                self.notes.colon |= notes.colon;
                Ok(end)
            }
            Slot::TrafficTypeName => {
                let rule = |value: &Value, found: &mut Findings| rules.traffic_type_name(Some(value), found);
                let end = self.traffic_types.name(bytes, at, &rule)?.0;
                self.traffic_type = (at + 1, end - 1);
                Ok(end)
            }
            Slot::EnvironmentName if bytes.byte(at) == b'"' => Ok(token::string(bytes, at + 1)?.end + 1),
            Slot::EnvironmentName | Slot::Properties => null(bytes, at),
            Slot::End => Err(at),
        }
    }
}

/// A name without escapes; gives its text and where the colon stands behind it.
#[inline(always)]
fn name<'b>(bytes: Padded<'b>, at: usize, lines: &mut u32) -> Result<(&'b [u8], usize), usize> {
    let text = quoted(bytes, at)?;
    let colon = token::space(bytes, text.end + 1, lines);
    if bytes.byte(colon) != b':' {
        return Err(colon);
    }
    Ok((bytes.span(text.start, text.end), colon))
}

/// A string without escapes.
#[inline(always)]
fn quoted(bytes: Padded, at: usize) -> Result<Text, usize> {
    if bytes.byte(at) != b'"' {
        return Err(at);
    }
    let text = token::string(bytes, at + 1)?;
    if text.escaped { Err(at) } else { Ok(text) }
}

#[inline(always)]
fn key(bytes: Padded, at: usize, rules: &Rules) -> Result<usize, usize> {
    let text = quoted(bytes, at)?;
    let (start, end) = (text.start, text.end);
    if start == end || end - start > KEY_MAX || bytes.byte(start) == b' ' || bytes.byte(end - 1) == b' ' {
        return Err(at);
    }
    if !text.ascii {
        let text = std::str::from_utf8(bytes.span(start, end)).map_err(|_| at)?;
        if text.starts_with(ecma::is_space) || text.ends_with(ecma::is_space) {
            return Err(at);
        }
    }
    // a key that is not known is to be explained
    if rules.known_keys.as_ref().is_some_and(|known| !known.contains(bytes.span(start, end))) {
        return Err(at);
    }
    Ok(end + 1)
}

#[inline(always)]
fn property(bytes: Padded, at: usize) -> Result<usize, usize> {
    match bytes.byte(at) {
        b'"' => {
            let text = token::string(bytes, at + 1)?;
            if text.end - text.start > PROPERTY_STRING_MAX { Err(at) } else { Ok(text.end + 1) }
        }
        b't' | b'f' | b'n' => token::word(bytes, at),
        _ => token::number(bytes, at),
    }
}

#[inline(always)]
fn null(bytes: Padded, at: usize) -> Result<usize, usize> {
    if bytes.byte(at) == b'n' { token::word(bytes, at) } else { Err(at) }
}

type Rule<'r> = &'r dyn Fn(&Value, &mut Findings) -> Field;

/// Names that the rules have found good before, with their quotes. A few are enough: they repeat.
#[derive(Debug, Default)]
struct Known {
    names: [(Literal, Notes); 4],
    oldest: usize,
}

impl Known {
    /// Reads a name and finds it good by memory or by its rule; gives the byte behind it and what is to be noted.
    #[inline(always)]
    fn name(&mut self, bytes: Padded, at: usize, rule: Rule) -> Result<(usize, Notes), usize> {
        match self.names.iter().find(|(name, _)| name.len() > 0 && name.stands_at(bytes, at)) {
            Some((name, notes)) => Ok((at + name.len(), *notes)),
            None => self.meet(bytes, at, rule),
        }
    }

    #[cold]
    #[inline(never)]
    fn meet(&mut self, bytes: Padded, at: usize, rule: Rule) -> Result<(usize, Notes), usize> {
        let text = quoted(bytes, at)?;
        let name = std::str::from_utf8(bytes.span(text.start, text.end)).map_err(|_| at)?;
        let mut found = Findings::default();
        let kept = rule(&Value { raw: name, at: 0, kind: Kind::String(name.into()) }, &mut found);
        let mut notes = Notes::default();
        for finding in found.into_vec() {
            match finding.code {
                Code::EventTypeIdLong => notes.long_name = true,
                Code::EventTypeIdColon => notes.colon = true,
                _ => return Err(at),
            }
        }
        if kept != Field::Keep {
            return Err(at);
        }
        if let Some(literal) = Literal::new(bytes.span(at, text.end + 1)) {
            self.oldest = (self.oldest + 1) % self.names.len();
            self.names[self.oldest] = (literal, notes);
        }
        Ok((text.end + 1, notes))
    }
}
