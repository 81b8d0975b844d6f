//! Writes the events of JSON records, one behind the other, for as long as there is room and it is sure.

use super::classes::{Classes, all, first};
use super::event_types::EventTypes;
use super::judge::{COLON, COUNTED, Judge, LONG, LOWERED, NOT_SCALAR, VALUE_MISSING, is_finite_number};
use super::op::{Constants, FIELDS, NEEDED, PROPERTIES, VALUE, What, seen};
use super::out::{Literal, OUT_BYTES, Out};
use super::plan::Row;
use super::rows::{Rows, SURE_BYTES};
use super::skim::{Found, Kind, Naming, Part, Skim};
use super::tree::{NONE, Property, ROOT};
use super::write::{AMOUNT_MAX, Written, keeps_event_type, key};
use crate::amount;
use crate::batch::Room;
use crate::bytes::Padded;
use crate::check::fast::{Behind, Join, Neighbours, Stop, Unproved, behind_comma, behind_line};
use crate::decimal::{DecimalSign, is_finite};
use crate::json::quoted;
use crate::keys::{Matches, Shapes};
use crate::limits::PROPERTY_STRING_MAX;
use crate::map::mapping::{EventMapping, From, MAPPED, Mapping, Source, Test};
use crate::map::path::Path;
use crate::time::TimeFormat;

/// Most names that a mapping may have.
const NODES_MAX: usize = 256;
/// The longest name of a property that is surely kept.
const NAME_MAX: usize = 0x100;

/// A field that is taken from a record.
#[derive(Debug)]
struct Field {
    what: What,
    /// The values of which the first that is there is taken.
    slots: Vec<usize>,
    /// The constant fields in front of it, its name and the colon.
    prefix: Literal,
    clean: bool,
}

/// What becomes of properties by their names.
#[derive(Debug)]
struct Names {
    keep: Option<Vec<String>>,
    drop: Vec<String>,
    rename: Vec<(String, String)>,
    added: Vec<String>,
    flatten: bool,
}

impl Naming for Names {
    fn property(&self, name: &[u8]) -> Property {
        let is = |other: &String| other.as_bytes() == name;
        let renamed = self.rename.iter().position(|(from, _)| is(from));
        let is_taken = self.added.iter().any(is) || self.rename.iter().any(|(_, to)| is(to));
        if self.drop.iter().any(is) || self.keep.as_ref().is_some_and(|keep| !keep.iter().any(is)) {
            Property::Dropped
        } else if is_taken || name.len() > NAME_MAX {
            Property::Unsure
        } else {
            renamed.map_or(Property::Kept, |name| Property::Renamed(name as u16))
        }
    }
}

/// What is written of each record.
#[derive(Debug)]
pub struct Records {
    skim: Skim,
    classes: Classes,
    event_types: EventTypes,
    when: Vec<(usize, Test)>,
    /// The constant fields in front of each field, and the field.
    fields: Vec<(Literal, Field)>,
    /// The constant fields behind them.
    tail: Literal,
    /// The value whose members are properties.
    properties: Option<usize>,
    names: Names,
    renamed: Vec<Literal>,
    added: Vec<(Literal, usize)>,
    constants: Constants,
    constant_properties: Literal,
    label: Literal,
    time: TimeFormat,
    decimal: Option<DecimalSign>,
    out: Out,
    rows: Vec<Row>,
}

