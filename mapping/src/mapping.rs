//! What says which part of a record becomes which field of an event.

use crate::path::Path;
use split_events_base::decimal::DecimalSign;
use split_events_base::event::PROPERTIES;
use split_events_base::names::alike;
use split_events_base::rules::normalize;
use split_events_base::text::{self, join};
use split_events_base::time::TimeFormat;

/// The fields that [`EventMapping::fields`] holds, in its order: all but the properties.
pub const MAPPED: [&str; 6] = ["eventTypeId", "trafficTypeName", "key", "timestamp", "value", "environmentName"];

/// What says which parts of a record become which fields of its events.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapping {
    /// The name of the preset, if it is one.
    pub name: Option<String>,
    /// Where the records stand in a value of the source, if they are not the values themselves. Only for JSON. A
    /// segment `*` stands for each item of a list.
    pub records: Option<Path>,
    /// By what a source is recognised as one for this mapping: any of these.
    pub recognize: Vec<Signs>,
    /// Each of them whose conditions hold makes an event of a record.
    pub events: Vec<EventMapping>,
    /// The names that the user maps besides: it is an issue if a source has none of them.
    pub mapped: Vec<Path>,
}

/// Signs by which a source is recognised: all must be there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Signs {
    /// Parts that a JSON record has.
    pub paths: Vec<Path>,
    /// Columns that a table has.
    pub columns: Vec<String>,
    /// Conditions that a JSON record meets.
    pub when: Vec<Condition>,
}

/// What makes one event of a record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventMapping {
    /// A list of which each item makes an event. Paths that begin with the same segments lead into the current item.
    pub each: Option<Path>,
    /// All of these must hold for a record, or else the record makes no such event.
    pub when: Vec<Condition>,
    /// Leaves the event out if the record has no key for it. Otherwise such an event is refused.
    pub optional: bool,
    /// Where the event stands in its own shape, if it does: the first of these that is there is taken as it is. A text is
    /// that of an event.
    pub whole: Vec<Path>,
    /// The sources of the fields, in the order of [`MAPPED`].
    pub fields: [Option<Source>; MAPPED.len()],
    /// How times are written.
    pub time: TimeFormat,
    /// What stands before the decimals of `value`, if amounts are read as people write them.
    pub decimal: Option<DecimalSign>,
    /// The properties.
    pub properties: Properties,
    /// Fields without a source are those of the same name, and columns of other names are properties.
    pub own_names: bool,
    /// The names of the columns or top-level members that the entry uses, once it is bound.
    pub used: Vec<String>,
}

impl Mapping {
    /// Returns the mapping of events in their own shape.
    pub fn own() -> Self {
        Mapping { events: vec![EventMapping::own()], ..Mapping::default() }
    }

    /// Returns a mapping by which every table may be read, whatever its columns: each event has the same fields.
    pub fn of_any_table() -> Self {
        let fields = std::array::from_fn(|_| Some(Source::new(From::Value("0".to_owned()))));
        Mapping { events: vec![EventMapping { fields, ..EventMapping::default() }], ..Mapping::default() }
    }

    /// Returns true if it is [`Mapping::own`].
    pub fn is_own(&self) -> bool {
        self.is_identity() && self.name.is_none() && self.recognize.is_empty() && self.mapped.is_empty()
    }

    /// Returns true if an event is its record, unchanged, if that is JSON.
    pub fn is_identity(&self) -> bool {
        self.records.is_none() && self.events.iter().all(EventMapping::is_identity) && self.events.len() == 1
    }

    /// Notes which names each entry uses.
    pub fn note_used(&mut self) {
        for event in &mut self.events {
            event.used = event.paths().into_iter().map(|(path, _)| path.first().to_owned()).collect();
        }
    }

    /// Returns true if the mapping uses a column or top-level member with this name.
    pub fn uses(&self, name: &str) -> bool {
        self.events.iter().any(|event| {
            let left_out = event.properties.drop.iter().filter(|_| event.own_names);
            event.used.iter().chain(left_out).any(|used| used == name || alike(used, name))
        })
    }
}

impl EventMapping {
    /// Returns the mapping of events in their own shape.
    pub fn own() -> Self {
        EventMapping { own_names: true, ..EventMapping::default() }
    }

