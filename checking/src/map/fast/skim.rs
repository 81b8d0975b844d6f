//! Finds the wanted values of a JSON record, and proves that all others are well formed.
//!
//! What stands between two values, names and brackets among it, is mostly what stood there in an earlier record.

use super::token::{self, Signs};
use super::tree::{END, NONE, OTHER, Property, ROOT, Step, Tree};
use crate::bytes::Padded;
use crate::check::fast::values;
use crate::limits::{PROPERTIES_MAX, PROPERTY_STRING_MAX};

/// Records after which it is decided whether steps are learned.
const WINDOW: u32 = 64;
/// The number of records for which no steps are learned once too many were unknown.
const PAUSE: u32 = 2048;
/// The largest number of records for which no steps are learned, however often too many were unknown.
const PAUSE_MAX: u32 = 1 << 20;

/// What a value of a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    /// There is none.
    #[default]
    Missing,
    Text,
    /// Text with escapes.
    Escaped,
    Number,
    /// `true` or `false`.
    Word,
    Null,
    /// An object or a list.
    Nested,
}

/// A value of a record, without the quotes of a text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
}

/// Neighbouring properties.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// The opening quote of the name of the first.
    pub start: usize,
    /// The byte behind that name.
    pub name_end: usize,
    /// The first byte of its value.
    pub value: usize,
    /// The byte behind the value of the last.
    pub end: usize,
    /// The name by which it is sent, if that is another.
    pub renamed: Option<u16>,
    /// It is an object or a list.
    pub is_nested: bool,
}

/// What becomes of properties by their names.
pub(super) trait Naming {
    fn property(&self, name: &[u8]) -> Property;
}

/// Looks through records.
#[derive(Debug, Default)]
pub(super) struct Skim {
    pub signs: Signs,
    pub tree: Tree,
    pub slots: Vec<Found>,
    pub parts: Vec<Part>,
    /// Line breaks in the record.
    pub lines: u32,
    /// The number of the record, by which its members are marked.
    record: u32,
    properties: usize,
    is_learning: bool,
    /// For how many records no steps were learned the last time.
    pause: u32,
    /// Records until that is decided again.
    left: u32,
    /// Counts the values since then, and those to which no known step led.
    steps: u32,
    missed: u32,
}

impl Skim {
    /// Reads the record that begins here; returns the byte behind it. Fails with the byte at which it stopped.
    #[inline(never)]
    pub fn record(&mut self, bytes: Padded, start: usize, naming: &impl Naming) -> Result<usize, usize> {
        self.slots.fill(Found::default());
        self.parts.clear();
        self.lines = 0;
        self.properties = 0;
        self.tree.make_room();
        self.record = self.record.wrapping_add(1);
        if self.left == 0 {
            self.decide();
        }
        self.left -= 1;
        let (mut at, mut from, mut place) = (start, ROOT, ROOT);
        // where the last part ends, if another can be a part of it
        let mut joint = usize::MAX;
        loop {
            let known = if self.is_learning { self.tree.known(from, bytes, at) } else { None };
            self.steps += 1;
            let mut step = match known {
                Some(step) => step,
                None => self.explore(bytes, at, from, place, naming)?,
            };
            if step.next == END {
                if step.opens != NONE {
                    self.open(step.opens, at + step.opens_at as usize)?;
                }
                self.lines += step.lines;
                return Ok(at + step.length as usize);
            }
            let mut value = at + step.length as usize;
            let (end, kind);
            if step.is_text {
                let escaped;
                (end, escaped) = token::text(bytes, value, &self.signs)?;
                kind = if escaped { Kind::Escaped } else { Kind::Text };
            } else {
                if known.is_some() && bytes.byte(value) == b'{' && self.tree.nodes[step.next as usize].has_inside {
                    step = self.explore(bytes, at, from, place, naming)?;
                    value = at + step.length as usize;
                }
                (value, end, kind) = self.other(bytes, value)?;
            }
            self.lines += step.lines;
            if step.opens != NONE {
                self.open(step.opens, at + step.opens_at as usize)?;
            }
            let is_text = matches!(kind, Kind::Text | Kind::Escaped);
            let node = &mut self.tree.nodes[step.next as usize];
            if node.is_wanted {
                if node.seen == self.record {
                    return Err(end);
                }
                node.seen = self.record;
                // an index may lead into a list
                if node.has_inside && kind == Kind::Nested && bytes.byte(value) == b'[' {
                    return Err(value);
                }
                if let Some(slot) = self.slots.get_mut(node.slot as usize) {
                    *slot = Found { start: value, end, kind };
                }
                let property = node.property;
                if property != Property::No {
                    self.properties += 1;
                    let quote = usize::from(is_text);
                    let is_nested = kind == Kind::Nested;
                    let (first, behind) = (value - quote, end + quote);
                    let name = at + (step.length - step.name) as usize;
                    match property {
                        Property::Kept if step.is_tight && joint == at && !is_nested => {
                            joint = behind;
                            if let Some(part) = self.parts.last_mut() {
                                part.end = behind;
                            }
                        }
                        Property::Kept | Property::Renamed(_) => {
                            let renamed = if let Property::Renamed(name) = property { Some(name) } else { None };
                            joint = if is_nested || renamed.is_some() { usize::MAX } else { behind };
                            let name_end = name + self.tree.nodes[step.next as usize].name_length() + 2;
                            self.parts.push(Part {
                                start: name,
                                name_end,
                                value: first,
                                end: behind,
                                renamed,
                                is_nested,
                            });
                        }
                        Property::Dropped => {}
                        Property::No | Property::Unsure => return Err(end),
                    }
                    if property != Property::Dropped && is_text && end - value > PROPERTY_STRING_MAX {
                        return Err(end);
                    }
                }
            }
            at = end + usize::from(is_text);
            (from, place) = (step.next, step.place);
        }
    }

