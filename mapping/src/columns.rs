//! A mapping that is bound to the columns of a table.

use std::borrow::Cow;
use std::collections::BinaryHeap;
use std::rc::Rc;

use crate::cell::Cell;
use crate::cells::Value as Told;
use crate::mapping::{EventMapping, From, Kind, MAPPED, Mapping, Source};
use crate::path::Path;
use crate::record::Part;
use split_events_base::codes::Code;
use split_events_base::event::PROPERTIES;
use split_events_base::finding::{Finding, cut};
use split_events_base::names::{self, Found};
use split_events_base::text::is_white_space;
use split_events_base::text::join;
use split_events_base::time::is_time;

/// What the name of a property's column begins with.
pub const PROPERTY: &str = "properties.";
/// The number of fields in [`MAPPED`] that every event has; they are the first.
pub const NEEDED: usize = 4;
const TIMESTAMP: usize = 3;

/// What a column is in the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A field of its own, by its number in [`MAPPED`].
    Field(usize),
    /// A property, and what its cells are if they do not tell it themselves.
    Property(String, Option<Kind>),
    /// Properties as a JSON object.
    Properties,
    /// Left out.
    LeftOut,
}

impl Target {
    /// Reads a field, `properties`, `properties.NAME`, or `-` for none.
    fn new(name: &str) -> Option<Target> {
        if matches!(name, "" | "-") {
            return Some(Target::LeftOut);
        }
        if name == PROPERTIES {
            return Some(Target::Properties);
        }
        if let Some(field) = MAPPED.iter().position(|field| *field == name) {
            return Some(Target::Field(field));
        }
        let property = name.strip_prefix(PROPERTY).filter(|property| !property.is_empty())?;
        Some(Target::Property(property.to_owned(), None))
    }

    /// Reads the same, and `properties.NAME:text` or `properties.NAME:number` for a property of one kind.
    pub fn mapped(target: &str) -> Option<Target> {
        for (suffix, kind) in [(":text", Kind::Text), (":number", Kind::Number)] {
            if let Some(Target::Property(name, _)) = target.strip_suffix(suffix).and_then(Target::new) {
                return Some(Target::Property(name, Some(kind)));
            }
        }
        Target::new(target)
    }

    /// Returns what a column that has a name is by that.
    fn named(name: &str) -> Target {
        let property = || Target::Property(name.to_owned(), None);
        if name == "-" { property() } else { Target::new(name).unwrap_or_else(property) }
    }

    /// Returns the name as it is written in `map`.
    fn name(&self) -> String {
        match self {
            Target::Field(field) => MAPPED[*field].to_owned(),
            Target::Property(name, _) => [PROPERTY, name].concat(),
            Target::Properties => PROPERTIES.to_owned(),
            Target::LeftOut => String::new(),
        }
    }
}

/// Two columns that are for one field.
pub struct Twice {
    /// The number of the second column.
    pub column: usize,
    /// The name of the field, or of the column that a path may mean.
    pub name: String,
}

impl Mapping {
    /// Returns the mapping for a table with columns of these names. The columns that are fields and properties by their
    /// own names, or since they are the rest, become so by name.
    pub fn bound(&self, names: &[Cow<str>]) -> Result<Mapping, Twice> {
        let mut mapping = self.clone();
        for event in &mut mapping.events {
            event.bind(names)?;
        }
        Ok(mapping)
    }

    /// Returns the mapping for JSON: fields without a source are the members of the same name if they may be.
    pub fn for_json(&self) -> Mapping {
        let mut mapping = self.clone();
        for event in mapping.events.iter_mut().filter(|event| event.own_names) {
            let member = |name: &str| Path { text: name.to_owned(), segments: vec![name.to_owned()], column: None };
            for (field, name) in event.fields.iter_mut().zip(MAPPED) {
                let source = field.get_or_insert_with(|| Source::new(From::Paths(Vec::new())));
                if let From::Paths(paths) = &mut source.from {
                    paths.push(member(name));
                }
                event.used.push(name.to_owned());
            }
            if event.properties.from.iter().all(|path| path.text != PROPERTIES) {
                event.properties.from.push(member(PROPERTIES));
            }
            event.used.push(PROPERTIES.to_owned());
        }
        mapping
    }