impl Records {
    /// Makes the plan of a mapping for JSON. Returns `None` if all records are for the careful way.
    pub fn of(mapping: &Mapping) -> Option<Self> {
        let [event] = &*mapping.events else { return None };
        let EventMapping { properties, when, .. } = event;
        let is_simple = event.each.is_none()
            && !event.optional
            && !event.own_names
            && event.whole.is_empty()
            && mapping.mapped.is_empty()
            && mapping.records.is_none();
        let are_simple = properties.pairs.is_empty() && properties.types.is_empty() && !properties.rest;
        if !is_simple || !are_simple || properties.from.len() > 1 {
            return None;
        }
        let mut skim = Skim::default();
        let conditions = when.iter().map(|condition| Some((want(&mut skim, &condition.path)?, condition.test.clone())));
        let when = conditions.collect::<Option<Vec<_>>>()?;
        let mut constants = Constants::default();
        let mut fields = Vec::new();
        for ((source, name), what) in event.fields.iter().zip(MAPPED).zip(FIELDS) {
            let Some(source) = source else { continue };
            if let From::Value(json) = &source.from {
                constants.add(what, name, json, source)?;
                continue;
            }
            let before = std::mem::take(&mut constants.fields);
            let what = match what {
                What::Time if event.time.declared => What::Declared,
                What::Value if event.decimal.is_some() => What::Amount,
                what => what,
            };
            let clean = source.clean && what == What::EventType;
            let slots = slots(&mut skim, source, clean)?;
            let is_bare = matches!(what, What::Time | What::Declared | What::Value | What::Amount);
            let label = [",", &*quoted(name), ":", if is_bare { "" } else { "\"" }].concat();
            let prefix = Literal::new(&[&before, &*label].concat());
            fields.push((Literal::new(&before), Field { what, slots, prefix, clean }));
        }
        let tail = Literal::new(&std::mem::take(&mut constants.fields));
        let mut added = Vec::new();
        for (name, source) in &properties.add {
            if let From::Value(json) = &source.from {
                constants.add(What::Told, name, json, source)?;
                continue;
            }
            // constants stand where they are named
            if !constants.properties.is_empty() {
                return None;
            }
            let [slot] = slots(&mut skim, source, false)?[..] else { return None };
            added.push((name.clone(), Literal::new(&[",", &*quoted(name), ":"].concat()), slot));
        }
        let names = Names {
            keep: properties.keep.clone(),
            drop: properties.drop.clone(),
            rename: properties.rename.clone(),
            added: added.iter().map(|(name, ..): &(String, _, _)| name.clone()).collect(),
            flatten: properties.flatten,
        };
        let from = match &*properties.from {
            [path] => Some(want_properties(&mut skim, path, &names)?),
            _ => None,
        };
        skim.tree.keep();
        let label = |(_, to): &(String, String)| Literal::new(&[",", &*quoted(to), ":"].concat());
        Some(Records {
            skim,
            classes: Classes::default(),
            event_types: EventTypes::default(),
            when,
            fields,
            tail,
            properties: from,
            renamed: names.rename.iter().map(label).collect(),
            names,
            added: added.into_iter().map(|(_, label, slot)| (label, slot)).collect(),
            constant_properties: Literal::new(&constants.properties),
            constants,
            label: Literal::new(PROPERTIES),
            time: event.time.clone(),
            decimal: event.decimal,
            out: Out::default(),
            rows: Vec::new(),
        })
    }

    /// Writes the events of the records from `start` on, which is the first byte of one. Counts their keys.
    #[expect(clippy::too_many_arguments, reason = "what a reader knows, and what is counted")]
    #[inline(never)]
    pub fn write(
        &mut self,
        bytes: Padded,
        start: usize,
        join: Join,
        ended: bool,
        judge: &Judge,
        room: Room,
        keys: &mut Shapes,
        matches: &mut Option<Matches>,
    ) -> (Neighbours, Rows) {
        self.rows.clear();
        let mut rows = Rows::at(start);
        let mut lines = 0;
        let constants = &mut self.constants;
        if !*constants.kept.get_or_insert_with(|| judge.keeps_constants(&constants.texts)) {
            rows.stop(Unproved::NotSure);
        }
        while rows.stop == Stop::Next && self.rows.len() < room.events {
            let behind = match self.record(bytes, rows.at, join, ended) {
                Ok(behind) => behind,
                Err(unproved) => {
                    rows.stop(unproved);
                    break;
                }
            };
            let Some(holds) = self.holds(bytes) else {
                rows.stop(Unproved::NotSure);
                break;
            };
            if holds {
                let Some(written) = self.event(bytes, rows.bytes, judge) else {
                    rows.stop(Unproved::NotSure);
                    break;
                };
                let length = written.end - rows.bytes;
                if written.end > room.bytes.min(OUT_BYTES) || length > SURE_BYTES {
                    if length > SURE_BYTES.min(room.all_bytes) {
                        rows.stop(Unproved::NotSure);
                    } else {
                        rows.is_full = written.end > room.bytes;
                    }
                    break;
                }
                self.rows.push(Row { start: rows.at, end: written.end, line: lines });
                rows.count_row(&written, &self.out, &self.constants, judge, keys, matches);
            } else {
                rows.skipped += 1;
            }
            lines += (self.skim.lines + behind.lines) as usize;
            rows.at = behind.at;
            if !behind.is_event {
                (rows.stop, rows.is_full) = (Stop::Between, false);
            }
        }
        (Neighbours { at: rows.at, lines, stop: rows.stop }, rows)
    }

