//! Writes numbers and lower case by JavaScript's own functions.

use js_sys::JsString;
use split_events::Host;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Number)]
    fn number(text: &str) -> f64;
    #[wasm_bindgen(js_name = String)]
    fn text_of_number(number: f64) -> String;
    /// Calls `String(value)`, which works for symbols, too.
    #[wasm_bindgen(js_name = String)]
    pub fn text_of(value: &JsValue) -> String;
}

/// The functions of the runtime that the module was loaded into.
#[derive(Debug)]
pub struct Runtime;

impl Host for Runtime {
    fn number_text(&self, text: &str) -> String {
        match number(text) {
            zero if zero == 0.0 && zero.is_sign_negative() => "-0".to_owned(),
            number => text_of_number(number),
        }
    }

    fn lower_case(&self, text: &str) -> String {
        JsString::from(text).to_lower_case().into()
    }
}
