//! Reads a mapping file: the JSON text of a mapping.

use crate::mapping::{
    Condition, EventMapping, From, Kind, MAPPED, Mapping, Pairs, Piece, Properties, Scalar, Signs, Source, Test,
};
use crate::path::Path;
use split_events_base::decimal::DecimalSign;
use split_events_base::json::{self, Kind as Json, Value, quoted};
use split_events_base::text::{join, replace};
use split_events_base::time::{Order, TimeFormat, Unit, Zone};

/// Why a text is no mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError {
    /// The path in the file, as a JSON Pointer; empty if the whole file is meant.
    pub path: String,
    /// What was found at the path, and what was expected.
    pub message: String,
}

impl MappingError {
    /// Returns the path and the message as one text.
    pub fn text(&self) -> String {
        match &*self.path {
            "" => self.message.clone(),
            path => [path, ": ", &self.message].concat(),
        }
    }
}

type Parsed<T> = Result<T, MappingError>;

impl Mapping {
    /// Reads the JSON text of a mapping.
    pub fn parse(text: &str) -> Result<Mapping, MappingError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value = json::parse(text).map_err(|error| {
            let before = text.get(..error.at).unwrap_or_default();
            let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
            let message =
                ["is not valid JSON at byte ", &error.at.to_string(), ", on line ", &line.to_string()].concat();
            MappingError { path: String::new(), message }
        })?;
        mapping(&Node { value: &value, path: String::new() })
    }
}

fn mapping(node: &Node) -> Parsed<Mapping> {
    let mut members = node.object(&["$schema", "name", "records", "recognize", "events"])?;
    let _ = members.take("$schema");
    let events = match members.take("events") {
        None => vec![EventMapping::own()],
        Some(node) => node.list("a list with at least one entry", event)?,
    };
    let mut mapping = Mapping {
        name: members.take("name").map(|node| node.text("a text")).transpose()?,
        records: members.take("records").map(|node| node.path_to_records()).transpose()?,
        recognize: members.take("recognize").map_or(Ok(Vec::new()), |node| node.list("a list of signs", signs))?,
        events,
        mapped: Vec::new(),
    };
    mapping.note_used();
    Ok(mapping)
}

#[inline(never)]
fn signs(node: &Node) -> Parsed<Signs> {
    let mut members = node.object(&["paths", "columns", "in", "when"])?;
    let mut signs = Signs {
        paths: members.take("paths").map_or(Ok(Vec::new()), |node| node.paths())?,
        columns: members.take("columns").map_or(Ok(Vec::new()), |node| node.texts())?,
        when: Vec::new(),
    };
    if let Some(node) = members.take("in") {
        for (name, node) in node.members("an object of paths and their values")? {
            let path = Path::new(&name).ok_or_else(|| node.expected(PATH))?;
            signs.when.push(Condition { path, test: Test::In(node.list(SCALARS, scalar)?) });
        }
    }
    if let Some(node) = members.take("when") {
        signs.when.extend(node.list("a list of conditions", conditions)?.into_iter().flatten());
    }
    Ok(signs)
}

const PATH: &str = "the name of a column or member, or a JSON Pointer such as /context/userId";
const SCALARS: &str = "a list of texts, numbers, true, false or null";
const TEXTS: &str = "a list of texts";

#[inline(never)]
fn event(node: &Node) -> Parsed<EventMapping> {
    let allowed = ["each", "when", "optional", "ownNames", "event", "properties"];
    let mut members = node.object(&[&MAPPED[..], &allowed].concat())?;
    let mut event = EventMapping {
        each: members.take("each").map(|node| node.path_to_records()).transpose()?,
        optional: members.flag("optional")?,
        own_names: members.flag("ownNames")?,
        whole: members.take("event").map_or(Ok(Vec::new()), |node| node.paths())?,
        ..EventMapping::default()
    };
    if let Some(node) = members.take("when") {
        for condition in node.list("a list of conditions", conditions)? {
            event.when.extend(condition);
        }
    }
    for (number, name) in MAPPED.iter().enumerate() {
        let Some(node) = members.take(name) else { continue };
        let further: &[&str] = match *name {
            "timestamp" => &["format", "unit", "zone"],
            "value" => &["decimal"],
            _ => &["table", "clean", "prefix", "suffix"],
        };
        let mut source_members = node.object(&[&SOURCE[..], further].concat())?;
        if *name == "timestamp" {
            event.time = time(&mut source_members)?;
        }
        if let Some(node) = source_members.take("decimal") {
            let signs = [(DecimalSign::Point, "point"), (DecimalSign::Comma, "comma")];
            event.decimal = Some(node.word(&signs)?);
        }
        event.fields[number] = Some(source(&node, &mut source_members)?);
    }
    if let Some(node) = members.take("properties") {
        event.properties = properties(&node)?;
    }
    let has_parts = event.fields.iter().any(Option::is_some) || event.properties != Properties::default();
    if has_parts && !event.whole.is_empty() {
        return Err(node.expected("either the whole event, or its fields and properties"));
    }
    Ok(event)
}

