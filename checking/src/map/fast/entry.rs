//! Writes the events of JSON records by one entry of a mapping.

use super::event_types::EventTypes;
use super::judge::{COLON, Judge, LONG};
use super::op::{Constants, FIELDS, NEEDED, PROPERTIES, What, seen};
use super::out::{Literal, Out};
use super::pen::{Field, Pen, write_changed, write_field, write_part, write_scalar};
use super::skim::{Found, Kind, Skim};
use super::wanted::{Names, want, want_properties};
use super::write::Written;
use crate::bytes::Padded;
use crate::decimal::DecimalSign;
use crate::json::quoted;
use crate::limits::PROPERTY_STRING_MAX;
use crate::map::mapping::{self, EventMapping, From, MAPPED, Scalar, Source, Test};
use crate::time::TimeFormat;

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

/// Returns the numbers of the values of a source; `None` if it is no list of paths.
#[inline(never)]
fn slots(skim: &mut Skim, source: &Source) -> Option<Vec<usize>> {
    let From::Paths(paths) = &source.from else { return None };
    paths.iter().map(|path| want(skim, path)).collect()
}
