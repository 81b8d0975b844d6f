//! The shape of the records of one input: the paths that its mapping uses, and others.

use serde_json::Value;

use crate::random::Random;
use crate::values::{Made, Role, Style, quoted};

/// A part of a record.
#[derive(Debug, Clone)]
pub enum Node {
    Value(Role),
    Object(Vec<Member>),
    List(Box<Node>),
}

#[derive(Debug, Clone)]
pub struct Member {
    pub name: String,
    /// The share of the records that have it.
    pub share: f64,
    pub node: Node,
}

/// How JSON is written.
#[derive(Debug)]
pub struct Layout {
    pub spaced: bool,
    /// Members come in another order in each record.
    pub shuffled: bool,
    /// The share of texts with escapes that they do not need.
    pub escaped: f64,
}

/// The fields of events, of which the first four are needed.
pub const FIELDS: [(&str, Role); 6] = [
    ("eventTypeId", Role::Name),
    ("trafficTypeName", Role::TrafficType),
    ("key", Role::Key),
    ("timestamp", Role::Time),
    ("value", Role::Amount),
    ("environmentName", Role::Environment),
];
const OTHERS: [&str; 12] = [
    "plan",
    "country",
    "a b",
    "Größe",
    "items",
    "x",
    "context",
    "messageId",
    "id",
    "note",
    "a\"b",
    "page_title_of_page",
];

/// Returns the shape of the records of a mapping file, as far as the mapping uses them.
pub fn of(mapping: &Value, random: &mut Random) -> Node {
    let mut shape = Node::Object(Vec::new());
    for entry in mapping["events"].as_array().into_iter().flatten() {
        let own = entry["ownNames"] == true;
        for (field, role) in &FIELDS {
            sources(&entry[*field], role, &mut shape, random);
            if own {
                shape.insert(&[(*field).to_owned()], Node::Value(role.clone()), random);
            }
        }
        for path in paths(&entry["event"]) {
            shape.insert(&path, Node::Value(Role::Event), random);
        }
        for condition in entry["when"].as_array().into_iter().flatten() {
            let with = ["in", "notIn", "beginsWith", "notBeginsWith"].iter().flat_map(|test| list(&condition[*test]));
            let values: Vec<String> = with.map(Value::to_string).collect();
            let role = if values.is_empty() { Role::Unwanted } else { Role::OneOf(values) };
            shape.insert(&segments(condition["path"].as_str().unwrap()), Node::Value(role), random);
        }
        let properties = &entry["properties"];
        for path in paths(&properties["from"]) {
            let members = members(properties, random);
            shape.insert(&path, members, random);
        }
        if own || properties["rest"] == true {
            let Node::Object(members) = members(properties, random) else { unreachable!() };
            for member in members {
                shape.insert(&[member.name], member.node, random);
            }
        }
        for source in properties["add"].as_object().into_iter().flat_map(|added| added.values()) {
            sources(source, &Role::Property, &mut shape, random);
        }
        let pairs = &properties["pairs"];
        for from in paths(&pairs["from"]) {
            let names = OTHERS.iter().map(|name| quoted(name)).collect();
            let below = |path: &[String]| [&from[..], path].concat();
            for name in paths(&pairs["name"]) {
                shape.insert(&below(&name), Node::Value(Role::OneOf(Vec::clone(&names))), random);
            }
            for value in list(&pairs["value"]).flat_map(|source| paths(&source["from"])) {
                shape.insert(&below(&value), Node::Value(Role::Property), random);
            }
        }
    }
    for _ in 0..random.below(7) {
        shape.add_other(random);
    }
    shape
}

/// Returns the shape of properties: those that the mapping names, and others.
fn members(properties: &Value, random: &mut Random) -> Node {
    let named = ["keep", "drop"].iter().flat_map(|of| list(&properties[*of])).filter_map(Value::as_str);
    let keyed = ["rename", "types"].iter().filter_map(|of| properties[*of].as_object()).flat_map(|of| of.keys());
    let mut names: Vec<String> = named.chain(keyed.map(String::as_str)).map(str::to_owned).collect();
    random.shuffle(&mut names);
    names.truncate(random.below(5));
    names.extend((0..random.below(5)).map(|_| random.pick(&OTHERS).to_owned()));
    let mut shape = Node::Object(Vec::new());
    for name in names {
        let nested = random.chance(0.05);
        let path = if nested { vec![name, "inner".to_owned()] } else { vec![name] };
        shape.insert(&path, Node::Value(Role::Property), random);
    }
    shape
}