#[inline(never)]
fn time(members: &mut Members) -> Parsed<TimeFormat> {
    let units = [
        (Some(Unit::Seconds), "s"),
        (Some(Unit::Milliseconds), "ms"),
        (Some(Unit::Microseconds), "us"),
        (Some(Unit::Nanoseconds), "ns"),
        (None, "auto"),
    ];
    let mut time = TimeFormat::default();
    if let Some(node) = members.take("format") {
        (time.order, time.declared) = (node.word(&Order::WORDS)?, true);
    }
    if let Some(node) = members.take("unit") {
        (time.unit, time.declared) = (node.word(&units)?, true);
    }
    if let Some(node) = members.take("zone") {
        let expected = "UTC, a difference such as +02:00, or a name such as Europe/Berlin";
        let zone = Zone::parse(&node.text(expected)?).ok_or_else(|| node.expected(expected))?;
        (time.zone, time.declared) = (Some(zone), true);
    }
    Ok(time)
}

/// The members that every source of a value may have.
const SOURCE: [&str; 5] = ["from", "value", "template", "default", "type"];
const TYPES: [(Kind, &str); 2] = [(Kind::Text, "text"), (Kind::Number, "number")];

#[inline(never)]
fn source(node: &Node, members: &mut Members) -> Parsed<Source> {
    let from = match (members.take("from"), members.take("value"), members.take("template")) {
        (Some(node), None, None) => From::Paths(node.paths()?),
        (None, Some(node), None) => From::Value(node.scalar()?.raw.to_owned()),
        (None, None, Some(node)) => From::Template(template(&node)?),
        _ => return Err(node.fail("needs exactly one of from, value and template")),
    };
    let mut source = Source::new(from);
    source.default = members.take("default").map(|node| Ok(node.scalar()?.raw.to_owned())).transpose()?;
    source.kind = members.take("type").map(|node| node.word(&TYPES)).transpose()?;
    source.clean = members.flag("clean")?;
    if let Some(node) = members.take("table") {
        source.table = node.names()?;
    }
    for (name, text) in [("prefix", &mut source.prefix), ("suffix", &mut source.suffix)] {
        if let Some(node) = members.take(name) {
            *text = node.text("a text")?;
        }
    }
    Ok(source)
}

#[inline(never)]
fn template(node: &Node) -> Parsed<Vec<Piece>> {
    let expected = "a text with paths in braces, such as {/type}.{/name}; two braces stand for one";
    let text = node.text(expected)?;
    let (mut pieces, mut plain, mut chars) = (Vec::new(), String::new(), text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.next_if_eq(&c).is_some() => plain.push(c),
            '{' => {
                let mut name = String::new();
                loop {
                    match chars.next() {
                        Some('}') => break,
                        Some(c) => name.push(c),
                        None => return Err(node.expected(expected)),
                    }
                }
                let path = Path::new(&name).ok_or_else(|| node.expected(expected))?;
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Value(path));
            }
            '}' => return Err(node.expected(expected)),
            c => plain.push(c),
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    if pieces.iter().any(|piece| matches!(piece, Piece::Value(_))) { Ok(pieces) } else { Err(node.expected(expected)) }
}

