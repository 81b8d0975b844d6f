//! Writes the JSON of a record.

use split_events::json::write_quoted;

/// A JSON object that is being written.
pub(super) struct JsonObject(String);

impl JsonObject {
    pub fn new() -> Self {
        JsonObject("{".to_owned())
    }

    pub fn number(&mut self, name: &str, value: u64) {
        self.json(name, &value.to_string());
    }

    pub fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        write_quoted(value, &mut self.0);
    }

    pub fn list(&mut self, name: &str, elements: impl Iterator<Item = String>) {
        self.name(name);
        self.0.push('[');
        for (at, element) in elements.enumerate() {
            self.0.push_str(if at == 0 { "" } else { "," });
            self.0.push_str(&element);
        }
        self.0.push(']');
    }

    /// Adds a member whose value is JSON already.
    pub fn json(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.push_str(value);
    }

    pub fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
    }
}