    /// Returns true if an event is its record, unchanged.
    pub fn is_identity(&self) -> bool {
        let EventMapping { each, when, optional, whole, fields, time, decimal, properties, own_names, used } = self;
        let Properties { from, rest, keep, drop, rename, pairs, add, types, flatten } = properties;
        let has_options = *optional || *rest || *flatten || each.is_some() || decimal.is_some() || keep.is_some();
        let has_lists = !(when.is_empty() && whole.is_empty() && used.is_empty() && from.is_empty() && drop.is_empty());
        let has_properties = !(rename.is_empty() && pairs.is_empty() && add.is_empty() && types.is_empty());
        let has_fields = fields.iter().any(Option::is_some) || *time != TimeFormat::default();
        *own_names && !(has_options || has_lists || has_properties || has_fields)
    }

    /// Takes each part of the event that stands in the record by a source of its own, so that others can lie over it.
    pub fn part(&mut self) {
        let Some(event) = self.whole.first().cloned() else { return };
        let inside = |name: &str| From::Paths(vec![event.member(name)]);
        self.fields = MAPPED.map(|name| Some(Source::new(inside(name))));
        self.properties.from.push(event.member(PROPERTIES));
        self.whole.clear();
    }

    /// Returns the paths from which a field or an added property comes.
    pub fn paths_of(&self, target: &str) -> Option<String> {
        if let Some(event) = self.whole.first() {
            let inside =
                if target.is_empty() { String::new() } else { ["/", &text::replace(target, ".", "/")].concat() };
            return Some([&*event.text, &inside].concat());
        }
        let field = MAPPED.iter().position(|field| *field == target);
        let added = |property| self.properties.add.iter().find(|(name, _)| *name == property).map(|(_, source)| source);
        let source = match field {
            Some(field) => self.fields[field].as_ref(),
            None => target.strip_prefix("properties.").and_then(added),
        };
        let names: Vec<&str> = match &source?.from {
            From::Paths(paths) => paths.iter().map(|path| &*path.text).collect(),
            From::Template(pieces) => pieces.iter().filter_map(Piece::path).map(|path| &*path.text).collect(),
            From::Value(_) => return None,
        };
        Some(join(&names, ", "))
    }

    /// Returns every path that leads into the record, and whether it is that of a condition.
    pub fn paths(&mut self) -> Vec<(&mut Path, bool)> {
        let mut paths: Vec<(&mut Path, bool)> = Vec::new();
        paths.extend(self.when.iter_mut().map(|condition| (&mut condition.path, true)));
        paths.extend(self.each.iter_mut().chain(&mut self.whole).map(|path| (path, false)));
        let properties = &mut self.properties;
        let added = properties.add.iter_mut().map(|(_, source)| source);
        for source in self.fields.iter_mut().flatten().chain(added) {
            match &mut source.from {
                From::Paths(of) => paths.extend(of.iter_mut().map(|path| (path, false))),
                From::Template(pieces) => paths.extend(pieces.iter_mut().filter_map(|piece| match piece {
                    Piece::Value(path) => Some((path, false)),
                    Piece::Text(_) => None,
                })),
                From::Value(_) => {}
            }
        }
        paths.extend(properties.from.iter_mut().map(|path| (path, false)));
        paths.extend(properties.pairs.iter_mut().map(|pairs| (&mut pairs.from, false)));
        paths
    }
}

/// What must hold for a value in a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Where the value is.
    pub path: Path,
    /// What must hold.
    pub test: Test,
}

/// What must hold for a value that may be missing. An empty cell is missing.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It is one of these.
    In(Vec<Scalar>),
    /// It is missing or none of these.
    NotIn(Vec<Scalar>),
    /// It is there, if true; it is missing, if false. `null` is there.
    Exists(bool),
    /// It is a text that begins with one of these.
    BeginsWith(Vec<String>),
    /// It is missing, no text, or begins with none of these.
    NotBeginsWith(Vec<String>),
}

/// A JSON value without members that a value is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text of a string, without quotes and escapes; the JSON of any other value.
    pub text: String,
    /// Whether it is a string. A cell is compared by its text alone.
    pub is_string: bool,
}

