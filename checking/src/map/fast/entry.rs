//! Writes the events of JSON records by one entry of a mapping.

use super::classes::{Classes, all};
use super::event_types::EventTypes;
use super::judge::{COLON, Judge, KEY_NUMBER, KEY_TRIMMED, LONG, LOWERED, NOT_SCALAR, is_finite_number};
use super::op::{Constants, FIELDS, NEEDED, PROPERTIES, What, seen};
use super::out::{Literal, Out};
use super::skim::{Found, Kind, Part, Skim};
use super::wanted::{Names, want, want_properties};
use super::write::{AMOUNT_MAX, ONE_MORE, Written, keeps_event_type, key};
use crate::amount;
use crate::bytes::Padded;
use crate::decimal::{DecimalSign, is_finite};
use crate::json::quoted;
use crate::lanes::LANES;
use crate::limits::{EVENT_TYPE_MAX, EVENT_TYPE_SURE, KEY_MAX, PROPERTY_STRING_MAX};
use crate::map::mapping::{self, EventMapping, From, MAPPED, Scalar, Source, Test};
use crate::time::TimeFormat;

/// A field that is taken from a record.
#[derive(Debug)]
struct Field {
    what: What,
    /// The values of which the first that is there is taken.
    slots: Vec<usize>,
    /// The constant fields in front of it.
    before: Literal,
    /// The same, its name and the colon.
    prefix: Literal,
    clean: bool,
    /// What is done with its text besides.
    change: Option<Source>,
    /// What is written if no value is there: the same as `before`, and the field.
    default: Option<Literal>,
}

/// A property that is added.
#[derive(Debug)]
struct Added {
    label: Literal,
    slots: Vec<usize>,
    kind: Option<mapping::Kind>,
}

/// What is written by one entry.
#[derive(Debug)]
pub(super) struct Entry {
    when: Vec<(usize, Test)>,
    /// The values of which one must be there.
    needs: Option<Vec<usize>>,
    fields: Vec<Field>,
    /// The constant fields behind them.
    tail: Literal,
    /// The value whose members are properties.
    properties: Option<usize>,
    added: Vec<Added>,
    pub constants: Constants,
    /// Texts that are taken if a field has none.
    defaults: Vec<(What, String)>,
    constant_properties: Literal,
    label: Literal,
    time: TimeFormat,
    decimal: Option<DecimalSign>,
    event_types: EventTypes,
    flatten: bool,
}

/// What events are written with.
pub(super) struct Pen<'p, 'r> {
    pub bytes: Padded<'p>,
    pub skim: &'p Skim,
    pub judge: &'p Judge<'r>,
    pub classes: &'p Classes,
    /// The names of properties that are renamed, with a comma before each.
    pub renamed: &'p [Literal],
}

