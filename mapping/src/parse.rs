//! Reads a mapping file: the JSON text of a mapping.

use crate::mapping::{
    Condition, EventMapping, From, Kind, MAPPED, Mapping, Pairs, Piece, Properties, Scalar, Signs, Source, Test,
};
use crate::path::Path;
use split_events_base::decimal::DecimalSign;
use split_events_base::json::{self, Kind as Json, Member, Value, quoted};
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
        let mut file = File::default();
        let mapping = file.mapping(Node { value: &value, within: None });
        file.error.map_or(Ok(mapping), Err)
    }
}

const PATH: &str = "the name of a column or member, or a JSON Pointer such as /context/userId";
const PATHS: &str = "a list of paths with at least one";
const POINTER: &str = "a JSON Pointer such as /batch/*";
const SCALARS: &str = "a list of texts, numbers, true, false or null";
const CONDITIONS: &str = "a list of conditions";
const TEMPLATE: &str = "a text with paths in braces, such as {/type}.{/name}; two braces stand for one";
const ZONE: &str = "UTC, a difference such as +02:00, or a name such as Europe/Berlin";

const TESTS: [&str; 5] = ["in", "notIn", "exists", "beginsWith", "notBeginsWith"];
/// The members that every source of a value may have.
const SOURCE: &[&str] = &["from", "value", "template", "default", "type"];
const TEXT_SOURCE: &[&str] = &["table", "clean", "prefix", "suffix"];
const KINDS: [Kind; 2] = [Kind::Text, Kind::Number];
const KIND_WORDS: &[&str] = &["text", "number"];
const SIGNS: [DecimalSign; 2] = [DecimalSign::Point, DecimalSign::Comma];
const UNITS: [Option<Unit>; 5] =
    [Some(Unit::Seconds), Some(Unit::Milliseconds), Some(Unit::Microseconds), Some(Unit::Nanoseconds), None];

/// A value of the file.
#[derive(Clone, Copy)]
struct Node<'n> {
    value: &'n Value<'n>,
    /// The value that it stands in, and where there.
    within: Option<(&'n Node<'n>, Step<'n>)>,
}

#[derive(Clone, Copy)]
enum Step<'n> {
    Member(&'n str),
    Item(usize),
}

impl<'n> Node<'n> {
    fn path(&self) -> String {
        let Some((outer, step)) = self.within else { return String::new() };
        let step = match step {
            Step::Member(name) => replace(&replace(name, "~", "~0"), "/", "~1"),
            Step::Item(number) => number.to_string(),
        };
        [&*outer.path(), "/", &step].concat()
    }

    /// Returns the members if it is an object.
    fn members(&self) -> &'n [Member<'n>] {
        match &self.value.kind {
            Json::Object(members) => members,
            _ => &[],
        }
    }

    fn child<'a>(&'a self, member: &'a Member<'n>) -> Node<'a> {
        Node { value: &member.value, within: Some((self, Step::Member(&member.name))) }
    }

    fn get(&self, name: &str) -> Option<Node<'_>> {
        self.members().iter().find(|member| member.name == name).map(|member| self.child(member))
    }
}

/// Reads a file. What is read behind the first error is of no use.
#[derive(Default)]
struct File {
    error: Option<MappingError>,
}

impl File {
    fn mapping(&mut self, node: Node) -> Mapping {
        self.object(&node, &[&["$schema", "name", "records", "recognize", "events"]]);
        let mut mapping = Mapping::default();
        match node.get("events") {
            None => mapping.events.push(EventMapping::own()),
            Some(node) => self.list(&node, "a list with at least one entry", &mut |file, node| {
                mapping.events.push(EventMapping::default());
                file.event(node, mapping.events.last_mut());
            }),
        }
        mapping.name = node.get("name").map(|node| self.text(&node, "a text"));
        mapping.records = node.get("records").and_then(|node| self.pointer(&node));
        if let Some(node) = node.get("recognize") {
            self.list(&node, "a list of signs", &mut |file, node| mapping.recognize.push(file.signs(node)));
        }
        mapping.note_used();
        mapping
    }

    fn signs(&mut self, node: &Node) -> Signs {
        self.object(node, &[&["paths", "columns", "in", "when"]]);
        let mut signs = Signs {
            paths: self.paths(node.get("paths")),
            columns: self.texts(node.get("columns")).unwrap_or_default(),
            when: Vec::new(),
        };
        if let Some(node) = node.get("in") {
            self.each_member(&node, "an object of paths and their values", &mut |file, name, node| {
                let path = file.path_named(node, name);
                let test = Test::In(file.scalars(node));
                signs.when.extend(path.map(|path| Condition { path, test }));
            });
        }
        self.conditions(node.get("when"), &mut signs.when);
        signs
    }