    /// Returns the events that were written, with a comma before each, and where each begins and ends.
    pub fn written(&self) -> (&[u8], &[Row]) {
        (self.out.written(self.rows.last().map_or(0, |row| row.end)), &self.rows)
    }

    /// Finds the wanted values of the record that begins here; returns what stands behind it.
    fn record(&mut self, bytes: Padded, start: usize, join: Join, ended: bool) -> Result<Behind, Unproved> {
        let stopped = |at| if at >= bytes.filled() { Unproved::RanOut } else { Unproved::NotSure };
        let end = self.skim.record(bytes, start, &self.names).map_err(stopped)?;
        match join {
            Join::Unknown => Ok(Behind { at: end, lines: 0, is_event: false }),
            Join::Comma => Ok(behind_comma(bytes, end)),
            Join::LineBreak if self.skim.lines > 0 => Err(Unproved::NotSure),
            Join::LineBreak => behind_line(bytes, end, ended),
        }
    }

    /// Returns whether the record makes an event; `None` if it is not sure.
    fn holds(&self, bytes: Padded) -> Option<bool> {
        let mut holds = true;
        for (slot, test) in &self.when {
            let found = self.skim.slots[*slot];
            let text = bytes.span(found.start, found.end);
            let is = |scalar: &crate::map::mapping::Scalar| {
                scalar.text.as_bytes() == text && scalar.is_string == (found.kind == Kind::Text)
            };
            let begins = |with: &String| found.kind == Kind::Text && text.starts_with(with.as_bytes());
            let is_scalar = !matches!(found.kind, Kind::Missing | Kind::Nested);
            if found.kind == Kind::Escaped && !matches!(test, Test::Exists(_)) {
                return None;
            }
            holds &= match test {
                Test::In(scalars) => is_scalar && scalars.iter().any(is),
                Test::NotIn(scalars) => !(is_scalar && scalars.iter().any(is)),
                Test::Exists(expected) => (found.kind != Kind::Missing) == *expected,
                Test::BeginsWith(beginnings) => beginnings.iter().any(begins),
                Test::NotBeginsWith(beginnings) => !beginnings.iter().any(begins),
            };
        }
        Some(holds)
    }

    /// Writes the event of the record that was read last; `None` if it is not sure.
    #[inline(never)]
    fn event(&mut self, bytes: Padded, begin: usize, judge: &Judge) -> Option<Written> {
        let mut written = Written::default();
        let mut seen_fields = self.constants.seen;
        let mut at = begin + 1;
        for (before, field) in &self.fields {
            let is_there = |found: &Found| match found.kind {
                Kind::Missing | Kind::Null => false,
                Kind::Text => found.end > found.start,
                _ => true,
            };
            let found = field.slots.iter().map(|slot| self.skim.slots[*slot]).find(is_there);
            let Some(found) = found else {
                at = self.out.text(at, before);
                continue;
            };
            seen_fields |= seen(field.what);
            at = self.out.text(at, &field.prefix);
            if field.clean
                && found.kind == Kind::Text
                && let Some((end, notes)) =
                    self.event_types.write(bytes, found.start, found.end - found.start, &mut self.out, at)
            {
                at = end;
                written.notes |= notes;
                continue;
            }
            let formats = (&self.time, self.decimal);
            let begin = at;
            at = write_field(bytes, found, field, judge, &self.classes, formats, &mut self.out, at, &mut written)?;
            if field.clean {
                let name = (found.start, found.end - found.start);
                self.event_types.learn(bytes, name, self.out.span(begin, at), written.notes & (COLON | LONG));
            }
        }
        if self.tail.length > 0 {
            at = self.out.text(at, &self.tail);
        }
        let opened = self.out.text(at, &self.label);
        let end = self.properties(bytes, opened, &mut written)?;
        if end > opened {
            self.out.byte(opened, b'{');
            self.out.byte(end, b'}');
            at = end + 1;
        }
        self.out.byte(begin, b',');
        self.out.byte(begin + 1, b'{');
        self.out.byte(at, b'}');
        written.end = at + 1;
        written.notes |= if seen_fields & VALUE == 0 { VALUE_MISSING } else { 0 };
        let is_good = seen_fields & NEEDED == NEEDED && written.notes & 0xffff & !judge.settled == 0;
        is_good.then_some(written)
    }

