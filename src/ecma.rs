//! What JavaScript defines: the text of a number, and lower case.
//!
//! Where the module runs in JavaScript, JavaScript itself is asked; its tables are not carried along.

/// How JavaScript does it.
#[derive(Debug, Clone, Copy)]
pub struct Ecma {
    /// `String(Number(text))` of a finite number in decimal notation; a zero keeps its sign.
    pub number: fn(text: &str) -> String,
    /// `text.toLowerCase()`.
    pub lower: fn(text: &str) -> String,
}

#[cfg(not(target_arch = "wasm32"))]
impl Default for Ecma {
    fn default() -> Self {
        Ecma { number: native_number, lower: str::to_lowercase }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn native_number(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(number) if number == 0.0 && number.is_sign_negative() => "-0".to_owned(),
        Ok(number) => ryu_js::Buffer::new().format_finite(number).to_owned(),
        Err(_) => text.to_owned(),
    }
}

/// `text.toLowerCase()`, by whatever runs here.
pub fn lower(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { (Ecma::default().lower)(text) }
}

/// What `String.prototype.trim` takes away: white space and line ends of ECMAScript.
pub fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}'
        | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}