    fn event(&mut self, node: &Node, event: Option<&mut EventMapping>) {
        let Some(event) = event else { return };
        self.object(node, &[&MAPPED, &["each", "when", "optional", "ownNames", "event", "properties"]]);
        event.each = node.get("each").and_then(|node| self.pointer(&node));
        event.optional = self.flag(node.get("optional"));
        event.own_names = self.flag(node.get("ownNames"));
        event.whole = self.paths(node.get("event"));
        self.conditions(node.get("when"), &mut event.when);
        let mut has_parts = false;
        for (number, name) in MAPPED.iter().enumerate() {
            let Some(node) = node.get(name) else { continue };
            let further: &[&str] = match *name {
                "timestamp" => &["format", "unit", "zone"],
                "value" => &["decimal"],
                _ => TEXT_SOURCE,
            };
            self.object(&node, &[SOURCE, further]);
            self.time(&node, &mut event.time);
            if let Some(node) = node.get("decimal") {
                event.decimal = Some(SIGNS[self.word(&node, &["point", "comma"])]);
            }
            event.fields[number] = Some(self.source(&node));
            has_parts = true;
        }
        if let Some(node) = node.get("properties") {
            self.properties(&node, &mut event.properties);
            has_parts |= !node.members().is_empty();
        }
        if has_parts && !event.whole.is_empty() {
            self.expect(node, "either the whole event, or its fields and properties");
        }
    }

    fn time(&mut self, node: &Node, time: &mut TimeFormat) {
        if let Some(node) = node.get("format") {
            let words = Order::WORDS.map(|(_, word)| word);
            (time.order, time.declared) = (Order::WORDS[self.word(&node, &words)].0, true);
        }
        if let Some(node) = node.get("unit") {
            (time.unit, time.declared) = (UNITS[self.word(&node, &["s", "ms", "us", "ns", "auto"])], true);
        }
        if let Some(node) = node.get("zone") {
            (time.zone, time.declared) = (Zone::parse(&self.text(&node, ZONE)), true);
            if time.zone.is_none() {
                self.expect(&node, ZONE);
            }
        }
    }

    fn source(&mut self, node: &Node) -> Source {
        let from = match (node.get("from"), node.get("value"), node.get("template")) {
            (Some(node), None, None) => From::Paths(self.paths(Some(node))),
            (None, Some(node), None) => From::Value(self.scalar(&node).to_owned()),
            (None, None, Some(node)) => From::Template(self.template(&node)),
            _ => {
                self.fail(node, "needs exactly one of from, value and template");
                From::Paths(Vec::new())
            }
        };
        let mut source = Source::new(from);
        source.default = node.get("default").map(|node| self.scalar(&node).to_owned());
        source.kind = self.kind(node);
        source.clean = self.flag(node.get("clean"));
        source.table = self.names(node.get("table"));
        for (name, text) in [("prefix", &mut source.prefix), ("suffix", &mut source.suffix)] {
            if let Some(node) = node.get(name) {
                *text = self.text(&node, "a text");
            }
        }
        source
    }

    fn template(&mut self, node: &Node) -> Vec<Piece> {
        let text = self.text(node, TEMPLATE);
        let pieces = pieces(&text).filter(|pieces| pieces.iter().any(|piece| matches!(piece, Piece::Value(_))));
        if pieces.is_none() {
            self.expect(node, TEMPLATE);
        }
        pieces.unwrap_or_default()
    }

    fn conditions(&mut self, node: Option<Node>, found: &mut Vec<Condition>) {
        let Some(node) = node else { return };
        self.list(&node, CONDITIONS, &mut |file, node| {
            file.object(node, &[&["path"], &TESTS]);
            let Some(path) = node.get("path") else { return file.fail(node, "needs a path") };
            let Some(path) = file.path(&path) else { return };
            let before = found.len();
            for (number, name) in TESTS.iter().enumerate() {
                let Some(node) = node.get(name) else { continue };
                let test = match number {
                    0 => Test::In(file.scalars(&node)),
                    1 => Test::NotIn(file.scalars(&node)),
                    2 => Test::Exists(file.flag(Some(node))),
                    3 => Test::BeginsWith(file.texts(Some(node)).unwrap_or_default()),
                    _ => Test::NotBeginsWith(file.texts(Some(node)).unwrap_or_default()),
                };
                found.push(Condition { path: path.clone(), test });
            }
            if found.len() == before {
                file.fail(node, &["needs one of ", &join(&TESTS, ", ")].concat());
            }
        });
    }