    /// Returns the fields that every event needs and that no part of the mapping can be; an empty text if there are
    /// none, or an event of another entry has all.
    pub fn missing(&self) -> String {
        let mut first = String::new();
        for event in &self.events {
            let is_missing = |source: &Option<Source>| source.as_ref().is_none_or(|source| !source.may_be());
            let missing: Vec<&str> = MAPPED
                .iter()
                .zip(&event.fields)
                .take(NEEDED)
                .filter(|(_, source)| is_missing(source))
                .map(|(name, _)| *name)
                .collect();
            if missing.is_empty() {
                return String::new();
            }
            if first.is_empty() {
                first = join(&missing, ", ");
            }
        }
        first
    }
}

impl Source {
    /// Returns whether a bound source is a constant, or from columns that the table has.
    fn may_be(&self) -> bool {
        self.default.is_some()
            || match &self.from {
                From::Value(_) => true,
                From::Paths(paths) => paths.iter().any(|path| path.column.is_some()),
                From::Template(_) => self.column() < usize::MAX,
            }
    }
}

impl EventMapping {
    fn bind(&mut self, names: &[Cow<str>]) -> Result<(), Twice> {
        let mut used = vec![false; names.len()];
        let mut twice: Option<Twice> = None;
        let own_names = self.own_names;
        for (path, is_condition) in self.paths() {
            let found = names::find(path.first(), names);
            let again = |first: usize| names.iter().skip(first + 1).position(|name| *name == names[first]);
            let (column, second) = match found {
                Found::No => continue,
                Found::At(first) => (first, again(first).map(|behind| first + 1 + behind)),
                Found::Twice(first, second) => (first, Some(second)),
            };
            if let Some(second) = second {
                let name = both(path.first(), &[column, second], names);
                twice.get_or_insert(Twice { column: second, name });
            }
            path.column = Some(column);
            used[column] |= !(is_condition && own_names);
        }
        if !self.own_names && !self.properties.rest {
            self.sort();
            return twice.map_or(Ok(()), Err);
        }
        let given = self.properties.add.len();
        let mut targets: Vec<(String, usize)> = Vec::new();
        for (column, name) in names.iter().map(AsRef::as_ref).enumerate() {
            let is_dropped = |dropped: &String| *dropped == *name;
            if used[column] || name.is_empty() || self.properties.drop.iter().any(is_dropped) {
                continue;
            }
            let property = || Target::Property(name.to_string(), None);
            let target = if self.own_names { Target::named(own(name, names)) } else { property() };
            let path = Path::of_column(name, column);
            let label = target.name();
            let existing = match target {
                Target::LeftOut => continue,
                Target::Field(field) => {
                    let source = &mut self.fields[field];
                    if source.as_ref().is_none_or(|source| !source.may_be()) {
                        *source = Some(Source::new(From::Paths(vec![path])));
                        None
                    } else {
                        source.as_ref()
                    }
                }
                Target::Properties => {
                    self.properties.from.push(path);
                    None
                }
                Target::Property(name, _) if !self.properties.keeps(&name) => continue,
                Target::Property(name, _) => {
                    let renamed =
                        self.properties.rename.iter().find(|(from, _)| *from == name).map(|(_, to)| to.clone());
                    let kind = self.properties.types.iter().find(|(named, _)| *named == name).map(|(_, kind)| *kind);
                    let name = renamed.unwrap_or(name);
                    let mut before = self.properties.add.iter().take(given);
                    match before.position(|(added, source)| *added == name && source.may_be()) {
                        Some(number) => Some(&self.properties.add[number].1),
                        None => {
                            let source = Source { kind, ..Source::new(From::Paths(vec![path])) };
                            self.properties.add.push((name, source));
                            None
                        }
                    }
                }
            };
            match existing {
                None => targets.push((label, column)),
                // a constant stands in the place of the column
                Some(source) if source.column() == usize::MAX => {}
                Some(source) => {
                    let other = source.column() - 1;
                    let name = both(&label, &[column.min(other), column.max(other)], names);
                    let column = column.max(other);
                    twice = Some(twice.filter(|twice| twice.column < column).unwrap_or(Twice { column, name }));
                }
            }
        }
        if let Some((column, name)) = same(targets, names)
            && twice.as_ref().is_none_or(|twice| column < twice.column)
        {
            twice = Some(Twice { column, name });
        }
        self.sort();
        twice.map_or(Ok(()), Err)
    }