    /// Writes the properties, with a comma before each; returns the byte behind them.
    fn properties(&mut self, bytes: Padded, opened: usize, written: &mut Written) -> Option<usize> {
        let Records { skim, out, .. } = self;
        let mut at = opened;
        if let Some(slot) = self.properties {
            let object = skim.slots[slot];
            match object.kind {
                Kind::Missing | Kind::Null => {}
                Kind::Text if object.start == object.end => {}
                Kind::Nested if bytes.byte(object.start) == b'{' => {}
                _ => return None,
            }
            if skim.has_many_properties() || (self.names.flatten && skim.parts.iter().any(|part| part.is_nested)) {
                return None;
            }
            for part in &skim.parts {
                at = write_part(bytes, part, &self.renamed, out, at, written)?;
            }
        }
        for (label, slot) in &self.added {
            let found = skim.slots[*slot];
            match found.kind {
                Kind::Missing | Kind::Null => continue,
                Kind::Text if found.start == found.end => continue,
                _ => {}
            }
            at = out.text(at, label);
            at = write_scalar(bytes, found, out, at, written)?;
        }
        if self.constant_properties.length > 0 {
            at = out.text(at, &self.constant_properties);
        }
        Some(at)
    }
}

/// Writes neighbouring properties; returns the byte behind them.
#[inline(always)]
fn write_part(
    bytes: Padded,
    part: &Part,
    renamed: &[Literal],
    out: &mut Out,
    at: usize,
    written: &mut Written,
) -> Option<usize> {
    let at = match part.renamed {
        None if part.name_end + 1 == part.value && !part.is_nested => {
            out.byte(at, b',');
            return Some(out.copy(at + 1, bytes, part.start, part.end - part.start));
        }
        None => {
            out.byte(at, b',');
            let end = out.copy(at + 1, bytes, part.start, part.name_end - part.start);
            out.byte(end, b':');
            end + 1
        }
        Some(number) => out.text(at, renamed.get(number as usize)?),
    };
    if !part.is_nested {
        return Some(out.copy(at, bytes, part.value, part.end - part.value));
    }
    write_null(out, at, written)
}

/// Writes `null` in the place of an object or a list, of which one is counted.
fn write_null(out: &mut Out, at: usize, written: &mut Written) -> Option<usize> {
    let is_first = written.notes & NOT_SCALAR == 0;
    written.notes |= NOT_SCALAR;
    is_first.then(|| out.bytes(at, b"null"))
}

/// Writes the value of a property; returns the byte behind it.
#[inline(always)]
fn write_scalar(bytes: Padded, found: Found, out: &mut Out, at: usize, written: &mut Written) -> Option<usize> {
    let length = found.end - found.start;
    match found.kind {
        Kind::Text | Kind::Escaped if length > PROPERTY_STRING_MAX => None,
        Kind::Text | Kind::Escaped => Some(out.copy(at, bytes, found.start - 1, length + 2)),
        Kind::Number | Kind::Word | Kind::Null => Some(out.copy(at, bytes, found.start, length)),
        Kind::Nested => write_null(out, at, written),
        Kind::Missing => None,
    }
}