    fn scalars(&mut self, node: &Node) -> Vec<Scalar> {
        let mut scalars = Vec::new();
        self.list(node, SCALARS, &mut |file, node| {
            let raw = file.scalar(node);
            scalars.push(match &node.value.kind {
                Json::String(text) => Scalar { text: text.to_string(), is_string: true },
                _ => Scalar { text: raw.to_owned(), is_string: false },
            });
        });
        scalars
    }

    fn properties(&mut self, node: &Node, properties: &mut Properties) {
        let allowed = ["from", "rest", "pairs", "keep", "drop", "rename", "add", "types", "flatten"];
        self.object(node, &[&allowed]);
        properties.from = self.paths(node.get("from"));
        properties.rest = self.flag(node.get("rest"));
        properties.keep = self.texts(node.get("keep"));
        properties.drop = self.texts(node.get("drop")).unwrap_or_default();
        properties.rename = self.names(node.get("rename"));
        properties.flatten = self.flag(node.get("flatten"));
        if let Some(node) = node.get("pairs") {
            properties.pairs.extend(self.pairs(&node));
        }
        if let Some(node) = node.get("types") {
            self.each_member(&node, "an object of names and their types", &mut |file, name, node| {
                properties.types.push((name.to_owned(), KINDS[file.word(node, KIND_WORDS)]));
            });
        }
        if let Some(node) = node.get("add") {
            self.each_member(&node, "an object of properties and their sources", &mut |file, name, node| {
                file.object(node, &[SOURCE, TEXT_SOURCE]);
                properties.add.push((name.to_owned(), file.source(node)));
            });
        }
    }

    fn pairs(&mut self, node: &Node) -> Option<Pairs> {
        self.object(node, &[&["from", "name", "value"]]);
        let (Some(from), Some(name), Some(value)) = (node.get("from"), node.get("name"), node.get("value")) else {
            self.fail(node, "needs from, name and value");
            return None;
        };
        let mut values = Vec::new();
        let mut see = |file: &mut File, node: &Node| values.extend(file.pair(node));
        match value.value.kind {
            Json::Array => self.list(&value, PATHS, &mut see),
            _ => see(self, &value),
        }
        Some(Pairs { from: self.pointer(&from)?, name: self.path(&name)?, values })
    }

    fn pair(&mut self, node: &Node) -> Option<(Path, Option<Kind>)> {
        if !matches!(node.value.kind, Json::Object(_)) {
            return Some((self.path(node)?, None));
        }
        self.object(node, &[&["from", "type"]]);
        let Some(from) = node.get("from") else {
            self.fail(node, "needs from");
            return None;
        };
        Some((self.path(&from)?, self.kind(node)))
    }

    /// Notes an error, unless there was one before.
    #[inline(never)]
    fn fail(&mut self, node: &Node, message: &str) {
        self.error.get_or_insert_with(|| MappingError { path: node.path(), message: message.to_owned() });
    }

    #[inline(never)]
    fn none_of(&mut self, node: &Node, found: &str, allowed: &[&[&str]]) {
        self.fail(node, &[found, " is none of ", &join(&allowed.concat(), ", ")].concat());
    }

    #[inline(never)]
    fn expect(&mut self, node: &Node, what: &str) {
        let found = match &node.value.kind {
            Json::Object(_) => "an object",
            Json::Array if json::first_element(node.value.raw).is_none() => "an empty list",
            Json::Array => "a list",
            _ => node.value.raw,
        };
        self.fail(node, &["must be ", what, ", but is ", found].concat());
    }

    /// Reads each member of an object, each name once.
    #[inline(never)]
    fn each_member(&mut self, node: &Node, expected: &str, see: &mut dyn FnMut(&mut File, &str, &Node)) {
        self.check_members(node, expected);
        for member in node.members() {
            see(self, &member.name, &node.child(member));
        }
    }

    fn check_members(&mut self, node: &Node, expected: &str) {
        if !matches!(node.value.kind, Json::Object(_)) {
            self.expect(node, expected);
        }
        let members = node.members();
        for (number, member) in members.iter().enumerate() {
            if members.iter().take(number).any(|before| before.name == member.name) {
                self.fail(&node.child(member), "is given twice");
            }
        }
    }