#[inline(never)]
fn conditions(node: &Node) -> Parsed<Vec<Condition>> {
    let tests = ["in", "notIn", "exists", "beginsWith", "notBeginsWith"];
    let mut members = node.object(&[&["path"][..], &tests].concat())?;
    let name = match members.take("path") {
        Some(node) => path(&node)?,
        None => return Err(node.fail("needs a path")),
    };
    let mut found = Vec::new();
    for test in tests {
        let Some(node) = members.take(test) else { continue };
        let test = match test {
            "in" => Test::In(node.list(SCALARS, scalar)?),
            "notIn" => Test::NotIn(node.list(SCALARS, scalar)?),
            "exists" => Test::Exists(node.boolean()?),
            "beginsWith" => Test::BeginsWith(node.texts()?),
            _ => Test::NotBeginsWith(node.texts()?),
        };
        found.push(Condition { path: name.clone(), test });
    }
    if found.is_empty() {
        return Err(node.fail(&["needs one of ", &join(&tests, ", ")].concat()));
    }
    Ok(found)
}

#[inline(never)]
fn scalar(node: &Node) -> Parsed<Scalar> {
    let value = node.scalar()?;
    Ok(match &value.kind {
        Json::String(text) => Scalar { text: text.to_string(), is_string: true },
        _ => Scalar { text: value.raw.to_owned(), is_string: false },
    })
}

#[inline(never)]
fn properties(node: &Node) -> Parsed<Properties> {
    let mut members = node.object(&["from", "rest", "pairs", "keep", "drop", "rename", "add", "types", "flatten"])?;
    let mut properties = Properties {
        from: members.take("from").map_or(Ok(Vec::new()), |node| node.paths())?,
        rest: members.flag("rest")?,
        keep: members.take("keep").map(|node| node.texts()).transpose()?,
        drop: members.take("drop").map_or(Ok(Vec::new()), |node| node.texts())?,
        rename: members.take("rename").map_or(Ok(Vec::new()), |node| node.names())?,
        flatten: members.flag("flatten")?,
        ..Properties::default()
    };
    if let Some(node) = members.take("pairs") {
        properties.pairs.push(pairs(&node)?);
    }
    if let Some(node) = members.take("types") {
        for (name, node) in node.members("an object of names and their types")? {
            properties.types.push((name, node.word(&TYPES)?));
        }
    }
    if let Some(node) = members.take("add") {
        for (name, node) in node.members("an object of properties and their sources")? {
            let mut members = node.object(&[&SOURCE[..], &["table", "clean", "prefix", "suffix"]].concat())?;
            properties.add.push((name, source(&node, &mut members)?));
        }
    }
    Ok(properties)
}

#[inline(never)]
fn pairs(node: &Node) -> Parsed<Pairs> {
    let mut members = node.object(&["from", "name", "value"])?;
    let (Some(from), Some(name), Some(value)) = (members.take("from"), members.take("name"), members.take("value"))
    else {
        return Err(node.fail("needs from, name and value"));
    };
    let value_of = |node: &Node| {
        if !matches!(node.value.kind, Json::Object(_)) {
            return Ok((path(node)?, None));
        }
        let mut members = node.object(&["from", "type"])?;
        let from = members.take("from").ok_or_else(|| node.fail("needs from"))?;
        Ok((path(&from)?, members.take("type").map(|node| node.word(&TYPES)).transpose()?))
    };
    let values = match value.value.kind {
        Json::Array => value.list("a list of paths with at least one", value_of)?,
        _ => vec![value_of(&value)?],
    };
    Ok(Pairs { from: from.path_to_records()?, name: path(&name)?, values })
}

#[inline(never)]
fn path(node: &Node) -> Parsed<Path> {
    Path::new(&node.text(PATH)?).ok_or_else(|| node.expected(PATH))
}

/// A value of the file, and the path that leads to it.
struct Node<'n> {
    value: &'n Value<'n>,
    path: String,
}

/// The members of an object that are not taken yet.
struct Members<'n>(Vec<(&'n str, Node<'n>)>);

impl<'n> Members<'n> {
    #[inline(never)]
    fn take(&mut self, name: &str) -> Option<Node<'n>> {
        let at = self.0.iter().position(|(member, _)| *member == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Returns the value of a member that is true or false, and false if it is not given.
    #[inline(never)]
    fn flag(&mut self, name: &str) -> Parsed<bool> {
        self.take(name).map_or(Ok(false), |node| node.boolean())
    }
}

impl<'n> Node<'n> {
    fn fail(&self, message: &str) -> MappingError {
        MappingError { path: self.path.clone(), message: message.to_owned() }
    }

    #[inline(never)]
    fn none_of(&self, found: &str, allowed: &[&str]) -> MappingError {
        self.fail(&[found, " is none of ", &join(allowed, ", ")].concat())
    }