/// Writes a field; returns the byte behind it.
#[expect(clippy::too_many_arguments, reason = "what is known of a field, and what becomes of it")]
fn write_field(
    bytes: Padded,
    found: Found,
    field: &Field,
    judge: &Judge,
    classes: &Classes,
    (time, decimal): (&TimeFormat, Option<DecimalSign>),
    out: &mut Out,
    at: usize,
    written: &mut Written,
) -> Option<usize> {
    let (mut start, mut length) = (found.start, found.end - found.start);
    match (field.what, found.kind) {
        (What::EventType, Kind::Text) => {
            if field.clean {
                let text = bytes.span(start, found.end);
                if !text.is_ascii() {
                    return None;
                }
                let before = text.iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
                (start, length) = (start + before, length - before);
                if length == 0 || length > 80 {
                    return None;
                }
                let mut end = out.copy(at, bytes, start, length);
                let mut done = 0;
                let _ = all(bytes, start, length, |lanes, mask| {
                    let mut wrong = !classes.in_name(lanes) & mask;
                    while wrong != 0 {
                        out.byte(at + done + wrong.trailing_zeros() as usize, b'_');
                        wrong &= wrong - 1;
                    }
                    done += 16;
                    true
                });
                let name = out.span(at, end);
                written.notes |= if name.contains(&b':') { COLON } else { 0 };
                written.notes |= if name.len() > crate::limits::EVENT_TYPE_SURE { LONG } else { 0 };
                out.byte(end, b'"');
                end += 1;
                return Some(end);
            }
            if !keeps_event_type(bytes, (start, length), &mut written.notes, classes) {
                return None;
            }
        }
        (What::TrafficType, Kind::Text) => {
            let end = out.copy(at, bytes, start, length);
            let mut capitals = 0;
            let good = all(bytes, start, length, |lanes, all| {
                capitals |= classes.capitals(lanes) & all;
                classes.blanks(lanes) & all == 0
            });
            if capitals != 0 {
                written.notes |= LOWERED;
                out.lower(at, end);
            }
            if !good || !(judge.takes_all_traffic_types || judge.keeps_traffic_type(out.span(at, end))) {
                return None;
            }
            written.traffic_type = (at, end);
            out.byte(end, b'"');
            return Some(end + 1);
        }
        (What::Key, Kind::Text) => {
            let is_plain = key(bytes, true, (start, length), judge, classes)?;
            written.odd_key = if is_plain { (0, 0) } else { (at, at + length) };
        }
        (What::Declared, Kind::Text | Kind::Number) => {
            let cell = bytes.span(start, found.end);
            let is_trimmed = cell.first() != Some(&b' ') && cell.last() != Some(&b' ');
            let (millis, notes) = judge.declared(bytes.window(start)?, cell, time).filter(|_| is_trimmed)?;
            written.notes |= notes;
            return Some(out.millis(at, millis));
        }
        (What::Time, Kind::Number) => {
            let (millis, notes) = judge.time(bytes.window(start)?, bytes.span(start, found.end))?;
            written.notes |= notes;
            return Some(out.millis(at, millis));
        }
        (What::Value | What::Amount, Kind::Number) => {
            let is_short = length < 16;
            return (is_short || is_finite_number(bytes.span(start, found.end)))
                .then(|| out.copy(at, bytes, start, length));
        }
        (What::Amount, Kind::Text) => {
            let text = std::str::from_utf8(bytes.span(start, found.end)).ok()?;
            let number = amount::read(text, decimal?)?;
            return (number.len() <= AMOUNT_MAX && is_finite(&number)).then(|| out.bytes(at, number.as_bytes()));
        }
        (What::Environment, Kind::Text) => {
            if !all(bytes, start, length, |lanes, all| classes.blanks(lanes) & all == 0) {
                return None;
            }
        }
        _ => return None,
    }
    let end = out.copy(at, bytes, start, length);
    out.byte(end, b'"');
    Some(end + 1)
}

/// Returns the numbers of the values of a source; `None` if more is done with them.
fn slots(skim: &mut Skim, source: &Source, clean: bool) -> Option<Vec<usize>> {
    let From::Paths(paths) = &source.from else { return None };
    let changes = !source.table.is_empty() || !source.prefix.is_empty() || !source.suffix.is_empty();
    if changes || source.clean != clean || source.default.is_some() || source.kind.is_some() {
        return None;
    }
    paths.iter().map(|path| want(skim, path)).collect()
}

/// Returns the number of the value at a path, which is wanted from here on.
fn want(skim: &mut Skim, path: &Path) -> Option<usize> {
    let number = node(skim, path)?;
    let (slots, node) = (&mut skim.slots, &mut skim.tree.nodes[number as usize]);
    if node.slot == NONE {
        (node.slot, node.is_wanted) = (slots.len() as u16, true);
        slots.push(Found::default());
    }
    Some(node.slot as usize)
}

/// Returns the number of the object at a path whose members are properties.
fn want_properties(skim: &mut Skim, path: &Path, names: &Names) -> Option<usize> {
    let slot = want(skim, path)?;
    let object = node(skim, path)?;
    let of = &mut skim.tree.nodes[object as usize];
    (of.has_inside, of.has_properties) = (true, true);
    for node in skim.tree.nodes.iter_mut().filter(|node| node.parent == object) {
        node.is_wanted = true;
        node.property = match names.property(node.name()) {
            Property::Dropped => Property::Dropped,
            // an object is a property as a whole
            _ if node.has_inside => Property::Unsure,
            property => property,
        };
    }
    Some(slot)
}

/// Returns the node at a path.
fn node(skim: &mut Skim, path: &Path) -> Option<u16> {
    let mut node = ROOT;
    for segment in &path.segments {
        let parent = &mut skim.tree.nodes[node as usize];
        (parent.has_inside, parent.is_wanted) = (true, true);
        node = skim.tree.own(node, segment.as_bytes())?;
    }
    (node != ROOT && skim.tree.nodes.len() <= NODES_MAX).then_some(node)
}

/// The number of codes that are counted.
const _: () = assert!(COUNTED.len() <= 16 && first(16) == 0xffff);