    /// Returns whether the last record has more properties than are surely sent.
    pub fn has_many_properties(&self) -> bool {
        self.properties > PROPERTIES_MAX
    }

    #[inline(always)]
    fn other(&mut self, bytes: Padded, at: usize) -> Result<(usize, usize, Kind), usize> {
        Ok(match bytes.byte(at) {
            b'0'..=b'9' | b'-' => (at, token::number(bytes, at, &self.signs)?, Kind::Number),
            b't' | b'f' => (at, values::word(bytes, at)?, Kind::Word),
            b'n' => (at, values::word(bytes, at)?, Kind::Null),
            byte @ (b'{' | b'[') if bytes.byte(at + 1) == byte + 2 => (at, at + 2, Kind::Nested),
            b'{' | b'[' => (at, token::skip(bytes, at, &self.signs, &mut self.lines)?, Kind::Nested),
            b'"' => {
                let (end, escaped) = token::text(bytes, at + 1, &self.signs)?;
                (at + 1, end, if escaped { Kind::Escaped } else { Kind::Text })
            }
            _ => return Err(at),
        })
    }

    /// Marks an object of which parts are wanted.
    #[inline(always)]
    fn open(&mut self, number: u16, at: usize) -> Result<(), usize> {
        let node = &mut self.tree.nodes[number as usize];
        if node.seen == self.record || node.property == Property::Unsure {
            return Err(at);
        }
        node.seen = self.record;
        if let Some(slot) = self.slots.get_mut(node.slot as usize) {
            *slot = Found { start: at, end: at, kind: Kind::Nested };
        }
        Ok(())
    }

    /// Decides whether steps are learned.
    #[cold]
    fn decide(&mut self) {
        let were_known = self.missed.saturating_mul(4) < self.steps;
        if self.is_learning && !were_known {
            self.pause = (self.pause * 4).clamp(PAUSE, PAUSE_MAX);
            (self.is_learning, self.left) = (false, self.pause);
            self.tree.forget();
        } else {
            self.pause = if self.is_learning { 0 } else { self.pause };
            (self.is_learning, self.left) = (true, WINDOW);
        }
        (self.steps, self.missed) = (0, 0);
    }