    /// Brings properties into the order of their columns.
    fn sort(&mut self) {
        let mut sorted: Vec<(String, Source)> = Vec::with_capacity(self.properties.add.len());
        for added in self.properties.add.drain(..) {
            let behind = sorted.iter().rev().take_while(|(_, source)| source.column() > added.1.column()).count();
            sorted.insert(sorted.len() - behind, added);
        }
        self.properties.add = sorted;
        let mut objects: Vec<Path> = Vec::new();
        for path in self.properties.from.drain(..) {
            let behind = objects.iter().rev().take_while(|before| before.column > path.column).count();
            objects.insert(objects.len() - behind, path);
        }
        self.properties.from = objects;
    }
}

/// Returns the first column that is the same field as one before it, and the field's name.
fn same<N: AsRef<str> + PartialEq>(targets: Vec<(String, usize)>, names: &[N]) -> Option<(usize, String)> {
    let sorted = BinaryHeap::from(targets).into_sorted_vec();
    let same = sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0).min_by_key(|pair| pair[1].1)?;
    Some((same[1].1, both(&same[0].0, &[same[0].1, same[1].1], names)))
}

/// Returns the name of a field with those of two columns that are for it, if they are written differently.
fn both<N: AsRef<str>>(field: &str, columns: &[usize; 2], names: &[N]) -> String {
    let [one, other] = columns.map(|column| names.get(column).map_or("", N::as_ref));
    if one == other { field.to_owned() } else { [field, " (", one, ", ", other, ")"].concat() }
}

/// Returns the name of the field that a column is by its own name however that is written, or the column's name. No
/// column is a field by another writing if one has the field's own name.
fn own<'n, N: AsRef<str>>(name: &'n str, names: &[N]) -> &'n str {
    let is_own = |field: &&&str| names::alike(field, name) && names.iter().all(|name| name.as_ref() != **field);
    MAPPED.iter().chain(&[PROPERTIES]).find(is_own).map_or(name, |field| *field)
}

/// The columns of a table.
pub struct Columns {
    /// The names in the header row.
    pub names: Rc<[String]>,
    /// The mapping, bound to them.
    pub mapping: Rc<Mapping>,
    /// The text of the header row.
    pub text: String,
    /// How many cells a row has at least: up to the last column that has a name.
    pub width: usize,
    /// The number of the timestamp's column.
    pub timestamp: usize,
    /// The numbers of the columns that have JSON in their cells into which the mapping looks.
    pub inside: Vec<usize>,
    /// The line and the byte of the header row in the source.
    pub place: (u64, u64),
}

impl Columns {
    /// Makes the columns of a header row with this text, which begins at this line and byte of the source.
    pub fn new(names: &[Cow<str>], mut mapping: Mapping, text: &str, place: (u64, u64)) -> Self {
        let width = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        let mut inside = Vec::new();
        for event in &mut mapping.events {
            let objects: Vec<Option<usize>> = event.properties.from.iter().map(|path| path.column).collect();
            let deep =
                event.paths().into_iter().filter(|(path, _)| path.segments.len() > 1).map(|(path, _)| path.column);
            inside.extend(objects.into_iter().chain(deep).flatten());
        }
        let timestamp = mapping.events.iter().find_map(|event| {
            let column = event.fields[TIMESTAMP].as_ref()?.column();
            column.checked_sub(1).filter(|&column| column < names.len())
        });
        Columns {
            names: names.iter().map(ToString::to_string).collect(),
            mapping: Rc::new(mapping),
            text: text.to_owned(),
            width,
            timestamp: timestamp.unwrap_or_default(),
            inside,
            place,
        }
    }

