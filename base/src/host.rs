//! Functions that ECMAScript defines by large tables, which the runtime around the module already has.

use std::fmt::Debug;

/// The runtime's own functions. The module calls them through its bindings, so that it needs no tables of its own.
pub trait Host: Debug + Send + Sync {
    /// Returns `String(Number(text))` of a finite number in decimal notation. A zero keeps its sign.
    fn number_text(&self, text: &str) -> String;

    /// Returns `text.toLowerCase()`.
    fn lower_case(&self, text: &str) -> String;

    /// Returns how many seconds the clocks of a zone are ahead of UTC at a Unix second, or `None` if there is no zone
    /// with this name.
    fn offset(&self, zone: &str, at: i64) -> Option<i32>;
}

impl dyn Host + '_ {
    /// Returns `text.toLowerCase()`. Calls the runtime only for texts that are not ASCII.
    pub fn lower(&self, text: &str) -> String {
        if text.is_ascii() { text.to_ascii_lowercase() } else { self.lower_case(text) }
    }
}