    /// Finds the step from the value of a member on, or from the beginning of a record, to the next that is known or
    /// wanted. `place` is the object that has the member.
    #[inline(never)]
    fn explore(
        &mut self,
        bytes: Padded,
        start: usize,
        from: u16,
        mut place: u16,
        naming: &impl Naming,
    ) -> Result<Step, usize> {
        self.missed += 1;
        let mut lines = 0;
        let (mut opens, mut opens_at) = (NONE, 0);
        let mut can_be_learned = self.is_learning;
        let mut step = Step::NOWHERE;
        let mut at = start;
        let mut is_first = from == ROOT;
        at += usize::from(is_first);
        let mut name;
        loop {
            at = token::space(bytes, at, &mut lines);
            while bytes.byte(at) == b'}' && place != ROOT {
                place = self.tree.nodes[place as usize].parent;
                at = token::space(bytes, at + 1, &mut lines);
            }
            name = at;
            match bytes.byte(at) {
                b'}' => {
                    at += 1;
                    step.next = END;
                    break;
                }
                b',' if !is_first => at = token::space(bytes, at + 1, &mut lines),
                _ if is_first => is_first = false,
                _ => return Err(at),
            }
            let next = loop {
                name = at;
                if bytes.byte(at) != b'"' {
                    return Err(at);
                }
                let (end, escaped) = token::text(bytes, at + 1, &self.signs)?;
                if escaped {
                    return Err(end);
                }
                let next = self.member(place, bytes, (at + 1, end), naming).ok_or(end)?;
                at = token::colon(bytes, end, &mut lines)?;
                let first = bytes.byte(at);
                if next == OTHER {
                    can_be_learned = false;
                    at = match first {
                        b'"' => token::text(bytes, at + 1, &self.signs)?.0 + 1,
                        b'{' | b'[' => token::skip(bytes, at, &self.signs, &mut lines)?,
                        b't' | b'f' | b'n' => values::word(bytes, at)?,
                        _ => token::number(bytes, at, &self.signs)?,
                    };
                    if bytes.window(at).is_some_and(|window| window.byte(0) == b',' && window.byte(1) == b'"') {
                        at += 1;
                        continue;
                    }
                    break next;
                }
                if first != b'{' {
                    break next;
                }
                let node = &self.tree.nodes[next as usize];
                if !node.has_inside && (node.is_wanted || !self.is_learning || !node.can_have_members()) {
                    break next;
                }
                let mut further = 0;
                let inside = token::space(bytes, at + 1, &mut further);
                if bytes.byte(inside) != b'"' {
                    break next;
                }
                if node.is_wanted {
                    if opens != NONE {
                        self.open(opens, start + opens_at)?;
                        can_be_learned = false;
                    }
                    (opens, opens_at) = (next, at - start);
                }
                (place, at) = (next, inside);
                lines += further;
            };
            if next == OTHER {
                continue;
            }
            step.next = next;
            step.is_text = bytes.byte(at) == b'"';
            at += usize::from(step.is_text);
            break;
        }
        let (length, name) = ((at - start) as u32, (at - name) as u32);
        (step.place, step.opens, step.opens_at) = (place, opens, opens_at as u32);
        (step.length, step.name, step.lines) = (length, name, lines);
        if can_be_learned {
            step.is_tight = step.next != END
                && length == name + 1
                && self.tree.nodes[step.next as usize].name_length() + 3 + usize::from(step.is_text) == name as usize;
            self.tree.learn(from, bytes.span(start, at), step);
        }
        Ok(step)
    }

    /// Returns the member of an object with this name; `None` if no further property can be told from others.
    #[inline(always)]
    fn member(&mut self, object: u16, bytes: Padded, name: (usize, usize), naming: &impl Naming) -> Option<u16> {
        match self.tree.find(object, bytes, name) {
            (place, NONE) => self.new_member(place, object, bytes.span(name.0, name.1), naming),
            (_, number) => Some(number),
        }
    }

    #[inline(never)]
    fn new_member(&mut self, place: usize, object: u16, name: &[u8], naming: &impl Naming) -> Option<u16> {
        let is_property = self.tree.nodes[object as usize].has_properties;
        if !is_property && !self.is_learning {
            return Some(OTHER);
        }
        match self.tree.add(place, object, name) {
            None if is_property => None,
            None => Some(OTHER),
            Some(number) => {
                if is_property {
                    let node = &mut self.tree.nodes[number as usize];
                    (node.property, node.is_wanted) = (naming.property(name), true);
                }
                Some(number)
            }
        }
    }
}
