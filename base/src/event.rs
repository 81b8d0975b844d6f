//! The fields of an event.

use crate::json::{self, Kind};
use crate::text;

/// The fields of an event. Any other is removed.
pub const FIELDS: [&str; 7] =
    ["eventTypeId", "trafficTypeName", "key", "timestamp", "value", "properties", "environmentName"];

/// The field that holds the properties.
pub const PROPERTIES: &str = "properties";

/// Returns the index in [`FIELDS`] of the field with this name.
#[inline]
pub fn field(name: &str) -> Option<usize> {
    FIELDS.iter().position(|field| *field == name)
}

/// Returns true if a record is meant to be an event: an object with one of the fields, or, if it is not JSON, a text
/// that has the name of one in quotes.
pub fn is_meant(record: &[u8]) -> bool {
    let record = String::from_utf8_lossy(record);
    match json::parse(&record).map(|value| value.kind) {
        Ok(Kind::Object(members)) => members.iter().any(|member| field(&member.name).is_some()),
        Ok(_) => false,
        Err(_) => FIELDS.iter().any(|name| text::find(&record, &["\"", name, "\""].concat()).is_some()),
    }
}
