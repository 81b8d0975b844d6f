//! Makes the events of a record, and says where each part of them came from and what is wrong with it.

use std::borrow::Cow;
use std::cell::Cell as Flag;

use crate::cells::{self, Value as Told};
use crate::columns::Tallies;
use crate::made::{Made, Origin};
use crate::mapping::{EventMapping, From, Kind, MAPPED, Mapping, Pairs, Piece, Scalar, Source, Test};
use crate::path::Path;
use crate::record::{Found, Part, Record};
use split_events_base::amount;
use split_events_base::codes::Code;
use split_events_base::decimal::is_json_number;
use split_events_base::event::PROPERTIES;
use split_events_base::finding::{Finding, cut};
use split_events_base::host::Host;
use split_events_base::json::{self, Kind as Json, Member, quoted, write_quoted};
use split_events_base::rules::{NumberText, name_bit, number_text};
use split_events_base::text::is_white_space;
use split_events_base::time::{Order, OrderProof, needs_order, read as read_time};

/// The numbers of fields in [`MAPPED`].
const KEY: usize = 2;
const TIMESTAMP: usize = 3;
const AMOUNT: usize = 4;

/// An event that a record makes.
pub struct Planned<'r> {
    /// The number of its entry in the mapping.
    pub entry: usize,
    /// The item of the list of which each makes an event.
    item: Option<Part<'r>>,
}

impl Mapping {
    /// Returns the events that a record makes, in the order of the entries; none if it is skipped.
    pub fn plan<'r>(&self, record: &'r Record<'r>) -> Vec<Planned<'r>> {
        let mut planned = Vec::new();
        for (entry, event) in self.events.iter().enumerate() {
            let items = match &event.each {
                None => vec![None],
                Some(each) => {
                    let list = record.find(&each.list(), &Flag::default());
                    list.map_or(Vec::new(), |list| list.items().into_iter().map(Some).collect())
                }
            };
            for item in items {
                let holds = Making { record, item: item.as_ref(), event, twice: Flag::default() }.holds();
                if holds {
                    planned.push(Planned { entry, item });
                }
            }
        }
        planned
    }

    /// Makes an event that was planned. `found` was found in the record before.
    pub fn make<'r>(
        &self,
        record: &'r Record<'r>,
        planned: &'r Planned<'r>,
        found: &[Finding],
        tallies: &mut Tallies,
        host: &dyn Host,
        made: &mut Made,
    ) {
        let Some(event) = self.events.get(planned.entry) else { return };
        let making = Making { record, item: planned.item.as_ref(), event, twice: Flag::default() };
        let mut writing = Writing::new(host, tallies, found, made);
        if !event.whole.is_empty() {
            let part = event.whole.iter().find_map(|path| making.find(path));
            writing.whole(part.as_ref());
            return writing.leave(made);
        }
        making.fields(&mut writing);
        making.properties(&mut writing);
        if making.twice.get() {
            writing.findings.push(Finding::of_record(Code::DuplicateField, record.text()));
        }
        writing.finish(made);
    }
}

impl Mapping {
    /// Shows timestamps whose order of day and month is not told to the proof of their entry. Returns whether one of them
    /// cannot be read without that order.
    pub fn prove_orders(&self, record: &Record, proofs: &mut [OrderProof]) -> bool {
        let mut is_needed = false;
        for (event, proof) in self.events.iter().zip(proofs).filter(|(event, _)| event.time.order == Order::Auto) {
            let making = Making { record, item: None, event, twice: Flag::default() };
            let taken = event.fields[TIMESTAMP].as_ref().and_then(|source| making.take(source));
            if let Some(text) = taken.as_ref().and_then(Taken::scalar) {
                let text = text.trim_matches(is_white_space);
                proof.see(text);
                is_needed |= needs_order(text);
            }
        }
        is_needed
    }
}

/// A record that is being made into one of its events.
struct Making<'r> {
    record: &'r Record<'r>,
    item: Option<&'r Part<'r>>,
    event: &'r EventMapping,
    /// A path leads to a name that an object has twice.
    twice: Flag<bool>,
}

