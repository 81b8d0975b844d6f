//! The rule of `environmentName`.

use super::field::{Field, replace_if, trim_name};
use super::kept::has_blank;
use super::rules::Rules;
use crate::codes::Code;
use crate::finding::Findings;
use crate::json::{Kind, Value};

impl Rules {
    /// Removes an environment that is not a string. The official SDKs do not check it, and the service keeps it.
    pub fn environment_name(&self, value: Option<&Value>, found: &mut Findings) -> Field {
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
}
