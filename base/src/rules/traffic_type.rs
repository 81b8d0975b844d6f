//! The rule of `trafficTypeName`.

use super::field::{Field, string, trim_name};
use super::kept::{has_blank, has_capital};
use super::rules::Rules;
use crate::codes::Code;
use crate::finding::Findings;
use crate::host::Host;
use crate::json::{self, Value};

impl Rules {
    /// Checks that the traffic type is a name in lower case, and one of `traffic_types` if the user lists them.
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
        if !self.knows_traffic_type(sent) {
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
}

/// Returns a traffic type in lower case if it has a letter from A to Z. Others are sent as they are.
pub fn lower_traffic_type(name: &str, host: &dyn Host) -> Option<String> {
    if !has_capital(name) {
        None
    } else if name.is_ascii() {
        Some(name.to_ascii_lowercase())
    } else {
        Some(host.lower_case(name))
    }
}