/// What becomes a field or a property.
enum Taken<'r> {
    /// A value of the record.
    Part(Part<'r>),
    /// A constant, as JSON.
    Constant(&'r str),
    /// The text of a template, and the first value in it.
    Text(String, Part<'r>),
}

impl Taken<'_> {
    /// Returns the text of a scalar.
    fn scalar(&self) -> Option<Cow<'_, str>> {
        match self {
            Taken::Part(part) => part.scalar().map(Cow::Borrowed),
            Taken::Text(text, _) => Some(Cow::Borrowed(text)),
            Taken::Constant(json) => match json::parse(json).ok()?.kind {
                Json::String(text) => Some(Cow::Owned(text.into_owned())),
                Json::Null => None,
                _ => Some(Cow::Borrowed(json)),
            },
        }
    }

    /// Returns true if the value is a text, and so not yet a number.
    fn is_text(&self) -> bool {
        match self {
            Taken::Part(part) => matches!(part.value.kind, Json::String(_)),
            Taken::Text(..) => true,
            Taken::Constant(json) => json.starts_with('"'),
        }
    }

    /// Returns the text of the value in the record, or of the constant.
    fn raw(&self) -> &str {
        match self {
            Taken::Part(part) | Taken::Text(_, part) => part.value.raw,
            Taken::Constant(json) => json,
        }
    }

    fn part(&self) -> Option<&Part<'_>> {
        match self {
            Taken::Part(part) | Taken::Text(_, part) => Some(part),
            Taken::Constant(_) => None,
        }
    }

    /// Returns the number of its column, from 1; 0 for a constant.
    fn column(&self) -> usize {
        self.part().map_or(0, |part| part.column)
    }
}

