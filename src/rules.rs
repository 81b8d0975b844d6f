//! The rules: what the service takes, field by field, and what can be repaired.
//!
//! Every limit and every rule of a field stands here and nowhere else. A rule looks at one
//! parsed field, writes what it finds into [`Findings`], and returns what is to be sent.
//! The reference is the official SDK's own validators (`splitio-commons`,
//! `utils/inputValidation`) and the service's page "Sending event data".

use std::sync::Arc;

use crate::codes::Code;
use crate::decimal::{Decimal, is_finite};
use crate::finding::Findings;
use crate::host::{Host, Native};
use crate::json::{self, Kind, Value};
use crate::keys::{self, KnownKeys};
use crate::limits::{AHEAD_DAYS, EVENT_SIZE_MAX, EVENT_TYPE_MAX, EVENT_TYPE_SURE, KEY_MAX, OLD_DAYS};
use crate::properties;
use crate::text::is_white_space;
use crate::timestamp::{self, Reading, Unit};

/// From this whole number on a double has no room for every digit: 2^53.
const DOUBLE_WHOLE: &[u8] = b"9007199254740992";
/// Milliseconds of a day.
const DAY: u64 = 86_400_000;

/// What the user may choose about the rules.
#[derive(Debug, Clone)]
pub struct Rules {
    /// A repair becomes a refusal.
    pub strict: bool,
    /// Characters that an event type may not have become `_`.
    pub normalize_names: bool,
    /// Where given, an event of any other traffic type is refused.
    pub traffic_types: Option<Vec<String>>,
    /// Where given, an event with any other key is warned of.
    pub known_keys: Option<Arc<KnownKeys>>,
    /// Who knows how JavaScript writes numbers and lower case.
    pub host: &'static dyn Host,
    /// Nested objects in properties become properties with dotted names.
    pub flatten: bool,
    /// The unit of a timestamp that is a number; where not given, its magnitude tells.
    pub timestamp_unit: Option<Unit>,
    /// Unix milliseconds: the clock that old timestamps and those ahead are told by.
    pub now: Option<u64>,
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

impl Default for Rules {
    fn default() -> Self {
        Rules {
            strict: false,
            normalize_names: false,
            traffic_types: None,
            known_keys: None,
            host: &Native,
            flatten: false,
            timestamp_unit: None,
            now: None,
        }
    }
}

impl Rules {
    /// Applies the rule of the field with this name; `value` is nothing where the event has no such field.
    pub fn field(&self, name: &str, value: Option<&Value>, found: &mut Findings) -> Field {
        match name {
            "eventTypeId" => self.event_type_id(value, found),
            "trafficTypeName" => self.traffic_type_name(value, found),
            "key" => self.key(value, found),
            "timestamp" => self.timestamp(value, found),
            "value" => self::value(value, self.host, found),
            "properties" => properties::check(value, self.flatten, found),
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
        if sent.as_bytes().contains(&b':') {
            found.at(Code::EventTypeIdColon, value);
        }
        replace_if(normalized, Code::EventTypeIdNormalized, value, found)
    }

    /// A name in lower case that is not empty after trimming, one of `traffic_types` where the user lists them.
    pub fn traffic_type_name(&self, value: Option<&Value>, found: &mut Findings) -> Field {
        let Some((value, name)) = string(value, Code::TrafficTypeNameMissing, Code::TrafficTypeNameNotString, found)
        else {
            return Field::Keep;
        };
        let trimmed = trim_name(name);
        if trimmed.is_empty() {
            found.at(Code::TrafficTypeNameEmpty, value);
            return Field::Keep;
        }
        let lowered = lower_traffic_type(trimmed, self.host);
        let sent = lowered.as_deref().unwrap_or(trimmed);
        if self.traffic_types.as_ref().is_some_and(|known| !known.iter().any(|known| known == sent)) {
            found.at(Code::TrafficTypeNameUnknown, value);
            return Field::Keep;
        }
        if lowered.is_some() {
            found.at(Code::TrafficTypeNameLowercased, value);
        }
        if trimmed.len() < name.len() {
            found.at(Code::TrafficTypeNameTrimmed, value);
        }
        if has_blank(trimmed) {
            found.at(Code::TrafficTypeNameSpace, value);
        }
        if sent == name { Field::Keep } else { Field::Replace(json::quoted(sent)) }
    }

    /// Unix time in whole milliseconds. What is in another unit, a string or RFC 3339 is converted.
    pub fn timestamp(&self, value: Option<&Value>, found: &mut Findings) -> Field {
        let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
            found.missing(Code::TimestampMissing, value);
            return Field::Keep;
        };
        let (text, is_string) = match &value.kind {
            Kind::Number(text) => (*text, false),
            Kind::String(text) => (text.trim_matches(is_white_space), true),
            _ => ("", true),
        };
        let (millis, unit) = match timestamp::read(text, self.timestamp_unit) {
            Reading::Number { millis, unit } => (millis, Some(unit)),
            Reading::Date(millis) => (millis, None),
            Reading::NotPositive => {
                found.at(Code::TimestampNotPositive, value);
                return Field::Keep;
            }
            Reading::OutOfRange => {
                found.at(Code::TimestampOutOfRange, value);
                return Field::Keep;
            }
            Reading::Rounded { .. } => {
                found.at(Code::TimestampRounded, value);
                return Field::Keep;
            }
            Reading::Unreadable => {
                found.at(Code::TimestampUnreadable, value);
                return Field::Keep;
            }
        };
        if is_string && unit.is_some() {
            found.at(Code::TimestampString, value);
        }
        let is_whole = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
        match unit {
            Some(Unit::Seconds) => found.at(Code::TimestampSeconds, value),
            Some(Unit::Milliseconds) if is_whole => {}
            Some(Unit::Milliseconds) => found.at(Code::TimestampNotInteger, value),
            Some(Unit::Microseconds) => found.at(Code::TimestampMicroseconds, value),
            Some(Unit::Nanoseconds) => found.at(Code::TimestampNanoseconds, value),
            None => found.at(Code::TimestampRfc3339, value),
        }
        if millis < self.oldest() {
            found.at(Code::TimestampOld, value);
        }
        if millis > self.newest() {
            found.at(Code::TimestampAhead, value);
        }
        let is_kept = !is_string && is_whole && unit == Some(Unit::Milliseconds);
        if is_kept { Field::Keep } else { Field::Replace(millis.to_string()) }
    }