fn sources(source: &Value, role: &Role, shape: &mut Node, random: &mut Random) {
    let template = source["template"].as_str().unwrap_or_default();
    let pieces = template.split('{').skip(1).filter_map(|piece| Some(segments(piece.split_once('}')?.0)));
    for path in paths(&source["from"]).into_iter().chain(pieces) {
        shape.insert(&path, Node::Value(role.clone()), random);
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Returns the paths of a `from`: one, or several.
fn paths(from: &Value) -> Vec<Vec<String>> {
    from.as_str().into_iter().chain(list(from).filter_map(Value::as_str)).map(segments).collect()
}

pub fn segments(path: &str) -> Vec<String> {
    match path.strip_prefix('/') {
        Some(path) => path.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect(),
        None => vec![path.to_owned()],
    }
}

impl Node {
    /// Adds a node where a path leads. What is there already stays.
    fn insert(&mut self, path: &[String], node: Node, random: &mut Random) {
        let Some((first, rest)) = path.split_first() else {
            if let (Node::Object(members), Node::Object(more)) = (&mut *self, &node) {
                members.extend(
                    more.iter()
                        .filter(|more| !members.iter().any(|member| member.name == more.name))
                        .cloned()
                        .collect::<Vec<_>>(),
                );
            }
            return;
        };
        if first == "*" || first.bytes().all(|byte| byte.is_ascii_digit()) && !first.is_empty() {
            if !matches!(self, Node::List(_)) {
                *self = Node::List(Box::new(if rest.is_empty() { node.clone() } else { Node::Object(Vec::new()) }));
            }
            let Node::List(item) = self else { unreachable!() };
            return item.insert(rest, node, random);
        }
        if !matches!(self, Node::Object(_)) {
            *self = Node::Object(Vec::new());
        }
        let Node::Object(members) = self else { unreachable!() };
        let at = members.iter().position(|member| member.name == *first).unwrap_or_else(|| {
            let node = if rest.is_empty() { node.clone() } else { Node::Object(Vec::new()) };
            let share = random.pick(&[1.0, 1.0, 1.0, 0.97, 0.7]);
            let at = random.below(members.len() + 1);
            members.insert(at, Member { name: first.clone(), share, node });
            at
        });
        members[at].node.insert(rest, node, random);
    }

    /// Adds a member that no mapping uses, at the top level or below it.
    fn add_other(&mut self, random: &mut Random) {
        let path: Vec<String> = match random.below(4) {
            0 => vec!["context".to_owned(), random.pick(&OTHERS).to_owned()],
            1 => vec!["context".to_owned(), "page".to_owned(), random.pick(&OTHERS).to_owned()],
            _ => vec![random.pick(&OTHERS).to_owned()],
        };
        self.insert(&path, Node::Value(Role::Unwanted), random);
    }

    /// Writes a value of this shape as JSON.
    pub fn write(&self, style: &Style, layout: &Layout, random: &mut Random, to: &mut String) {
        let (colon, comma) = if layout.spaced { (": ", ", ") } else { (":", ",") };
        match self {
            Node::Value(role) => match style.value(role, random) {
                Made::Json(json) => to.push_str(&json),
                Made::Text(text) => to.push_str(&layout.quoted(&text, random)),
            },
            _ if random.chance(style.odd / 3.0) => {
                Node::Value(Role::Unwanted).write(style, layout, random, to);
            }
            Node::Object(members) => {
                let mut there: Vec<&Member> = members.iter().filter(|member| random.chance(member.share)).collect();
                if layout.shuffled {
                    random.shuffle(&mut there);
                }
                if !there.is_empty() && random.chance(style.odd / 10.0) {
                    there.push(there[random.below(there.len())]);
                }
                to.push('{');
                for (number, member) in there.into_iter().enumerate() {
                    if number > 0 {
                        to.push_str(comma);
                    }
                    to.push_str(&layout.quoted(&member.name, random));
                    to.push_str(colon);
                    member.node.write(style, layout, random, to);
                }
                to.push('}');
            }
            Node::List(item) => {
                to.push('[');
                for number in 0..random.below(4) {
                    if number > 0 {
                        to.push_str(comma);
                    }
                    item.write(style, layout, random, to);
                }
                to.push(']');
            }
        }
    }
}

impl Layout {
    pub fn random(random: &mut Random) -> Self {
        Layout { spaced: random.chance(0.2), shuffled: random.chance(0.25), escaped: random.pick(&[0.0, 0.0, 0.01]) }
    }

    fn quoted(&self, text: &str, random: &mut Random) -> String {
        if !random.chance(self.escaped) {
            return quoted(text);
        }
        let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
        format!("\"{}\"", units.collect::<String>())
    }
}