impl<'r> Making<'r> {
    fn find(&self, path: &Path) -> Option<Part<'r>> {
        match (&self.event.each, self.item) {
            (Some(each), Some(item)) if path.within(each).is_some() => {
                item.borrowed().find(path.within(each)?, &self.twice)
            }
            _ => self.record.find(path, &self.twice),
        }
    }

    /// Returns whether the record makes this event.
    fn holds(&self) -> bool {
        let has_key = || self.event.fields[KEY].as_ref().is_none_or(|key| self.take(key).is_some());
        self.event.when.iter().all(|condition| meets(self.find(&condition.path).as_ref(), &condition.test))
            && (!self.event.optional || has_key())
    }

    fn take(&self, source: &'r Source) -> Option<Taken<'r>> {
        let taken = match &source.from {
            From::Value(json) => Some(Taken::Constant(json)),
            From::Paths(paths) => paths.iter().filter_map(|path| self.find(path)).find(Part::is_there).map(Taken::Part),
            From::Template(pieces) => self.joined(pieces),
        };
        taken.or_else(|| source.default.as_deref().map(Taken::Constant))
    }

    /// Returns the text of a template; `None` if one of its values is missing.
    fn joined(&self, pieces: &'r [Piece]) -> Option<Taken<'r>> {
        let (mut text, mut first) = (String::new(), None);
        for piece in pieces {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Value(path) => {
                    let part = self.find(path).filter(Part::is_there)?;
                    text.push_str(part.scalar()?);
                    first.get_or_insert(part);
                }
            }
        }
        Some(Taken::Text(text, first?))
    }

    /// Writes the fields: constants first, then those of a row in the order of their columns.
    fn fields(&self, writing: &mut Writing) {
        let mut taken: [Option<Taken>; MAPPED.len()] =
            std::array::from_fn(|number| self.take(self.event.fields[number].as_ref()?));
        for _ in MAPPED {
            let column = |number: &usize| taken[*number].as_ref().map_or(usize::MAX, Taken::column);
            let Some(next) = (0..MAPPED.len()).min_by_key(column) else { return };
            let (Some(value), Some(source)) = (taken[next].take(), &self.event.fields[next]) else { return };
            self.find_second(next, &value, writing);
            self.field(next, source, &value, writing);
        }
    }

    /// Notes a field that is mapped from another member and stands in the record by its own name, too.
    fn find_second(&self, number: usize, taken: &Taken, writing: &mut Writing) {
        let Some(whole) = self.record.whole().filter(|_| self.event.own_names) else { return };
        let members = whole.members().unwrap_or_default();
        let own = members.iter().find(|member| member.name == MAPPED[number] && member.value.kind != Json::Null);
        if let (Some(own), Taken::Part(part)) = (own, taken)
            && own.value.at != part.at
        {
            let at = writing.text.len();
            writing.find(Code::DuplicateField, MAPPED[number].into(), at, own.value.raw);
            writing.origins.push(Origin { at, offset: own.value.at, length: 0 });
        }
    }

    fn field(&self, number: usize, source: &Source, taken: &Taken, writing: &mut Writing) {
        let (name, event) = (MAPPED[number], self.event);
        let read = |taken: &Taken| -> Option<Result<String, Code>> {
            let text = taken.scalar()?;
            let text = text.trim_matches(is_white_space);
            if number == TIMESTAMP && event.time.declared {
                Some(read_time(text, &event.time, writing.host).map(|time| time.millis().to_string()))
            } else if number == AMOUNT && event.decimal.is_some() && taken.is_text() {
                Some(amount::read(text, event.decimal?).ok_or(Code::ValueNotNumber))
            } else {
                None
            }
        };
        match read(taken) {
            Some(Ok(json)) => {
                writing.begin(name, taken, true);
                writing.text.push_str(&json);
            }
            Some(Err(code)) => {
                let at = writing.begin(name, taken, true);
                writing.as_it_is(taken);
                writing.find(code, name.into(), at, taken.raw());
            }
            None => writing.value(Target::Field(number), source, taken),
        }
    }

    /// Writes the properties: those of a row in the order of their columns, those of JSON as the mapping names them.
    fn properties(&self, writing: &mut Writing) {
        let properties = &self.event.properties;
        let mut objects = Vec::new();
        for path in &properties.from {
            let Some(part) = self.find(path).filter(Part::is_there) else { continue };
            let object = if part.is_cell { self.record.inside(&part) } else { None };
            let object = object.unwrap_or(part);
            if object.members().is_none() {
                // the rule of properties refuses it
                let taken = Taken::Part(object);
                writing.begin(PROPERTIES, &taken, false);
                return writing.as_it_is(&taken);
            }
            objects.push(object);
        }
        let added: Vec<Option<Taken>> = properties.add.iter().map(|(_, source)| self.take(source)).collect();
        let mut names = Names::default();
        // in the place of members of the same name; of events in their own shape nobody knows which is meant
        let is_first = |taken: &Option<Taken>| match taken {
            Some(Taken::Constant(_)) => true,
            taken => taken.is_some() && !self.event.own_names,
        };
        let first = properties.add.iter().zip(&added).filter(|(_, taken)| is_first(taken));
        names.added.extend(first.map(|((name, _), _)| &**name));
        let mut objects = objects.iter().peekable();
        for ((name, source), taken) in properties.add.iter().zip(&added) {
            while let Some(object) = objects.next_if(|object| object.column <= source.column()) {
                self.object(object, &mut names, writing);
            }
            if let Some(taken) = taken {
                writing.value(Target::Property(name), source, taken);
            }
        }
        for object in objects {
            self.object(object, &mut names, writing);
        }
        for pairs in &properties.pairs {
            self.pairs(pairs, &mut names, writing);
        }
        let Some(whole) = self.record.whole() else { return };
        if properties.rest {
            for member in whole.members().unwrap_or_default() {
                if !self.is_used(&member.name) {
                    self.member(member, &whole, "", false, &mut names, writing);
                }
            }
        }
        writing.end_properties();
        if self.event.own_names {
            for member in whole.members().unwrap_or_default() {
                if !self.is_used(&member.name) {
                    let part = whole.around(Found::Member(&member.value));
                    writing.label(member.raw_name, &Taken::Part(part), false);
                    writing.text.push_str(member.value.raw);
                }
            }
        }
    }

    /// Returns whether a part of the mapping is for the top-level member with this name.
    fn is_used(&self, name: &str) -> bool {
        let (used, drop) = (&self.event.used, &self.event.properties.drop);
        used.iter().chain(drop).any(|used| used == name)
    }

    /// Writes the members of an object that is the value of a path.
    fn object(&self, object: &Part, names: &mut Names<'r>, writing: &mut Writing) {
        if let Some(cell) = self.record.cell_of(object) {
            let at = writing.origin(object, false);
            writing.find_trimmed(PROPERTIES, at, cell);
        }
        if self.event.own_names {
            writing.begin_properties();
        }
        self.members(object, "", false, names, writing);
        names.end_object();
    }

    fn members(&self, object: &Part, prefix: &str, kept: bool, names: &mut Names<'r>, writing: &mut Writing) {
        for member in object.members().unwrap_or_default() {
            self.member(member, object, prefix, kept, names, writing);
        }
    }

    /// Writes a member of an object whose names begin with `prefix`, unless the mapping leaves it out; `kept` says that
    /// it keeps all of that object.
    fn member(
        &self,
        member: &Member,
        object: &Part,
        prefix: &str,
        kept: bool,
        names: &mut Names<'r>,
        writing: &mut Writing,
    ) {
        let properties = &self.event.properties;
        let name = [prefix, &*member.name].concat();
        if properties.drop.contains(&name) {
            return;
        }
        let kept = kept || properties.keeps(&name);
        let part = object.around(Found::Member(&member.value));
        if properties.flatten && part.members().is_some() {
            self.members(&part, &[&*name, "."].concat(), kept, names, writing);
        } else if kept {
            let raw_name = if prefix.is_empty() { Some(member.raw_name) } else { None };
            self.property(&name, raw_name, None, part, names, writing);
        }
    }

    /// Writes a property by its name in the source.
    fn property(
        &self,
        name: &str,
        raw_name: Option<&str>,
        kind: Option<Kind>,
        part: Part,
        names: &mut Names<'r>,
        writing: &mut Writing,
    ) {
        let properties = &self.event.properties;
        let renamed = properties.rename.iter().find(|(from, _)| from == name).map(|(_, to)| &**to);
        let sent = renamed.unwrap_or(name);
        if names.added.contains(&sent) || names.are_written(sent) {
            return;
        }
        if properties.from.len() > 1 || properties.rest || !properties.pairs.is_empty() {
            names.written.push(sent.to_owned());
        }
        let told = properties.types.iter().find(|(named, _)| named == name).map(|(_, kind)| *kind);
        let label = match raw_name.filter(|_| renamed.is_none()) {
            Some(raw_name) => Cow::Borrowed(raw_name),
            None => Cow::Owned(quoted(sent)),
        };
        writing.property(sent, &label, told.or(kind), &Taken::Part(part));
    }

    /// Writes the properties that are pairs of names and values in a list.
    fn pairs(&self, pairs: &Pairs, names: &mut Names<'r>, writing: &mut Writing) {
        let properties = &self.event.properties;
        for item in self.find(&pairs.from.list()).map_or(Vec::new(), |list| list.items()) {
            let name = item.borrowed().find(&pairs.name.segments, &self.twice);
            let Some(name) = name.as_ref().and_then(Part::scalar) else { continue };
            let value = |(path, kind): &(Path, Option<Kind>)| {
                let part = item.borrowed().find(&path.segments, &self.twice)?;
                (part.value.kind != Json::Null).then_some((part, *kind))
            };
            if properties.drop.iter().any(|dropped| dropped == name) || !properties.keeps(name) {
                continue;
            }
            if let Some((part, kind)) = pairs.values.iter().find_map(value) {
                self.property(name, None, kind, part, names, writing);
            }
        }
    }
}