    /// Returns the row before a header on the same line. That comes of joining files whose last line has no end.
    pub fn glued<'r>(&self, row: &'r str, cells: usize) -> Option<&'r str> {
        let before = row.strip_suffix(&*self.text)?;
        (cells >= self.names.len() && !before.is_empty()).then_some(before)
    }

    /// Returns whether the cell of the timestamp column may be the name of a column: it does not begin with a digit.
    pub fn may_be_name(cell: Option<&Cell>, row: &str) -> bool {
        let is_digit = |text: &str| text.trim_start_matches(is_white_space).starts_with(|c: char| c.is_ascii_digit());
        cell.is_none_or(|cell| !is_digit(&cell.text(row)))
    }

    /// Returns whether a line of the row behind the first may be a row itself: it has as many separators as the header,
    /// or a time in the place of the timestamp.
    pub fn spans_rows(&self, row: &str, separator: u8) -> bool {
        let separator = char::from(separator);
        let may_be_row = |line: &str| {
            line.split(separator).count() == self.names.len()
                || line.split(separator).nth(self.timestamp).is_some_and(|cell| is_time(cell.trim()))
        };
        row.split(['\r', '\n']).skip(1).any(may_be_row)
    }

    /// Returns each column in which cells were made numbers and others stayed text, with the numbers of both.
    pub fn mixed(&self, tallies: &Tallies) -> Vec<String> {
        let mut mixed = Vec::new();
        for (column, name) in self.names.iter().enumerate() {
            let Some(Tally { numbers, texts, .. }) = tallies.columns.get(column) else { break };
            if *numbers > 0 && *texts > 0 {
                let properties = self.mapping.events.iter().flat_map(|event| &event.properties.add);
                let named = properties.clone().find(|(_, source)| source.column() == column + 1).map(|(name, _)| name);
                let name = named.unwrap_or(name);
                mixed
                    .push([name, ": ", &numbers.to_string(), " as numbers, ", &texts.to_string(), " as text"].concat());
            }
        }
        mixed
    }
}

/// What was found in the cells of a table.
#[derive(Debug, Default)]
pub struct Tallies {
    columns: Vec<Tally>,
    told_booleans: bool,
    /// Issues about the table, and not about one of its events; bytes count from the row's first.
    pub notes: Vec<Finding>,
}

/// How many cells of a column became numbers, and how many stayed text.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    numbers: u64,
    texts: u64,
}

impl Tallies {
    /// Forgets what was counted in columns.
    pub fn restart(&mut self) {
        self.columns.clear();
    }

    /// Returns whether it was reported that `TRUE` became true.
    pub fn told_booleans(&self) -> bool {
        self.told_booleans
    }

    /// Counts cells of a column that became numbers or stayed text.
    pub fn add(&mut self, column: usize, numbers: u64, texts: u64) {
        let tally = self.of(column);
        tally.numbers += numbers;
        tally.texts += texts;
    }

    fn of(&mut self, column: usize) -> &mut Tally {
        if self.columns.len() <= column {
            self.columns.resize(column + 1, Tally::default());
        }
        &mut self.columns[column]
    }

    /// Counts what a cell whose kind is not told has become.
    pub(crate) fn count(&mut self, part: &Part, text: &str, told: &Told) {
        let column = part.column.saturating_sub(1);
        match told {
            Told::Boolean(json) if *text != **json && !self.told_booleans => {
                self.told_booleans = true;
                self.notes.push(Finding { code: Code::CsvBooleans, path: "".into(), at: part.at, got: cut(text) });
            }
            Told::Number(_) => self.of(column).numbers += 1,
            Told::Text => self.of(column).texts += 1,
            Told::Boolean(_) | Told::NotNumber => {}
        }
    }
}
