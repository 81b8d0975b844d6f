//! The rule of `eventTypeId`.

use super::field::{Field, replace_if, string};
use super::kept::{keeps_event_type, may_stand_in_event_type};
use super::rules::Rules;
use crate::codes::Code;
use crate::finding::Findings;
use crate::json::Value;
use crate::limits::EVENT_TYPE_SURE;

impl Rules {
    /// Checks that the event type is a name of letters, digits and `-_.:` that begins with a letter or digit.
    pub fn event_type_id(&self, value: Option<&Value>, found: &mut Findings) -> Field {
        let Some((value, name)) = string(value, Code::EventTypeIdMissing, Code::EventTypeIdNotString, found) else {
            return Field::Keep;
        };
        let normalized = match name {
            name if keeps_event_type(name) => None,
            name if self.normalize_names && keeps_event_type(&normalize(name)) => Some(normalize(name)),
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
}

/// Returns a name with `_` for each character that an event type may not have.
pub fn normalize(name: &str) -> String {
    name.chars().map(|c| if may_stand_in_event_type(c) { c } else { '_' }).collect()
}