/// Names of properties that are not written again.
#[derive(Default)]
struct Names<'r> {
    /// Those that are added.
    added: Vec<&'r str>,
    /// Those of the objects before, by [`name_bit`]: a record may have a hundred thousand.
    earlier: Vec<Vec<String>>,
    /// Those of the object that is being written.
    written: Vec<String>,
}

impl Names<'_> {
    /// Returns whether an object before has written a property of this name.
    fn are_written(&self, name: &str) -> bool {
        self.earlier.get(slot(name)).is_some_and(|names| names.iter().any(|earlier| earlier == name))
    }

    /// Ends the object that is being written.
    fn end_object(&mut self) {
        if self.written.is_empty() {
            return;
        }
        self.earlier.resize(u64::BITS as usize, Vec::new());
        for name in self.written.drain(..) {
            self.earlier[slot(&name)].push(name);
        }
    }
}

fn slot(name: &str) -> usize {
    name_bit(name.as_bytes()).trailing_zeros() as usize
}

/// What is written: a field, by its number in [`MAPPED`], or a property, by its name.
#[derive(Clone, Copy)]
enum Target<'t> {
    Field(usize),
    Property(&'t str),
}

impl Target<'_> {
    /// Returns the path in the event.
    fn path(self) -> Cow<'static, str> {
        match self {
            Target::Field(number) => MAPPED[number].into(),
            Target::Property(name) => path_of(name),
        }
    }
}

/// The text of an event while it is written.
struct Writing<'w> {
    host: &'w dyn Host,
    tallies: &'w mut Tallies,
    text: String,
    in_properties: bool,
    origins: Vec<Origin>,
    findings: Vec<Finding>,
}