impl Entry {
    /// Makes the plan of an entry. Returns `None` if all records are for the careful way.
    #[inline(never)]
    pub fn of(event: &EventMapping, skim: &mut Skim, names: &mut Names) -> Option<Self> {
        let EventMapping { properties, when, .. } = event;
        let is_simple = event.each.is_none() && !event.own_names && event.whole.is_empty();
        let are_simple = properties.pairs.is_empty() && properties.types.is_empty() && !properties.rest;
        if !is_simple || !are_simple || properties.from.len() > 1 {
            return None;
        }
        let conditions = when.iter().map(|condition| Some((want(skim, &condition.path)?, condition.test.clone())));
        let when = conditions.collect::<Option<Vec<_>>>()?;
        let mut constants = Constants::default();
        let mut defaults = Vec::new();
        let mut fields = Vec::new();
        let mut needs = None;
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
            let is_bare = matches!(what, What::Time | What::Declared | What::Value | What::Amount);
            let slots = slots(skim, source)?;
            if source.kind.is_some() || (is_bare && source.changes_text()) {
                return None;
            }
            if event.optional && what == What::Key {
                if source.default.is_some() {
                    return None;
                }
                needs = Some(slots.clone());
            }
            let default = match &source.default {
                None => None,
                Some(json) => {
                    let mut constant = Constants::default();
                    constant.add(what, name, json, source)?;
                    defaults.append(&mut constant.texts);
                    Some(Literal::new(&[&*before, &*constant.fields].concat()))
                }
            };
            let clean = source.clean && what == What::EventType;
            let is_changed = source.changes_text() && *source != Source { clean, ..Source::new(source.from.clone()) };
            let label = [&*before, ",", &*quoted(name), ":", if is_bare { "" } else { "\"" }].concat();
            fields.push(Field {
                what,
                slots,
                before: Literal::new(&before),
                prefix: Literal::new(&label),
                clean,
                change: is_changed.then(|| source.clone()),
                default,
            });
        }
        let tail = Literal::new(&std::mem::take(&mut constants.fields));
        let mut added = Vec::new();
        for (name, source) in &properties.add {
            names.added.push(name.clone());
            if let From::Value(json) = &source.from {
                constants.add(What::Told, name, json, source)?;
                continue;
            }
            // constants stand where they are named
            if !constants.properties.is_empty() || source.changes_text() || source.default.is_some() {
                return None;
            }
            let label = Literal::new(&[",", &*quoted(name), ":"].concat());
            added.push(Added { label, slots: slots(skim, source)?, kind: source.kind });
        }
        Some(Entry {
            when,
            needs,
            fields,
            tail,
            properties: None,
            added,
            constant_properties: Literal::new(&constants.properties),
            constants,
            defaults,
            label: Literal::new(PROPERTIES),
            time: event.time.clone(),
            decimal: event.decimal,
            event_types: EventTypes::default(),
            flatten: properties.flatten,
        })
    }

    /// Has the members of an object be properties, once all else is known that is wanted.
    pub fn add_properties(&mut self, event: &EventMapping, skim: &mut Skim, names: &Names) -> Option<()> {
        if let Some(path) = event.properties.from.first() {
            self.properties = Some(want_properties(skim, path, names)?);
        }
        Some(())
    }

    /// Returns whether the rules keep its constants.
    pub fn keeps_constants(&mut self, judge: &Judge) -> bool {
        let Constants { texts, kept, .. } = &mut self.constants;
        *kept.get_or_insert_with(|| judge.keeps_constants(texts) && judge.keeps_constants(&self.defaults))
    }

    /// Returns whether the record makes an event; `None` if it is not sure.
    #[inline(always)]
    pub fn holds(&self, bytes: Padded, skim: &Skim) -> Option<bool> {
        let mut holds = self.needs.as_ref().is_none_or(|slots| slots.iter().any(|slot| is_there(&skim.slots[*slot])));
        for (slot, test) in &self.when {
            let found = skim.slots[*slot];
            let text = bytes.span(found.start, found.end);
            let is = |scalar: &Scalar| scalar.text.as_bytes() == text && scalar.is_string == (found.kind == Kind::Text);
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

    /// Writes the event of a record; `None` if it is not sure.
    #[inline(never)]
    pub fn write(&mut self, pen: &Pen, out: &mut Out, begin: usize) -> Option<Written> {
        let mut written = Written { seen: self.constants.seen, ..Written::default() };
        let mut at = begin + 1;
        for field in &self.fields {
            let Some(found) = field.slots.iter().map(|slot| pen.skim.slots[*slot]).find(is_there) else {
                if let Some(default) = &field.default {
                    written.seen |= seen(field.what);
                    at = out.text(at, default);
                    written.traffic_type = match field.what {
                        What::TrafficType => (at - default.length + field.prefix.length, at - 1),
                        _ => written.traffic_type,
                    };
                } else {
                    at = out.text(at, &field.before);
                }
                continue;
            };
            written.seen |= seen(field.what);
            at = out.text(at, &field.prefix);
            let name = (found.start, found.end - found.start);
            let is_remembered =
                field.what == What::EventType && found.kind == Kind::Text && (field.clean || field.change.is_some());
            if is_remembered && let Some((end, notes)) = self.event_types.write(pen.bytes, name.0, name.1, out, at) {
                at = end;
                written.notes |= notes;
                continue;
            }
            let begin = at;
            at = match &field.change {
                None => write_field(pen, found, field, (&self.time, self.decimal), out, at, &mut written)?,
                Some(change) => write_changed(pen, found, field.what, change, out, at, &mut written)?,
            };
            if is_remembered {
                self.event_types.learn(pen.bytes, name, out.span(begin, at), written.notes & (COLON | LONG));
            }
        }
        if self.tail.length > 0 {
            at = out.text(at, &self.tail);
        }
        let opened = out.text(at, &self.label);
        let end = self.write_properties(pen, out, opened, &mut written)?;
        if end > opened {
            out.byte(opened, b'{');
            out.byte(end, b'}');
            at = end + 1;
        }
        out.byte(begin, b',');
        out.byte(begin + 1, b'{');
        out.byte(at, b'}');
        written.finish(at + 1, NEEDED, pen.judge).then_some(written)
    }

    /// Writes the properties, with a comma before each; returns the byte behind them.
    fn write_properties(&self, pen: &Pen, out: &mut Out, opened: usize, written: &mut Written) -> Option<usize> {
        let mut at = opened;
        if let Some(slot) = self.properties {
            let object = pen.skim.slots[slot];
            match object.kind {
                Kind::Missing | Kind::Null => {}
                Kind::Text if object.start == object.end => {}
                Kind::Nested if pen.bytes.byte(object.start) == b'{' => {}
                _ => return None,
            }
            let parts = &pen.skim.parts;
            if pen.skim.has_many_properties() || (self.flatten && parts.iter().any(|part| part.is_nested)) {
                return None;
            }
            for part in parts {
                at = write_part(pen.bytes, part, pen.renamed, out, at, written)?;
            }
        }
        for Added { label, slots, kind } in &self.added {
            let Some(found) = slots.iter().map(|slot| pen.skim.slots[*slot]).find(is_there) else { continue };
            at = out.text(at, label);
            at = match (kind, found.kind) {
                (None, _)
                | (Some(mapping::Kind::Number), Kind::Number)
                | (Some(mapping::Kind::Text), Kind::Text | Kind::Escaped) => {
                    write_scalar(pen.bytes, found, out, at, written)?
                }
                (Some(mapping::Kind::Text), Kind::Number | Kind::Word)
                    if found.end - found.start <= PROPERTY_STRING_MAX =>
                {
                    out.byte(at, b'"');
                    let end = out.copy(at + 1, pen.bytes, found.start, found.end - found.start);
                    out.byte(end, b'"');
                    end + 1
                }
                _ => return None,
            };
        }
        if self.constant_properties.length > 0 {
            at = out.text(at, &self.constant_properties);
        }
        Some(at)
    }
}

/// Returns whether a value is neither missing nor `null` nor an empty text.
#[inline(always)]
fn is_there(found: &Found) -> bool {
    match found.kind {
        Kind::Missing | Kind::Null => false,
        Kind::Text => found.end > found.start,
        _ => true,
    }
}

/// Writes the text of a field with the changes that its source asks for; returns the byte behind it.
#[inline(never)]
fn write_changed(
    pen: &Pen,
    found: Found,
    what: What,
    change: &Source,
    out: &mut Out,
    at: usize,
    written: &mut Written,
) -> Option<usize> {
    if !matches!(found.kind, Kind::Text | Kind::Number | Kind::Word) {
        return None;
    }
    let text = change.changed(std::str::from_utf8(pen.bytes.span(found.start, found.end)).ok()?);
    let end = out.bytes(at, text.as_bytes());
    let needs_escape = text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'));
    let is_kept = match what {
        What::EventType => {
            written.notes |= if text.contains(':') { COLON } else { 0 };
            written.notes |= if text.len() > EVENT_TYPE_SURE { LONG } else { 0 };
            pen.judge.keeps_event_type(&text)
        }
        What::TrafficType => {
            written.traffic_type = (at, end);
            pen.judge.keeps_traffic_type(text.as_bytes())
        }
        What::Key => {
            written.odd_key = (at, end);
            text.len() <= KEY_MAX && !text.is_empty() && pen.judge.keeps_key(text.as_bytes())
        }
        What::Environment => pen.judge.keeps_environment(&text),
        _ => false,
    };
    if needs_escape || !is_kept {
        return None;
    }
    out.byte(end, b'"');
    Some(end + 1)
}

/// Returns the numbers of the values of a source; `None` if it is no list of paths.
#[inline(never)]
fn slots(skim: &mut Skim, source: &Source) -> Option<Vec<usize>> {
    let From::Paths(paths) = &source.from else { return None };
    paths.iter().map(|path| want(skim, path)).collect()
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
    Some(write_null(out, at, written))
}

/// Writes `null` in the place of an object or a list.
fn write_null(out: &mut Out, at: usize, written: &mut Written) -> usize {
    written.notes = (written.notes | NOT_SCALAR) + ONE_MORE;
    out.bytes(at, b"null")
}

/// Writes the value of a property; returns the byte behind it.
#[inline(always)]
fn write_scalar(bytes: Padded, found: Found, out: &mut Out, at: usize, written: &mut Written) -> Option<usize> {
    let length = found.end - found.start;
    match found.kind {
        Kind::Text | Kind::Escaped if length > PROPERTY_STRING_MAX => None,
        Kind::Text | Kind::Escaped => Some(out.copy(at, bytes, found.start - 1, length + 2)),
        Kind::Number | Kind::Word | Kind::Null => Some(out.copy(at, bytes, found.start, length)),
        Kind::Nested => Some(write_null(out, at, written)),
        Kind::Missing => None,
    }
}

/// Writes a name as an event type; returns the byte behind its quote.
fn write_cleaned(
    bytes: Padded,
    (start, length): (usize, usize),
    classes: &Classes,
    out: &mut Out,
    at: usize,
    notes: &mut u32,
) -> Option<usize> {
    let text = bytes.span(start, start + length);
    let before = text.iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
    let (start, length) = (start + before, length - before);
    if !text.is_ascii() || length == 0 || length > EVENT_TYPE_MAX {
        return None;
    }
    let end = out.copy(at, bytes, start, length);
    let mut done = at;
    let _ = all(bytes, start, length, |lanes, mask| {
        let mut wrong = !classes.in_name(lanes) & mask;
        while wrong != 0 {
            out.byte(done + wrong.trailing_zeros() as usize, b'_');
            wrong &= wrong - 1;
        }
        done += LANES;
        true
    });
    *notes |= if out.span(at, end).contains(&b':') { COLON } else { 0 };
    *notes |= if length > EVENT_TYPE_SURE { LONG } else { 0 };
    out.byte(end, b'"');
    Some(end + 1)
}

/// Writes a field; returns the byte behind it.
fn write_field(
    &Pen { bytes, judge, classes, .. }: &Pen,
    found: Found,
    field: &Field,
    (time, decimal): (&TimeFormat, Option<DecimalSign>),
    out: &mut Out,
    at: usize,
    written: &mut Written,
) -> Option<usize> {
    let (mut start, mut length) = (found.start, found.end - found.start);
    match (field.what, found.kind) {
        (What::EventType, Kind::Text) => {
            if field.clean {
                return write_cleaned(bytes, (start, length), classes, out, at, &mut written.notes);
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
            let text = bytes.span(start, found.end);
            if text.first() == Some(&b' ') || text.last() == Some(&b' ') {
                written.notes |= KEY_TRIMMED;
                let trimmed = text.trim_ascii();
                start += text.len() - text.trim_ascii_start().len();
                length = trimmed.len();
            }
            if length == 0 {
                return None;
            }
            let is_plain = key(bytes, true, (start, length), judge, classes)?;
            written.odd_key = if is_plain { (0, 0) } else { (at, at + length) };
        }
        (What::Key, Kind::Number) => {
            // as JavaScript writes it, and every digit is its own
            let digits = bytes.span(start, found.end);
            let is_whole = length <= 15 && digits.iter().all(u8::is_ascii_digit);
            if !is_whole || !(judge.takes_all_keys || judge.keeps_key(digits)) {
                return None;
            }
            written.notes |= KEY_NUMBER;
            written.odd_key = (at, at + length);
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
