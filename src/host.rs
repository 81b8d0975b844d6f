//! Functions that ECMAScript defines by large tables, which the runtime around the module already has.

use std::fmt::Debug;

/// The runtime's own functions. The module calls them through its bindings, so that it needs no tables of its own.
pub trait Host: Debug + Send + Sync {
    /// Returns `String(Number(text))` of a finite number in decimal notation. A zero keeps its sign.
    fn number_text(&self, text: &str) -> String;

    /// Returns `text.toLowerCase()`.
    fn lower_case(&self, text: &str) -> String;
}

impl dyn Host + '_ {
    /// Returns `text.toLowerCase()`. Calls the runtime only for texts that are not ASCII.
    pub(crate) fn lower(&self, text: &str) -> String {
        if text.is_ascii() { text.to_ascii_lowercase() } else { self.lower_case(text) }
    }
}

/// The same functions in Rust, for what runs outside of JavaScript. The module never uses it, and so does not contain
/// it.
#[derive(Debug)]
pub struct Native;

impl Host for Native {
    fn number_text(&self, text: &str) -> String {
        match text.parse::<f64>() {
            Ok(number) if number == 0.0 && number.is_sign_negative() => "-0".to_owned(),
            Ok(number) => ryu_js::Buffer::new().format_finite(number).to_owned(),
            Err(_) => text.to_owned(),
        }
    }

    fn lower_case(&self, text: &str) -> String {
        text.to_lowercase()
    }
}
