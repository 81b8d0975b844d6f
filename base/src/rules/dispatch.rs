//! Applies to each field its rule.

use super::field::Field;
use super::rules::Rules;
use crate::finding::Findings;
use crate::json::Value;

impl Rules {
    /// Applies the rule of the field with this name to its value, or to `None` if the field is missing.
    pub fn field(&self, name: &str, value: Option<&Value>, found: &mut Findings) -> Field {
        match name {
            "eventTypeId" => self.event_type_id(value, found),
            "trafficTypeName" => self.traffic_type_name(value, found),
            "key" => self.key(value, found),
            "timestamp" => self.timestamp(value, found),
            "value" => self.value(value, found),
            "properties" => self.properties(value, found),
            "environmentName" => self.environment_name(value, found),
            _ => Field::Remove,
        }
    }
}