    /// Notes an error if it is no object, or has members of other names.
    #[inline(never)]
    fn object(&mut self, node: &Node, allowed: &[&[&str]]) {
        self.check_members(node, "an object");
        for member in node.members() {
            if !allowed.iter().any(|names| names.contains(&&*member.name)) {
                self.none_of(&node.child(member), &quoted(&member.name), allowed);
            }
        }
    }

    #[inline(never)]
    fn list(&mut self, node: &Node, expected: &str, see: &mut dyn FnMut(&mut File, &Node)) {
        let items = json::elements(node.value).unwrap_or_default();
        if items.is_empty() {
            self.expect(node, expected);
        }
        for (number, value) in items.iter().enumerate() {
            see(self, &Node { value, within: Some((node, Step::Item(number))) });
        }
    }

    #[inline(never)]
    fn text(&mut self, node: &Node, expected: &str) -> String {
        if let Json::String(text) = &node.value.kind {
            return text.to_string();
        }
        self.expect(node, expected);
        String::new()
    }

    #[inline(never)]
    fn texts(&mut self, node: Option<Node>) -> Option<Vec<String>> {
        let mut texts = Vec::new();
        self.list(&node?, "a list of texts", &mut |file, node| texts.push(file.text(node, "a text")));
        Some(texts)
    }

    /// Returns the value of a member that is true or false, and false if it is not given.
    #[inline(never)]
    fn flag(&mut self, node: Option<Node>) -> bool {
        let Some(node) = node else { return false };
        if !matches!(node.value.kind, Json::Bool(_)) {
            self.expect(&node, "true or false");
        }
        node.value.kind == Json::Bool(true)
    }

    #[inline(never)]
    fn scalar<'n>(&mut self, node: &Node<'n>) -> &'n str {
        if matches!(node.value.kind, Json::Object(_) | Json::Array) {
            self.expect(node, "a text, a number, true, false or null");
        }
        node.value.raw
    }

    /// Returns the number of the word.
    #[inline(never)]
    fn word(&mut self, node: &Node, words: &[&str]) -> usize {
        let found = match &node.value.kind {
            Json::String(text) => words.iter().position(|word| word == text),
            _ => None,
        };
        found.unwrap_or_else(|| {
            self.none_of(node, node.value.raw, &[words]);
            0
        })
    }

    fn kind(&mut self, node: &Node) -> Option<Kind> {
        node.get("type").map(|node| KINDS[self.word(&node, KIND_WORDS)])
    }

    #[inline(never)]
    fn path(&mut self, node: &Node) -> Option<Path> {
        let text = self.text(node, PATH);
        self.path_named(node, &text)
    }

    fn path_named(&mut self, node: &Node, text: &str) -> Option<Path> {
        let path = Path::new(text);
        if path.is_none() {
            self.expect(node, PATH);
        }
        path
    }

    /// Reads one path or a list of them.
    #[inline(never)]
    fn paths(&mut self, node: Option<Node>) -> Vec<Path> {
        let mut paths = Vec::new();
        let Some(node) = node else { return paths };
        let mut see = |file: &mut File, node: &Node| paths.extend(file.path(node));
        match node.value.kind {
            Json::Array => self.list(&node, PATHS, &mut see),
            _ => see(self, &node),
        }
        paths
    }

    /// Reads a JSON Pointer that may have `*` for each item of a list.
    #[inline(never)]
    fn pointer(&mut self, node: &Node) -> Option<Path> {
        let path = Path::new(&self.text(node, POINTER)).filter(|path| path.text.starts_with('/'));
        if path.is_none() {
            self.expect(node, POINTER);
        }
        path
    }

    /// Reads an object of texts.
    #[inline(never)]
    fn names(&mut self, node: Option<Node>) -> Vec<(String, String)> {
        let mut names = Vec::new();
        if let Some(node) = node {
            self.each_member(&node, "an object of texts", &mut |file, name, node| {
                names.push((name.to_owned(), file.text(node, "a text")));
            });
        }
        names
    }
}

/// Reads a template; returns `None` if a brace is not closed, or a name is none.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let (mut pieces, mut plain, mut chars) = (Vec::new(), String::new(), text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.next_if_eq(&c).is_some() => plain.push(c),
            '{' => {
                let mut name = String::new();
                loop {
                    match chars.next()? {
                        '}' => break,
                        c => name.push(c),
                    }
                }
                let path = Path::new(&name)?;
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Value(path));
            }
            '}' => return None,
            c => plain.push(c),
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Some(pieces)
}
