//! The rules: what the service takes, field by field, and what can be repaired.
//!
//! Every limit and every rule of a field stands here and nowhere else. A rule looks at one
//! parsed field, writes what it finds into [`Findings`], and returns what is to be sent.
//! The reference is the official SDK's own validators (`splitio-commons`,
//! `utils/inputValidation`) and the service's page "Sending event data".

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::issue::{Code, Findings};
use crate::json::{self, Kind, Member, Value};
use crate::keys::KnownKeys;
use crate::timestamp::{self, Reading, Unit};

/// Longest event type (`splitio-commons`: `^[a-zA-Z0-9][-_.:a-zA-Z0-9]{0,79}$`).
pub const EVENT_TYPE_MAX: usize = 80;
/// Above this some pages of the service say that an event type is too long.
pub const EVENT_TYPE_SURE: usize = 63;
/// Longest key, in UTF-16 units (`splitio-commons`: `KEY_MAX_LENGTH`).
pub const KEY_MAX: usize = 250;
/// Most properties before the service may trim them (`MAX_PROPERTIES_AMOUNT`).
pub const PROPERTIES_MAX: usize = 300;
/// Longest string in a property that the service's pages promise to keep, in UTF-16 units.
pub const PROPERTY_STRING_MAX: usize = 256;
/// Largest event, counted as the JavaScript SDK counts (`MAX_EVENT_SIZE`).
pub const EVENT_SIZE_MAX: usize = 32_768;
/// What the JavaScript SDK counts for an event without properties (`BASE_EVENT_SIZE`).
const EVENT_SIZE_BASE: usize = 1024;
/// Deepest nesting of objects and arrays in one event, itself included.
pub const DEPTH_MAX: usize = 32;
/// A record above this is refused as it passes and never held whole.
pub const RECORD_BYTES_MAX: usize = 1_000_000;

/// What the user may choose about the rules.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// A repair becomes a refusal.
    pub strict: bool,
    /// Characters that an event type may not have become `_`.
    pub normalize_names: bool,
    /// Where given, an event of any other traffic type is refused.
    pub traffic_types: Option<HashSet<String>>,
    /// Where given, an event with any other key is warned of.
    pub known_keys: Option<Arc<KnownKeys>>,
}

/// What becomes of a field that was not refused.
#[derive(Debug, PartialEq)]
pub enum Field {
    /// It is sent as it came.
    Keep,
    /// This JSON text is sent in its place.
    Replace(String),
    /// It is left out.
    Remove,
}

impl Rules {
    /// Applies the rule of the field with this name; `value` is nothing where the event has no such field.
    pub fn field(&self, name: &str, value: Option<&Value>, found: &mut Findings) -> Field {
        match name {
            "eventTypeId" => self.event_type_id(value, found),
            "trafficTypeName" => self.traffic_type_name(value, found),
            "key" => self.key(value, found),
            "timestamp" => timestamp(value, found),
            "value" => self::value(value, found),
            "properties" => properties(value, found),
            "environmentName" => environment_name(value, found),
            _ => Field::Remove,
        }
    }

    /// A name of letters, digits and `-_.:` that begins with a letter or digit.
    pub fn event_type_id(&self, value: Option<&Value>, found: &mut Findings) -> Field {
        let Some((value, name)) = string(value, Code::EventTypeIdMissing, Code::EventTypeIdNotString, found) else {
            return Field::Keep;
        };
        let normalized = match name {
            name if is_event_type(name) => None,
            name if self.normalize_names && is_event_type(&normalize(name)) => Some(normalize(name)),
            _ => {
                found.at(Code::EventTypeIdInvalid, value);
                return Field::Keep;
            }
        };
        let sent = normalized.as_deref().unwrap_or(name);
        if sent.len() > EVENT_TYPE_SURE {
            found.at(Code::EventTypeIdLong, value);
        }
        if sent.contains(':') {
            found.at(Code::EventTypeIdColon, value);
        }
        replace_if(normalized, Code::EventTypeIdNormalized, value, found)
    }

    /// A non-empty name in lower case, one of `traffic_types` where the user lists them.
    pub fn traffic_type_name(&self, value: Option<&Value>, found: &mut Findings) -> Field {
        let Some((value, name)) = string(value, Code::TrafficTypeNameMissing, Code::TrafficTypeNameNotString, found)
        else {
            return Field::Keep;
        };
        if name.is_empty() {
            found.at(Code::TrafficTypeNameEmpty, value);
            return Field::Keep;
        }
        let lowered = lower_traffic_type(name);
        if self.traffic_types.as_ref().is_some_and(|known| !known.contains(&*lowered)) {
            found.at(Code::TrafficTypeNameUnknown, value);
            return Field::Keep;
        }
        let lowered = match lowered {
            Cow::Borrowed(_) => None,
            Cow::Owned(lowered) => Some(lowered),
        };
        replace_if(lowered, Code::TrafficTypeNameLowercased, value, found)
    }