/// What becomes a field or a property.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Where the value comes from.
    pub from: From,
    /// The JSON text of the value that is taken if there is none.
    pub default: Option<String>,
    /// Values, as text, and what becomes of them. Others stay as they are.
    pub table: Vec<(String, String)>,
    /// Characters that an event type may not have become `_`.
    pub clean: bool,
    /// What is put in front of the text.
    pub prefix: String,
    /// What is put behind the text.
    pub suffix: String,
    /// The kind of the value, if it is not told by the value itself.
    pub kind: Option<Kind>,
}

impl Source {
    /// Returns a source that takes a value as it is.
    pub fn new(from: From) -> Self {
        let (prefix, suffix) = (String::new(), String::new());
        Source { from, default: None, table: Vec::new(), clean: false, prefix, suffix, kind: None }
    }

    /// Returns true if the value is taken as it is, from the first of these paths that leads to one.
    pub fn is_plain(&self) -> bool {
        !self.changes_text() && self.default.is_none() && self.kind.is_none() && matches!(self.from, From::Paths(_))
    }

    /// Returns the number of the column, from 1, at which a property from this source is written; the last if it is from
    /// no column.
    pub fn column(&self) -> usize {
        let column = match &self.from {
            From::Paths(paths) => paths.iter().filter_map(|path| path.column).min(),
            From::Template(pieces) => pieces.iter().find_map(|piece| piece.path()?.column),
            From::Value(_) => None,
        };
        column.map_or(usize::MAX, |column| column + 1)
    }

    /// Returns the text with the changes that the source asks for.
    pub fn changed(&self, text: &str) -> String {
        let changed = self.table.iter().find(|(from, _)| from == text).map_or(text, |(_, to)| to);
        let middle = if self.clean { cleaned(changed) } else { changed.to_owned() };
        [&*self.prefix, &middle, &self.suffix].concat()
    }

    /// Returns true if the text of the value may be changed.
    pub fn changes_text(&self) -> bool {
        self.clean || !self.table.is_empty() || !self.prefix.is_empty() || !self.suffix.is_empty()
    }
}

/// Returns a text as the name of an event: without what stands before the first letter or digit, and with `_` for
/// characters that a name may not have.
fn cleaned(text: &str) -> String {
    match text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()) {
        "" => text.to_owned(),
        name => normalize(name),
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    /// The first of these that is there, and neither `null` nor an empty text.
    Paths(Vec<Path>),
    /// A constant, as JSON text.
    Value(String),
    /// A text of several values. If one of them is missing, all of it is.
    Template(Vec<Piece>),
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stays.
    Text(String),
    /// The value at a path, as text.
    Value(Path),
}

impl Piece {
    /// Returns the path of a value.
    fn path(&self) -> Option<&Path> {
        match self {
            Piece::Value(path) => Some(path),
            Piece::Text(_) => None,
        }
    }
}

/// What the cells or values of a property become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, whatever it looks like.
    Text,
    /// A number; a value that is none refuses the event.
    Number,
}

/// Where the properties of an event come from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Properties {
    /// Objects whose members are properties. Of two members with one name, that of the first object is taken.
    pub from: Vec<Path>,
    /// All members or columns are properties that no other part of the mapping uses.
    pub rest: bool,
    /// The names that are taken; all, if it is not given.
    pub keep: Option<Vec<String>>,
    /// The names that are left out, as they are called in the source.
    pub drop: Vec<String>,
    /// Names in the source and what they become.
    pub rename: Vec<(String, String)>,
    /// Lists whose items are properties.
    pub pairs: Vec<Pairs>,
    /// Further properties by their names.
    pub add: Vec<(String, Source)>,
    /// The kinds of properties by their names in the source.
    pub types: Vec<(String, Kind)>,
    /// Objects among the properties become properties with dotted names.
    pub flatten: bool,
}

impl Properties {
    /// Returns whether a property of an object is taken, by its name in the source.
    pub fn keeps(&self, name: &str) -> bool {
        self.keep.as_ref().is_none_or(|keep| keep.iter().any(|kept| kept == name))
    }
}

/// A list of which each item is a property.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs {
    /// The list.
    pub from: Path,
    /// Where the name is in an item.
    pub name: Path,
    /// Where the value may be in an item, and its kind: the first that is there and not `null`.
    pub values: Vec<(Path, Option<Kind>)>,
}