    /// The oldest time that is not warned of.
    pub fn oldest(&self) -> u64 {
        self.now.map_or(0, |now| now.saturating_sub(OLD_DAYS * DAY))
    }

    /// The newest time that is not warned of.
    pub fn newest(&self) -> u64 {
        self.now.map_or(u64::MAX, |now| now.saturating_add(AHEAD_DAYS * DAY))
    }

    /// The key given to `getTreatment()`: up to 250 UTF-16 units, without white space around.
    pub fn key(&self, value: Option<&Value>, found: &mut Findings) -> Field {
        let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
            found.missing(Code::KeyMissing, value);
            return Field::Keep;
        };
        let text = match &value.kind {
            Kind::Number(text) if is_finite(text) => return self.number_key(text, value, found),
            Kind::String(text) => text,
            _ => {
                found.at(Code::KeyNotString, value);
                return Field::Keep;
            }
        };
        let trimmed = text.trim_matches(is_white_space);
        if trimmed.is_empty() {
            found.at(Code::KeyEmpty, value);
            return Field::Keep;
        }
        if utf16_len(trimmed) > KEY_MAX {
            found.at(Code::KeyTooLong, value);
            return Field::Keep;
        }
        if let Some(doubt) = keys::doubt(trimmed.as_bytes()) {
            found.at(doubt, value);
        }
        self.known_key(trimmed, value, found);
        let changed = (trimmed.len() < text.len()).then(|| trimmed.to_owned());
        replace_if(changed, Code::KeyTrimmed, value, found)
    }

    /// A finite number becomes a string as by the SDK's `toString`, so that it equals the key that `getTreatment()` saw:
    /// `-0` keeps its sign. A whole number keeps its digits, also those that JavaScript would change.
    fn number_key(&self, text: &str, value: &Value, found: &mut Findings) -> Field {
        let Some(number) = Decimal::parse(text) else { return Field::Keep };
        let key = if number.is_whole() { text.to_owned() } else { self.host.number_text(text) };
        if key.len() > KEY_MAX {
            found.at(Code::KeyTooLong, value);
            return Field::Keep;
        }
        found.at(Code::KeyNumber, value);
        if Decimal::parse(&key).is_some_and(|key| key.reaches(DOUBLE_WHOLE)) {
            found.at(Code::KeyIntegerLarge, value);
        } else if number.exponent() > number.fraction().len() as i64 {
            // written with an exponent, and not down to its ones
            found.at(Code::KeyRewritten, value);
        }
        self.known_key(&key, value, found);
        Field::Replace(json::quoted(&key))
    }

    /// Only a key that was evaluated connects an event with a treatment.
    fn known_key(&self, key: &str, value: &Value, found: &mut Findings) {
        if self.known_keys.as_ref().is_some_and(|known| !known.contains(key.as_bytes())) {
            found.at(Code::KeyNotKnown, value);
        }
    }
}