    /// The key given to `getTreatment()`: up to 250 UTF-16 units, without white space around.
    pub fn key(&self, value: Option<&Value>, found: &mut Findings) -> Field {
        let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
            found.missing(Code::KeyMissing, value);
            return Field::Keep;
        };
        let text = match &value.kind {
            Kind::Number(text) => match json::finite(text) {
                Some(number) => {
                    found.at(Code::KeyNumber, value);
                    let key = number_as_sdk_key(number);
                    self.known_key(&key, value, found);
                    return Field::Replace(json::quoted(&key));
                }
                None => {
                    found.at(Code::KeyNotString, value);
                    return Field::Keep;
                }
            },
            Kind::String(text) => text,
            _ => {
                found.at(Code::KeyNotString, value);
                return Field::Keep;
            }
        };
        let trimmed = text.trim_matches(is_ecmascript_space);
        if trimmed.is_empty() {
            found.at(Code::KeyEmpty, value);
            return Field::Keep;
        }
        if utf16_len(trimmed) > KEY_MAX {
            found.at(Code::KeyTooLong, value);
            return Field::Keep;
        }
        self.known_key(trimmed, value, found);
        let changed = (trimmed.len() < text.len()).then(|| trimmed.to_owned());
        replace_if(changed, Code::KeyTrimmed, value, found)
    }

    /// Only a key that was evaluated connects an event with a treatment.
    fn known_key(&self, key: &str, value: &Value, found: &mut Findings) {
        if self.known_keys.as_ref().is_some_and(|known| !known.contains(key.as_bytes())) {
            found.at(Code::KeyNotKnown, value);
        }
    }
}

/// Unix time in whole milliseconds. What is in another unit, a string or RFC 3339 is converted.
pub fn timestamp(value: Option<&Value>, found: &mut Findings) -> Field {
    let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
        found.missing(Code::TimestampMissing, value);
        return Field::Keep;
    };
    let (text, is_string) = match &value.kind {
        Kind::Number(text) => (*text, false),
        Kind::String(text) => (text.trim_matches(is_ecmascript_space), true),
        _ => ("", true),
    };
    let (millis, unit) = match timestamp::read(text) {
        Reading::Millis { millis, unit } => (millis, unit),
        Reading::NotPositive => {
            found.at(Code::TimestampNotPositive, value);
            return Field::Keep;
        }
        Reading::OutOfRange => {
            found.at(Code::TimestampOutOfRange, value);
            return Field::Keep;
        }
        Reading::Unreadable => {
            found.at(Code::TimestampUnreadable, value);
            return Field::Keep;
        }
    };
    if is_string && unit != Unit::Rfc3339 {
        found.at(Code::TimestampString, value);
    }
    match unit {
        Unit::Seconds => found.at(Code::TimestampSeconds, value),
        Unit::Milliseconds => {}
        Unit::Microseconds => found.at(Code::TimestampMicroseconds, value),
        Unit::Nanoseconds => found.at(Code::TimestampNanoseconds, value),
        Unit::Rfc3339 => found.at(Code::TimestampRfc3339, value),
    }
    let whole = millis.to_string();
    if unit == Unit::Milliseconds && whole != text {
        found.at(Code::TimestampNotInteger, value);
    }
    if !is_string && whole == text { Field::Keep } else { Field::Replace(whole) }
}

/// A finite number, or nothing.
pub fn value(value: Option<&Value>, found: &mut Findings) -> Field {
    let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
        found.missing(Code::ValueMissing, value);
        return Field::Keep;
    };
    match &value.kind {
        Kind::Number(text) if json::finite(text).is_some() => Field::Keep,
        Kind::Number(_) => {
            found.at(Code::ValueNotFinite, value);
            Field::Keep
        }
        Kind::String(text) => match number_text(text.trim_matches(is_ecmascript_space)) {
            NumberText::Finite(number) => {
                found.at(Code::ValueString, value);
                Field::Replace(number)
            }
            NumberText::TooLarge => {
                found.at(Code::ValueNotFinite, value);
                Field::Keep
            }
            NumberText::Not => {
                found.at(Code::ValueNotNumber, value);
                Field::Keep
            }
        },
        _ => {
            found.at(Code::ValueNotNumber, value);
            Field::Keep
        }
    }
}