    #[inline(never)]
    fn expected(&self, what: &str) -> MappingError {
        let found = match &self.value.kind {
            Json::Object(_) => "an object",
            Json::Array if json::first_element(self.value.raw).is_none() => "an empty list",
            Json::Array => "a list",
            _ => self.value.raw,
        };
        self.fail(&["must be ", what, ", but is ", found].concat())
    }

    /// Returns the members of an object, each name once.
    #[inline(never)]
    fn members(&self, expected: &str) -> Parsed<Vec<(String, Node<'n>)>> {
        let Json::Object(members) = &self.value.kind else { return Err(self.expected(expected)) };
        let mut nodes: Vec<(String, Node)> = Vec::new();
        for member in members {
            let name = replace(&replace(&member.name, "~", "~0"), "/", "~1");
            let node = Node { value: &member.value, path: [&self.path, "/", &*name].concat() };
            if nodes.iter().any(|(name, _)| *name == *member.name) {
                return Err(node.fail("is given twice"));
            }
            nodes.push((member.name.to_string(), node));
        }
        Ok(nodes)
    }

    /// Returns the members of an object that may only have these names.
    #[inline(never)]
    fn object(&self, allowed: &[&'static str]) -> Parsed<Members<'n>> {
        let mut members = Vec::new();
        for (name, node) in self.members("an object")? {
            match allowed.iter().find(|allowed| **allowed == name) {
                Some(name) => members.push((*name, node)),
                None => return Err(node.none_of(&quoted(&name), allowed)),
            }
        }
        Ok(Members(members))
    }

    fn list<T>(&self, expected: &str, read: impl Fn(&Node) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut list = Vec::new();
        for (number, value) in self.items(expected)?.iter().enumerate() {
            list.push(read(&Node { value, path: [&self.path, "/", &*number.to_string()].concat() })?);
        }
        Ok(list)
    }

    #[inline(never)]
    fn items(&self, expected: &str) -> Parsed<Vec<Value<'n>>> {
        let items = json::elements(self.value).filter(|items| !items.is_empty());
        items.ok_or_else(|| self.expected(expected))
    }

    #[inline(never)]
    fn text(&self, expected: &str) -> Parsed<String> {
        match &self.value.kind {
            Json::String(text) => Ok(text.to_string()),
            _ => Err(self.expected(expected)),
        }
    }

    #[inline(never)]
    fn texts(&self) -> Parsed<Vec<String>> {
        self.list(TEXTS, |node| node.text("a text"))
    }

    fn boolean(&self) -> Parsed<bool> {
        match self.value.kind {
            Json::Bool(flag) => Ok(flag),
            _ => Err(self.expected("true or false")),
        }
    }

    fn scalar(&self) -> Parsed<&'n Value<'n>> {
        match self.value.kind {
            Json::Object(_) | Json::Array => Err(self.expected("a text, a number, true, false or null")),
            _ => Ok(self.value),
        }
    }

    fn word<T: Clone>(&self, words: &[(T, &str)]) -> Parsed<T> {
        let found = |text: &str| words.iter().find(|(_, word)| *word == text).map(|(meant, _)| meant.clone());
        if let Json::String(text) = &self.value.kind
            && let Some(meant) = found(text)
        {
            return Ok(meant);
        }
        let words: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
        Err(self.none_of(self.value.raw, &words))
    }

    /// Reads one path or a list of them.
    #[inline(never)]
    fn paths(&self) -> Parsed<Vec<Path>> {
        if self.value.kind == Json::Array {
            return self.list("a list of paths with at least one", path);
        }
        Ok(vec![path(self)?])
    }

    /// Reads a JSON Pointer that may have `*` for each item of a list.
    fn path_to_records(&self) -> Parsed<Path> {
        let expected = "a JSON Pointer such as /batch/*";
        let path = Path::new(&self.text(expected)?).filter(|path| path.text.starts_with('/'));
        path.ok_or_else(|| self.expected(expected))
    }

    /// Reads an object of texts.
    #[inline(never)]
    fn names(&self) -> Parsed<Vec<(String, String)>> {
        let members = self.members("an object of texts")?;
        let mut names = Vec::new();
        for (name, node) in members {
            names.push((name, node.text("a text")?));
        }
        Ok(names)
    }
}