/// A finite number, or nothing.
pub fn value(value: Option<&Value>, host: &dyn Host, found: &mut Findings) -> Field {
    let Some(value) = value.filter(|value| value.kind != Kind::Null) else {
        found.missing(Code::ValueMissing, value);
        return Field::Keep;
    };
    match &value.kind {
        Kind::Number(text) if is_finite(text) => Field::Keep,
        Kind::Number(_) => {
            found.at(Code::ValueNotFinite, value);
            Field::Keep
        }
        Kind::String(text) => match number_text(text.trim_matches(is_white_space), host) {
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

/// Not checked by the official SDKs and kept by the service, where it is a string.
pub fn environment_name(value: Option<&Value>, found: &mut Findings) -> Field {
    let Some(value) = value.filter(|value| value.kind != Kind::Null) else { return Field::Keep };
    let Kind::String(name) = &value.kind else {
        found.at(Code::EnvironmentNameNotString, value);
        return Field::Remove;
    };
    let trimmed = trim_name(name);
    if trimmed.is_empty() {
        found.at(Code::EnvironmentNameEmpty, value);
        return Field::Keep;
    }
    if has_blank(trimmed) {
        found.at(Code::EnvironmentNameSpace, value);
    }
    let changed = (trimmed.len() < name.len()).then(|| trimmed.to_owned());
    replace_if(changed, Code::EnvironmentNameTrimmed, value, found)
}

/// A traffic type or environment without what cannot be seen around it.
pub fn trim_name(name: &str) -> &str {
    name.trim_matches(is_blank)
}

fn has_blank(name: &str) -> bool {
    !name.bytes().all(|byte| byte.is_ascii_graphic()) && name.contains(is_blank)
}

/// What nobody sees in a name: white space, and characters of no width.
fn is_blank(c: char) -> bool {
    is_white_space(c) || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}')
}

/// A name given twice: which of the two the service would take is anybody's guess. Gives whether there is one.
pub fn duplicates<'m>(
    named: impl Iterator<Item = (&'m str, &'m Value<'m>)> + Clone,
    prefix: &str,
    found: &mut Findings,
) -> bool {
    // mostly their bits tell that all differ
    let mut bits = 0;
    let mut is_new = |name: &str| {
        let before = bits;
        bits |= name_bit(name.as_bytes());
        bits != before
    };
    if named.clone().all(|(name, _)| is_new(name)) {
        return false;
    }
    let mut names = Names::default();
    let mut any = false;
    for (name, value) in named {
        if !names.add(name) {
            found.at_path(Code::DuplicateField, [prefix, name].concat(), value);
            any = true;
        }
    }
    any
}

/// Names of one object.
#[derive(Debug, Default)]
pub struct Names<'m> {
    names: Vec<&'m str>,
    bits: u64,
}

impl<'m> Names<'m> {
    /// Gives whether the name is new. So many names that the event is too large are not compared.
    pub fn add(&mut self, name: &'m str) -> bool {
        let bit = name_bit(name.as_bytes());
        let twice = self.bits & bit != 0 && self.names.contains(&name);
        self.bits |= bit;
        if 2 * self.names.len() <= EVENT_SIZE_MAX {
            if self.names.is_empty() {
                self.names.reserve(16);
            }
            self.names.push(name);
        }
        !twice
    }
}

/// One of 64 bits: most names that are new are known to be by their bit.
#[inline]
pub fn name_bit(name: &[u8]) -> u64 {
    // by this one the fields of an event have seven bits
    const SPREAD: u64 = 0xff51_afd7_ed55_8ccd;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(SPREAD);
    let (words, rest) = name.as_chunks::<8>();
    let hash = words.iter().fold(name.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    1 << (mix(hash, rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))) >> 58)
}

/// A traffic type in lower case, where it is sent so: the whole of it as soon as it has one of A-Z.
pub fn lower_traffic_type(name: &str, host: &dyn Host) -> Option<String> {
    if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        None
    } else if name.is_ascii() {
        Some(name.to_ascii_lowercase())
    } else {
        Some(host.lower_case(name))
    }
}

fn is_event_type(name: &str) -> bool {
    name.len() <= EVENT_TYPE_MAX
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(|byte| may_stand_in_event_type(byte as char))
}

fn may_stand_in_event_type(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')
}

fn normalize(name: &str) -> String {
    name.chars().map(|c| if may_stand_in_event_type(c) { c } else { '_' }).collect()
}

/// Length as JavaScript counts it.
pub fn utf16_len(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// What a text is as a number.
pub enum NumberText {
    /// The number as JSON writes it.
    Finite(String),
    /// More than a double holds.
    TooLarge,
    /// No number.
    Not,
}

/// Reads decimal notation as JavaScript's `Number()` reads it.
pub fn number_text(text: &str, host: &dyn Host) -> NumberText {
    match Decimal::parse(text) {
        None => NumberText::Not,
        Some(number) if !number.is_finite() => NumberText::TooLarge,
        Some(number) if number.is_json() => NumberText::Finite(text.to_owned()),
        Some(_) => NumberText::Finite(host.number_text(text)),
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
