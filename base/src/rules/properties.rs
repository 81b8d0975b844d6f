//! The rule of `properties`: strings, finite numbers, booleans and nulls, within the size of an event.

use std::borrow::Cow;

use super::field::Field;
use super::names::{Names, duplicates};
use super::rules::Rules;
use crate::codes::Code;
use crate::decimal::is_finite;
use crate::finding::Findings;
use crate::json::{Kind, Member, Value};
use crate::limits::{EVENT_SIZE_BASE, EVENT_SIZE_MAX, PROPERTIES_MAX, PROPERTY_STRING_MAX};
use crate::text::utf16_len;

/// A property as it is sent, with its name as text and as JSON.
struct Property<'v> {
    name: Cow<'v, str>,
    raw_name: Cow<'v, str>,
    value: &'v Value<'v>,
}

impl Rules {
    /// Checks names, types and sizes. Values other than scalars become null; with `flatten`, nested objects become
    /// properties with dotted names first.
    pub fn properties(&self, value: Option<&Value>, found: &mut Findings) -> Field {
        let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
            return Field::Keep;
        };
        let Kind::Object(members) = &value.kind else {
            found.at(Code::PropertiesNotObject, value);
            return Field::Keep;
        };
        let flatten = self.flatten && members.iter().any(|member| matches!(member.value.kind, Kind::Object(_)));
        let properties = if flatten { flattened(members, found) } else { members.iter().map(as_it_is).collect() };
        if !flatten {
            duplicates(properties.iter().map(Property::named), PREFIX, found);
        }
        if properties.len() > PROPERTIES_MAX {
            found.at(Code::PropertiesTooMany, value);
        }
        let mut size = EVENT_SIZE_BASE;
        let mut changed = flatten;
        for Property { name, value, .. } in &properties {
            size += 2 * utf16_len(name);
            let mut null = |code| {
                found.at_path(code, [PREFIX, name].concat(), value);
                changed = true;
            };
            match &value.kind {
                Kind::Null => {}
                Kind::Bool(_) => size += 4,
                Kind::Number(text) if is_finite(text) => size += 8,
                Kind::String(text) => {
                    let units = utf16_len(text);
                    size += 2 * units;
                    if units > PROPERTY_STRING_MAX {
                        found.at_path(Code::PropertyStringLong, [PREFIX, name].concat(), value);
                    }
                }
                Kind::Number(_) => null(Code::PropertyNotFinite),
                Kind::Array | Kind::Object(_) => null(Code::PropertyNotScalar),
            }
        }
        if size > EVENT_SIZE_MAX {
            found.at(Code::EventTooLarge, value);
        }
        if changed { Field::Replace(text(&properties)) } else { Field::Keep }
    }
}

const PREFIX: &str = "properties.";

impl Property<'_> {
    fn named(&self) -> (&str, &Value<'_>) {
        (&self.name, self.value)
    }
}

fn as_it_is<'v>(member: &'v Member<'v>) -> Property<'v> {
    Property { name: Cow::Borrowed(&member.name), raw_name: Cow::Borrowed(member.raw_name), value: &member.value }
}

/// Writes the properties as JSON, with null in place of values that may not be sent.
fn text(properties: &[Property]) -> String {
    let mut text = String::from("{");
    for Property { raw_name, value, .. } in properties {
        let sent = match &value.kind {
            Kind::Array | Kind::Object(_) => "null",
            Kind::Number(number) if !is_finite(number) => "null",
            _ => value.raw,
        };
        text.extend([if text.len() > 1 { "," } else { "" }, raw_name, ":", sent]);
    }
    text.push('}');
    text
}

/// Replaces nested objects by their members, in place. Notes each property that was an object, and each name
/// that is there twice before or after.
fn flattened<'v>(members: &'v [Member<'v>], found: &mut Findings) -> Vec<Property<'v>> {
    let mut opened = Opened::default();
    for member in members {
        if matches!(member.value.kind, Kind::Object(_)) {
            found.at_path(Code::PropertyFlattened, [PREFIX, &member.name].concat(), &member.value);
        }
    }
    opened.open(members);
    if !duplicates(opened.properties.iter().map(Property::named), PREFIX, found)
        && let Some((path, value)) = opened.repeated
    {
        found.at_path(Code::DuplicateField, path, value);
    }
    opened.properties
}

#[derive(Default)]
struct Opened<'v> {
    properties: Vec<Property<'v>>,
    /// The UTF-16 units of the names that were made.
    units: usize,
    /// The path of the object that is being opened, each name with its dot, as text and as JSON.
    path: String,
    raw_path: String,
    /// The first name that an object has twice.
    repeated: Option<(String, &'v Value<'v>)>,
}

impl<'v> Opened<'v> {
    /// Opens an object. Stops if the names alone are too large for an event, since a long name may be part of many.
    fn open(&mut self, members: &'v [Member<'v>]) {
        let mut seen = Names::default();
        for member in members {
            if 2 * self.units > EVENT_SIZE_MAX {
                return;
            }
            if !seen.add(&member.name) && self.repeated.is_none() {
                self.repeated = Some(([PREFIX, &self.path, &member.name].concat(), &member.value));
            }
            let (length, raw_length) = (self.path.len(), self.raw_path.len());
            let raw_name = member.raw_name.get(1..member.raw_name.len() - 1).unwrap_or_default();
            match &member.value.kind {
                Kind::Object(inner) => {
                    self.path.extend([&*member.name, "."]);
                    self.raw_path.extend([raw_name, "."]);
                    self.open(inner);
                    self.path.truncate(length);
                    self.raw_path.truncate(raw_length);
                }
                _ if length == 0 => self.properties.push(as_it_is(member)),
                _ => {
                    let name = [&*self.path, &*member.name].concat();
                    self.units += utf16_len(&name);
                    self.properties.push(Property {
                        name: Cow::Owned(name),
                        raw_name: Cow::Owned(["\"", &*self.raw_path, raw_name, "\""].concat()),
                        value: &member.value,
                    });
                }
            }
        }
    }
}
