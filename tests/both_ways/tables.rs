//! Tables whose columns are those that a mapping uses, and others.

use crate::random::Random;
use crate::shapes::{FIELDS, Layout, Member, Node};
use crate::values::{Made, Role, Style};

/// How a table is written.
#[derive(Debug)]
struct Look {
    separator: char,
    end: &'static str,
    /// The share of cells that are quoted though they need not be.
    quoted: f64,
    /// What stands behind a cell that is not quoted.
    behind: &'static str,
    /// The share of rows with a cell too many or too few.
    ragged: f64,
}

/// Returns the shape of rows of events in their own shape.
pub fn own(random: &mut Random) -> Node {
    let properties = ["plan", "properties.country", "properties.a \"b\"", "Größe"].map(|name| (name, Role::Property));
    let mut members = Vec::new();
    for (number, (name, role)) in FIELDS.into_iter().chain(properties).enumerate() {
        let share = if number < 4 { 1.0 } else { random.pick(&[0.0, 0.7, 1.0]) };
        if share > 0.0 {
            members.push(Member { name: name.to_owned(), share, node: Node::Value(role) });
        }
    }
    if random.chance(0.5) {
        random.shuffle(&mut members);
    }
    Node::Object(members)
}

/// Writes a table of these rows. Returns its text, and the separator if it must be said.
pub fn write(shape: &Node, rows: usize, style: &Style, random: &mut Random) -> (String, Option<u8>) {
    let Node::Object(columns) = shape else { unreachable!("a row is an object") };
    let look = Look {
        separator: random.pick(&[',', ',', ';', '\t', '|']),
        end: random.pick(&["\n", "\n", "\r\n", "\r"]),
        quoted: random.pick(&[0.0, 0.0, 0.1, 1.0]),
        behind: random.pick(&["", "", "", "", "", "", "", "", " "]),
        ragged: random.pick(&[0.0, 0.0, 0.02]),
    };
    let layout = Layout::random(random);
    let mut text = String::from(if random.chance(0.1) { "\u{feff}" } else { "" });
    let said = random.chance(0.1);
    if said {
        text += &format!("sep={}{}", look.separator, look.end);
    }
    let header: Vec<String> = columns.iter().map(|column| spelt(&column.name, random)).collect();
    let header: Vec<String> = header.iter().map(|name| look.cell(name, random)).collect();
    look.line(&header, random, &mut text);
    for _ in 0..rows {
        if random.chance(style.odd / 5.0) {
            text += random.pick(&["", ",,,", " ", "\"", "a,b"]);
            text += look.end;
            continue;
        }
        if random.chance(style.odd / 20.0) {
            look.line(&header, random, &mut text);
        }
        let mut cells = Vec::new();
        for column in columns {
            let is_there = random.chance(column.share);
            let text = if is_there { cell(column, style, &layout, random) } else { String::new() };
            cells.push(look.cell(&text, random));
        }
        look.line(&cells, random, &mut text);
    }
    if random.chance(0.2) {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    (text, random.chance(0.3).then_some(look.separator as u8))
}

/// Returns a column's name as it is, or as another program writes it.
fn spelt(name: &str, random: &mut Random) -> String {
    match random.below(12) {
        0 => name.replace('_', " "),
        1 => name.to_uppercase(),
        2 => format!(" {name}"),
        _ => name.to_owned(),
    }
}

fn cell(column: &Member, style: &Style, layout: &Layout, random: &mut Random) -> String {
    let Node::Value(role) = &column.node else {
        let mut json = String::new();
        column.node.write(style, layout, random, &mut json);
        return json;
    };
    match style.value(role, random) {
        Made::Text(text) | Made::Json(text) => text,
    }
}

impl Look {
    fn cell(&self, text: &str, random: &mut Random) -> String {
        let needed = text.contains([self.separator, '"', '\n', '\r']);
        if needed && random.chance(0.99) || random.chance(self.quoted) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            format!("{text}{}", self.behind)
        }
    }

    fn line(&self, cells: &[String], random: &mut Random, to: &mut String) {
        let mut cells = cells.to_vec();
        if random.chance(self.ragged) {
            if random.chance(0.5) { cells.push("more".to_owned()) } else { _ = cells.pop() }
        }
        to.push_str(&cells.join(&self.separator.to_string()));
        to.push_str(self.end);
    }
}