impl<'w> Writing<'w> {
    /// Begins an event in the memory of the one before.
    fn new(host: &'w dyn Host, tallies: &'w mut Tallies, found: &[Finding], made: &mut Made) -> Self {
        let (mut text, mut origins) = (std::mem::take(&mut made.draft), std::mem::take(&mut made.origins));
        text.clear();
        text.push('{');
        origins.clear();
        origins.push(Origin { at: 0, offset: 0, length: 0 });
        Writing { host, tallies, text, in_properties: false, origins, findings: found.to_vec() }
    }

    /// Takes an event as it stands in the record; without one the text is empty.
    fn whole(&mut self, part: Option<&Part>) {
        self.text.clear();
        let Some(part) = part else { return };
        let text = if let Json::String(text) = &part.value.kind { text } else { part.value.raw };
        self.text.push_str(text);
        self.origins[0].offset = part.at;
    }

    /// Leaves the event in `made`.
    fn finish(mut self, made: &mut Made) {
        self.end_properties();
        self.text.push('}');
        self.leave(made);
    }

    fn leave(self, made: &mut Made) {
        made.text.clear();
        made.text.room(self.text.len()).copy_from_slice(self.text.as_bytes());
        (made.draft, made.origins, made.findings) = (self.text, self.origins, self.findings);
    }

    /// Notes that what is written from here on came from this part; `changed` says that it is another text.
    fn origin(&mut self, part: &Part, changed: bool) -> usize {
        let at = self.text.len();
        self.origins.push(Origin { at, offset: part.at, length: if changed { part.length } else { 0 } });
        at
    }

    fn comma(&mut self) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
    }

    /// Writes a name, as JSON, and the colon. Returns where its value begins.
    fn label(&mut self, name: &str, taken: &Taken, changed: bool) -> usize {
        self.comma();
        self.text.extend([name, ":"]);
        match taken.part() {
            Some(part) => self.origin(part, changed),
            None => {
                let at = self.text.len();
                self.origins.push(Origin { at, offset: 0, length: 0 });
                at
            }
        }
    }

    /// Writes the label of a field.
    fn begin(&mut self, name: &str, taken: &Taken, changed: bool) -> usize {
        self.label(&quoted(name), taken, changed)
    }

    fn begin_properties(&mut self) {
        if !self.in_properties {
            self.in_properties = true;
            self.comma();
            self.text.push_str("\"properties\":");
            self.origins.push(Origin { at: self.text.len(), offset: 0, length: 0 });
            self.text.push('{');
        }
    }

    fn end_properties(&mut self) {
        if std::mem::take(&mut self.in_properties) {
            self.text.push('}');
        }
    }

    /// Writes a value by its source.
    fn value(&mut self, target: Target, source: &Source, taken: &Taken) {
        let is_cell_of_property = matches!((target, taken), (Target::Property(_), Taken::Part(part)) if part.is_cell);
        let is_text = source.kind == Some(Kind::Text) && !is_cell_of_property;
        if (source.changes_text() || is_text || matches!(taken, Taken::Text(..)))
            && let Some(text) = taken.scalar()
        {
            let text = source.changed(&text);
            let at = self.begin_target(target, taken, true);
            if source.kind != Some(Kind::Number) {
                return write_quoted(&text, &mut self.text);
            }
            return match number_text(text.trim_matches(is_white_space), self.host) {
                NumberText::Finite(number) => self.text.push_str(&number),
                NumberText::TooLarge | NumberText::Not => {
                    write_quoted(&text, &mut self.text);
                    self.find(Code::MapNotNumber, target.path(), at, taken.raw());
                }
            };
        }
        match target {
            Target::Property(name) => self.property(name, &quoted(name), source.kind, taken),
            Target::Field(number) => self.field(number, source.kind, taken),
        }
    }

    fn begin_target(&mut self, target: Target, taken: &Taken, changed: bool) -> usize {
        match target {
            Target::Field(number) => self.begin(MAPPED[number], taken, changed),
            Target::Property(name) => {
                self.begin_properties();
                self.label(&quoted(name), taken, changed)
            }
        }
    }

    fn field(&mut self, number: usize, kind: Option<Kind>, taken: &Taken) {
        let name = MAPPED[number];
        if kind == Some(Kind::Number) {
            let at = self.begin(name, taken, true);
            return self.number(name.into(), at, taken);
        }
        let Taken::Part(part) = taken else {
            self.begin(name, taken, false);
            return self.as_it_is(taken);
        };
        let mut at = 0;
        let is_blank = part.is_cell && part.scalar().is_none_or(str::is_empty);
        if !is_blank {
            at = self.begin(name, taken, false);
            match part.scalar() {
                Some(text) if part.is_cell && matches!(number, TIMESTAMP | AMOUNT) && is_json_number(text) => {
                    self.text.push_str(text);
                }
                _ => self.as_it_is(taken),
            }
        }
        if let Json::String(text) = &part.value.kind
            && part.is_cell
        {
            self.find_trimmed(name, at, text);
        }
    }

    /// Writes a property. `label` is its name as JSON.
    fn property(&mut self, name: &str, label: &str, kind: Option<Kind>, taken: &Taken) {
        self.begin_properties();
        let at = self.label(label, taken, false);
        match taken {
            Taken::Part(part) if part.is_cell => {
                let Json::String(text) = &part.value.kind else { return };
                let told = cells::property(text, kind, self.host);
                self.tallies.count(part, text, &told);
                match told {
                    Told::Boolean(json) => self.text.push_str(json),
                    Told::Number(json) => self.text.push_str(&json),
                    Told::Text => write_quoted(text, &mut self.text),
                    Told::NotNumber => {
                        write_quoted(text, &mut self.text);
                        self.find(Code::CsvCellNotNumber, path_of(name), at, text);
                    }
                }
            }
            _ if kind == Some(Kind::Number) => self.number(path_of(name), at, taken),
            _ => match taken.scalar() {
                Some(text) if kind == Some(Kind::Text) => write_quoted(&text, &mut self.text),
                _ => self.as_it_is(taken),
            },
        }
    }

    /// Writes a scalar as a number.
    fn number(&mut self, path: Cow<'static, str>, at: usize, taken: &Taken) {
        let read = taken.scalar().map(|text| number_text(text.trim_matches(is_white_space), self.host));
        if let Some(NumberText::Finite(number)) = read {
            self.text.push_str(&number);
            return;
        }
        self.as_it_is(taken);
        self.find(Code::MapNotNumber, path, at, taken.raw());
    }

    /// Writes a value as it is, a cell without the white space around it.
    fn as_it_is(&mut self, taken: &Taken) {
        match taken {
            Taken::Part(part) if part.is_cell => write_quoted(part.scalar().unwrap_or_default(), &mut self.text),
            Taken::Text(text, _) => write_quoted(text, &mut self.text),
            Taken::Part(_) | Taken::Constant(_) => self.text.push_str(taken.raw()),
        }
    }

    fn find(&mut self, code: Code, path: Cow<'static, str>, at: usize, got: &str) {
        self.findings.push(Finding { code, path, at, got: cut(got) });
    }

    fn find_trimmed(&mut self, name: &'static str, at: usize, text: &str) {
        if text.trim_matches(is_white_space).len() < text.len() {
            self.find(Code::CsvCellTrimmed, name.into(), at, &quoted(text));
        }
    }
}