/// An object of strings, finite numbers, booleans and nulls, within the size of an event.
pub fn properties(value: Option<&Value>, found: &mut Findings) -> Field {
    let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
        return Field::Keep;
    };
    let Kind::Object(members) = &value.kind else {
        found.at(Code::PropertiesNotObject, value);
        return Field::Keep;
    };
    duplicates(members, "properties.", found);
    if members.len() > PROPERTIES_MAX {
        found.at(Code::PropertiesTooMany, value);
    }
    let mut size = EVENT_SIZE_BASE;
    let mut nulled = Vec::new();
    for (at, Member { name, value, .. }) in members.iter().enumerate() {
        size += 2 * utf16_len(name);
        let path = || format!("properties.{name}");
        match &value.kind {
            Kind::Null => {}
            Kind::Bool(_) => size += 4,
            Kind::Number(text) if json::finite(text).is_some() => size += 8,
            Kind::String(text) => {
                let units = utf16_len(text);
                size += 2 * units;
                if units > PROPERTY_STRING_MAX {
                    found.at_path(Code::PropertyStringLong, path(), value);
                }
            }
            Kind::Number(_) => {
                found.at_path(Code::PropertyNotFinite, path(), value);
                nulled.push(at);
            }
            Kind::Array | Kind::Object(_) => {
                found.at_path(Code::PropertyNotScalar, path(), value);
                nulled.push(at);
            }
        }
    }
    if size > EVENT_SIZE_MAX {
        found.at(Code::EventTooLarge, value);
    }
    if nulled.is_empty() { Field::Keep } else { Field::Replace(with_nulls(members, &nulled)) }
}

/// Not checked by the official SDKs and kept by the service, where it is a string.
pub fn environment_name(value: Option<&Value>, found: &mut Findings) -> Field {
    match value {
        Some(value) if !matches!(value.kind, Kind::String(_) | Kind::Null) => {
            found.at(Code::EnvironmentNameNotString, value);
            Field::Remove
        }
        _ => Field::Keep,
    }
}

/// A name given twice: which of the two the service would take is anybody's guess.
pub fn duplicates(members: &[Member], prefix: &str, found: &mut Findings) {
    let mut seen = HashSet::with_capacity(members.len());
    for member in members {
        if !seen.insert(&*member.name) {
            found.at_path(Code::DuplicateField, format!("{prefix}{}", member.name), &member.value);
        }
    }
}

/// A traffic type as it is sent: the whole of it in lower case as soon as it has one of A-Z.
pub fn lower_traffic_type(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

fn is_event_type(name: &str) -> bool {
    name.len() <= EVENT_TYPE_MAX
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.chars().all(may_stand_in_event_type)
}

fn may_stand_in_event_type(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')
}

fn normalize(name: &str) -> String {
    name.chars().map(|c| if may_stand_in_event_type(c) { c } else { '_' }).collect()
}

/// What `String.prototype.trim` takes away; `char::is_whitespace` differs by U+FEFF and U+0085.
pub fn is_ecmascript_space(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}

fn utf16_len(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// As the SDK's `toString`, so that it equals the key that `getTreatment()` saw: `-0` keeps its sign.
fn number_as_sdk_key(number: f64) -> String {
    if number == 0.0 && number.is_sign_negative() {
        return "-0".to_owned();
    }
    ryu_js::Buffer::new().format_finite(number).to_owned()
}

enum NumberText {
    Finite(String),
    TooLarge,
    Not,
}

/// Decimal notation as JavaScript's `Number()` reads it, and as JSON writes it.
fn number_text(text: &str) -> NumberText {
    let digits = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    if !text.bytes().all(digits) {
        return NumberText::Not;
    }
    match text.parse::<f64>() {
        Ok(number) if !number.is_finite() => NumberText::TooLarge,
        Ok(_) if json::is_number(text) => NumberText::Finite(text.to_owned()),
        Ok(number) => NumberText::Finite(ryu_js::Buffer::new().format_finite(number).to_owned()),
        Err(_) => NumberText::Not,
    }
}

/// A field that must be a string: absent, `null` and other types are found and give `None`.
fn string<'v>(
    value: Option<&'v Value<'v>>,
    missing: Code,
    not_string: Code,
    found: &mut Findings,
) -> Option<(&'v Value<'v>, &'v str)> {
    let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
        found.missing(missing, value);
        return None;
    };
    if let Kind::String(text) = &value.kind {
        return Some((value, text));
    }
    found.at(not_string, value);
    None
}

fn replace_if(replacement: Option<String>, code: Code, value: &Value, found: &mut Findings) -> Field {
    let Some(text) = replacement else { return Field::Keep };
    found.at(code, value);
    Field::Replace(json::quoted(&text))
}

fn with_nulls(members: &[Member], nulled: &[usize]) -> String {
    let mut text = String::from("{");
    for (at, member) in members.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(member.raw_name);
        text.push(':');
        text.push_str(if nulled.contains(&at) { "null" } else { member.value.raw });
    }
    text.push('}');
    text
}