fn path_of(property: &str) -> Cow<'static, str> {
    [PROPERTIES, ".", property].concat().into()
}

/// Returns whether a value that may be missing passes a test.
pub(crate) fn meets(part: Option<&Part>, test: &Test) -> bool {
    let is_any = |scalars: &[Scalar]| part.is_some_and(|part| scalars.iter().any(|scalar| is_same(part, scalar)));
    let begins = |beginnings: &[String]| {
        let text = part.filter(|part| matches!(part.value.kind, Json::String(_))).and_then(Part::scalar);
        text.is_some_and(|text| beginnings.iter().any(|beginning| text.starts_with(&**beginning)))
    };
    match test {
        Test::In(scalars) => is_any(scalars),
        Test::NotIn(scalars) => !is_any(scalars),
        Test::Exists(expected) => part.is_some() == *expected,
        Test::BeginsWith(beginnings) => begins(beginnings),
        Test::NotBeginsWith(beginnings) => !begins(beginnings),
    }
}

fn is_same(part: &Part, scalar: &Scalar) -> bool {
    match &part.value.kind {
        Json::String(_) if part.is_cell => {
            let text = part.scalar().unwrap_or_default();
            text == scalar.text || (!scalar.is_string && text.eq_ignore_ascii_case(&scalar.text))
        }
        Json::String(text) => scalar.is_string && *text == *scalar.text,
        Json::Object(_) | Json::Array => false,
        Json::Null | Json::Bool(_) | Json::Number(_) => !scalar.is_string && part.value.raw == scalar.text,
    }
}
